"""Quota stories: caches and observations in a short notation, imported and asked for at an hour of 2026-10-01 (UTC+8)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from billing.quotas import QuotaStep, QuotaUse, accounting, history
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import instant, parse_instant, rfc3339
from tests.laws.program import Program

BEGIN_S = 1_790_784_000
"""2026-10-01T00:00:00+08:00."""

HOUR, DAY = 3600, 86400
PLACE = {"account_id": "a", "region": "cn-hangzhou"}


def at(hour: int) -> str:
    """So many hours after the month's begin, as a record has it."""
    return rfc3339(BEGIN_S + hour * HOUR)


def cache(name: str, created: int, deleted: int | None = None, **columns: Any) -> dict[str, str]:
    """A manual cache, by the hours of its creation and deletion; observed at its creation unless `observed_at` says otherwise."""
    row = {
        "cache_id": f"imc-{name}",
        "creation_method": "manual",
        "size_gib": "20",
        "created_at": at(created),
        "deleted_at": "" if deleted is None else at(deleted),
        "observed_at": at(created),
    }
    return PLACE | row | {column: str(value) for column, value in columns.items()}


def observed(
    hour: int, used: int | None, limit: int = 50, quota: str = "manual", **columns: str
) -> dict[str, str]:
    """What ListUsage said at an hour."""
    row = {
        "quota": f"{quota}_image_caches",
        "limit": str(limit),
        "used": "" if used is None else str(used),
        "observed_at": at(hour),
    }
    return PLACE | row | columns


class Quotas:
    """A workspace with these caches and observations."""

    def __init__(
        self,
        folder: Path,
        caches: Sequence[dict[str, str]] = (),
        seen: Sequence[dict[str, str]] = (),
        instances: Sequence[dict[str, str]] = (),
    ) -> None:
        folder.mkdir(exist_ok=True)
        program = Program(folder)
        summary = program.import_files(("caches", caches), ("quotas", seen), ("instances", instances))
        assert not sum(batch.rejected for batch in summary.batches)
        self.workspace = Workspace(folder / "workspace")

    def uses(self, hour: int) -> tuple[QuotaUse, ...]:
        """All quotas at an hour."""
        store = open_store(self.workspace)
        with store.reader() as reader:
            return accounting(store, reader, at=parse_instant(at(hour)))

    def use(self, hour: int, quota: str = "manual") -> QuotaUse:
        """The one quota of a creation method at an hour."""
        (found,) = (use for use in self.uses(hour) if use.quota == f"{quota}_image_caches")
        return found

    def steps(self, from_hour: int, until_hour: int) -> list[QuotaStep]:
        """The history between two hours."""
        store = open_store(self.workspace)
        with store.reader() as reader:
            return history(
                store, reader, from_=parse_instant(at(from_hour)), until=instant(BEGIN_S + until_hour * HOUR)
            )
