"""The limits of quotas as they were last observed."""

from collections.abc import Iterable
from datetime import datetime

from billing.replaying.replay import Limits
from billing.store.models import QuotaObservation
from rules.period import parse_instant


def observed_limits(observations: Iterable[QuotaObservation], as_of: datetime) -> Limits:
    """The last limit of each account, region and quota that was observed at or before `as_of`."""
    timed = [(parse_instant(seen.observed_at), seen) for seen in observations]
    known = sorted((pair for pair in timed if pair[0] <= as_of), key=lambda pair: (pair[0], pair[1].batch_id))
    return {(seen.account_id, seen.region, seen.quota): seen.limit for _, seen in known}
