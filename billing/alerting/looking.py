"""What alerts look at, gathered from quota accounting, budgets, bills and checks: only what some rule asks for."""

from collections.abc import Callable
from datetime import datetime, timedelta

from billing.alerting.rules import AlertSettings
from billing.alerting.watched import Seen
from billing.budgets import budget_states
from billing.quotas import accounting
from billing.quotas.settings import QuotaSettings
from billing.store import Reader, Store
from rules.period import Month, epoch_s
from rules.tariff import Tariff

_SECOND = timedelta(seconds=1)


def look(
    store: Store,
    reader: Reader,
    settings: AlertSettings,
    *,
    at: datetime,
    tariff: Callable[[], Tariff],
    quota: QuotaSettings | None = None,
) -> Seen:
    """Everything that the settings' rules are about at a moment; the tariff is loaded only where amounts are asked for."""
    health, quota = settings.health, quota or QuotaSettings()
    return Seen(
        at=at,
        quotas=(
            accounting(store, reader, at=at, stale=quota.stale, window_s=quota.window_s)
            if settings.quotas or health.stale
            else ()
        ),
        budgets=(
            budget_states(reader, [each.budget for each in settings.budgets], as_of=at, tariff=tariff())
            if settings.budgets
            else ()
        ),
        stale_s=quota.stale // _SECOND,
        failed_checks=_failed_checks(store, at) if health.checks else (),
        unrated=_unrated(reader, at, tariff()) if health.unrated else 0,
        month=Month.containing(epoch_s(at)).label,
    )


def _failed_checks(store: Store, at: datetime) -> list[str]:
    """The names of the checks that find errors."""
    from billing.checks import run_checks

    return [
        finding.check.name for finding in run_checks(store, as_of=at) if finding.check.severity == "error"
    ]


def _unrated(reader: Reader, at: datetime, tariff: Tariff) -> int:
    """How many quantities of the running month have no price."""
    from billing.pipeline import make_bill

    return len(make_bill(reader, Month.containing(epoch_s(at)), as_of=at, tariff=tariff).unrated)
