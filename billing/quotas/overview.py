"""Everything that is to be said about the quotas of a workspace at a moment, of one reading of its records."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from billing.quotas.accounting import QuotaUse, quota_uses
from billing.quotas.differences import explanations
from billing.quotas.history import quota_views
from billing.quotas.limits import Expiring, NearLimit, expiring, near_limits
from billing.quotas.losses import Loss, losses
from billing.quotas.settings import QuotaSettings
from billing.store import Reader, Store
from rules.tariff import Tariff

LOSSES_SHOWN = 10
"""Of how many caches that would go next it is said what their loss costs."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The quotas' state, and what explains it and follows from it.

    explanations: by account, region and quota, where count and observation differ. losses: by cache key, of the caches that each
    quota would evict first.
    """

    uses: tuple[QuotaUse, ...]
    explanations: Mapping[tuple[str, str, str], tuple[str, ...]]
    losses: Mapping[int, Loss]
    near_limits: list[NearLimit]
    expiring: list[Expiring]


def overview(
    store: Store,
    reader: Reader,
    tariff: Tariff,
    *,
    at: datetime,
    settings: QuotaSettings,
    accounts: Collection[str] | None = None,
) -> Overview:
    """The overview at a moment, of all accounts or of some; builds are priced with the tariff."""
    with quota_views(store, reader, accounts=accounts) as connection:
        uses = quota_uses(connection, at=at, stale=settings.stale, window_s=settings.window_s)
        return Overview(
            uses=uses,
            explanations=explanations(connection, uses, at=at),
            losses=losses(connection, uses, tariff, at=at, most=LOSSES_SHOWN),
            near_limits=near_limits(connection, at=at),
            expiring=expiring(connection, at=at),
        )
