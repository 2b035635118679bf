"""States as the ledger keeps them: JSON text that gives back the same state, exactly."""

import json
from decimal import Decimal

from billing.alerting.machine import Peak, State
from rules.money import plain


def to_text(state: State) -> str:
    """The state as JSON text; decimals are text in it."""
    peak = state.peak
    return json.dumps(
        {
            "name": state.name,
            "since_s": state.since_s,
            "severity": state.severity,
            "on": sorted(state.on),
            "pending": dict(sorted(state.pending.items())),
            "fired_s": state.fired_s,
            "peak": peak
            and {
                "value": plain(peak.value),
                "limit": None if peak.limit is None else plain(peak.limit),
                "at_s": peak.at_s,
            },
            "acked_by": state.acked_by,
            "acked_s": state.acked_s,
            "told": sorted(state.told),
            "told_severity": state.told_severity,
            "told_s": state.told_s,
            "number": state.number,
            "rule_digest": state.rule_digest,
        },
        ensure_ascii=False,
    )


def from_text(text: str) -> State:
    """The state that a text was made of."""
    found = json.loads(text)
    found["on"], found["told"] = frozenset(found["on"]), frozenset(found["told"])
    if (peak := found["peak"]) is not None:
        limit = None if peak["limit"] is None else Decimal(peak["limit"])
        found["peak"] = Peak(Decimal(peak["value"]), limit, peak["at_s"])
    return State(**found)
