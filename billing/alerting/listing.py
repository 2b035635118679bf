"""What is known of alerts without looking anew: states as of a moment, silences that hold, messages that did not arrive."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.alerting.actions import alert_fields
from billing.alerting.silences import silenced_until
from billing.store.alert_ledger import AlertLedger
from billing.store.alert_models import OutboxMessage, Silence
from rules.period import epoch_s, rfc3339


@dataclass(frozen=True, slots=True)
class Listing:
    """Alerts by their JSON, silences, messages that failed and were not sent since, and how many messages wait."""

    at: datetime
    alerts: tuple[Mapping[str, Any], ...]
    silences: tuple[Silence, ...]
    undelivered: tuple[OutboxMessage, ...]
    waiting: int

    def to_json(self) -> dict[str, Any]:
        """The alerts as `alerts check` has them, and the rest beside them."""
        return {
            "as_of": rfc3339(self.at),
            "alerts": [dict(each) for each in self.alerts],
            "silences": [
                {
                    "match": each.match,
                    "from": rfc3339(each.from_s),
                    "until": rfc3339(each.until_s),
                    "reason": each.reason,
                    "by": each.who,
                }
                for each in self.silences
            ],
            "undelivered": [
                {
                    "alert": each.alert_id,
                    "key": each.key,
                    "channel": each.channel,
                    "attempts": each.attempts,
                    "error": each.error,
                    "created_at": rfc3339(each.created_s),
                    "next_at": None if each.given_up_s is not None else rfc3339(each.next_s),
                    "given_up": each.given_up_s is not None,
                }
                for each in self.undelivered
            ],
            "waiting": self.waiting,
        }


def listing(ledger: AlertLedger, *, at: datetime) -> Listing:
    """What is known at a moment; of one before the last check, as it was known then: alert states later than it are ignored."""
    now_s = epoch_s(at)
    silences = tuple(ledger.silences(now_s))
    rows = list(ledger.alerts())
    if any(row.checked_s > now_s for row in rows):
        shown = [json.loads(event.shown) for event in ledger.last_events(now_s)]
    else:
        shown = [json.loads(row.shown) for row in rows]
    alerts = []
    for each in shown:
        until_s = silenced_until(silences, alert_fields(each))
        alerts.append(each | {"silenced_until": None if until_s is None else rfc3339(until_s)})
    undelivered = tuple(each for each in ledger.undelivered() if each.created_s <= now_s)
    return Listing(at, tuple(alerts), silences, undelivered, ledger.waiting())
