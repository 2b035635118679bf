"""What people do about alerts: acknowledge one, silence those that match."""

import json
from collections.abc import Mapping
from typing import Any

from billing.alerting import states
from billing.alerting.machine import acknowledge
from billing.alerting.silences import fields, matches, parse_match
from billing.errors import UsageError
from billing.store.alert_ledger import AlertLedger
from billing.store.alert_models import Alert, AlertEvent, Silence
from rules.errors import nearest
from rules.period import rfc3339


def ack(ledger: AlertLedger, id: str, *, who: str, now_s: int) -> Mapping[str, Any]:
    """Say that somebody takes care of a firing alert, and give its JSON; any other alert is refused."""
    with ledger.writing() as writer:
        rows = writer.alerts()
        row = rows.get(id)
        if row is None:
            near = nearest(id, rows)
            hint = "see imcost alerts list" if near is None else f"did you mean {near!r}?"
            raise UsageError(f"there is no alert {id!r}", place="ID", hint=hint)
        state = states.from_text(row.state)
        if state.name != "firing":
            raise UsageError(
                f"{id} is {state.name}, and only what fires can be acknowledged",
                place="ID",
                hint="see imcost alerts list",
            )
        if state.acked_by is not None:
            who, now_s = state.acked_by, state.acked_s or now_s
        acked = states.to_text(acknowledge(state, who, now_s))
        shown = json.dumps(json.loads(row.shown) | {"acked": True, "acked_by": who}, ensure_ascii=False)
        if state.acked_by is None:
            writer.put(Alert(**row.model_dump() | {"state": acked, "shown": shown}))
            writer.add(AlertEvent(alert_id=id, at_s=now_s, kind="acked", who=who, state=acked, shown=shown))
    found: Mapping[str, Any] = json.loads(shown)
    return found


def silence(
    ledger: AlertLedger, match: str, *, from_s: int, length_s: int, reason: str, who: str
) -> dict[str, Any]:
    """Tell nothing of the alerts that match for so long, and give the silence with the ids that it matches now.

    Of a length of 0, the silences with the same pattern end now.
    """
    parse_match(match)
    until_s = from_s + length_s
    with ledger.writing() as writer:
        matched = sorted(
            id for id, row in writer.alerts().items() if matches(match, alert_fields(json.loads(row.shown)))
        )
        if length_s:
            writer.add(Silence(match=match, from_s=from_s, until_s=until_s, reason=reason, who=who))
        else:
            for held in writer.silences(from_s):
                if held.match == match:
                    held.until_s = from_s
    return {
        "match": match,
        "from": rfc3339(from_s),
        "until": rfc3339(until_s),
        "reason": reason,
        "by": who,
        "alerts": matched,
    }


def alert_fields(shown: Mapping[str, Any]) -> dict[str, str]:
    """What patterns see of an alert's JSON."""
    return fields(shown["id"], shown["rule"], shown["severity"], shown["subject"])
