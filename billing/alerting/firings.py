"""What fired in a span of time: for how long, how bad, and who took care of it, from the history of alerts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from billing.alerting import states
from billing.alerting.rules import SEVERITIES, Severity
from billing.alerting.thresholds import share_of
from billing.alerting.watched import Subject
from billing.store.alert_ledger import AlertLedger
from billing.store.alert_models import AlertEvent


@dataclass(frozen=True, slots=True)
class Firing:
    """One alert from when it fired until it resolved, None: it still did; instants are epoch seconds.

    severity: the highest. peak: the highest share, None where there is none. acked_by: who acknowledged it last.
    """

    alert_id: str
    rule: str
    subject: Subject
    severity: Severity
    fired_s: int
    resolved_s: int | None
    peak: Fraction | None
    acked_by: str | None


def firings(ledger: AlertLedger, from_s: int, until_s: int) -> list[Firing]:
    """What fired in [from_s, until_s), as it was known at its end, by when it fired."""
    found = [each for each in _pair(ledger.events(0, until_s)) if (each.resolved_s or until_s) > from_s]
    return sorted(found, key=lambda each: (each.fired_s, each.alert_id))


def _pair(events: Iterable[AlertEvent]) -> Iterable[Firing]:
    """Put the changes of each alert together, from fired to resolved."""
    open_firings: dict[str, Firing] = {}
    for event in events:
        state = states.from_text(event.state)
        if event.kind == "fired":
            shown = json.loads(event.shown)
            open_firings[event.alert_id] = Firing(
                event.alert_id,
                shown["rule"],
                shown["subject"],
                state.severity,
                state.fired_s if state.fired_s is not None else event.at_s,
                None,
                None,
                None,
            )
        before = open_firings.get(event.alert_id)
        if before is None:
            continue
        peak = None if state.peak is None else share_of(state.peak.value, state.peak.limit)
        severity = max(before.severity, state.severity, key=SEVERITIES.index)
        acked_by = event.who if event.kind == "acked" else before.acked_by
        now = replace(before, severity=severity, peak=peak, acked_by=acked_by)
        if event.kind == "resolved":
            del open_firings[event.alert_id]
            yield replace(now, resolved_s=state.since_s)
        else:
            open_firings[event.alert_id] = now
    yield from open_firings.values()
