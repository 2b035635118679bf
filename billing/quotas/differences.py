"""What could explain that the caches counted for a quota are not as many as the source observed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from billing.quotas.accounting import QuotaUse
from billing.quotas.history import quota_sql
from billing.warehouse import Connection
from rules.period import epoch_s, instant, rfc3339
from rules.retention import MATCHED, NEVER_MATCHED

_SECOND = timedelta(seconds=1)


def explanations(
    connection: Connection, uses: Sequence[QuotaUse], *, at: datetime
) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """By account, region and quota: sentences, for each quota whose count and observation differ now or did when observed.

    The connection has the history up to `at`.
    """
    if not any(_differs(use) for use in uses):
        return {}
    rows = connection.execute(
        quota_sql("quota_evidence"),
        {
            "at_s": epoch_s(at),
            "never_matched_s": NEVER_MATCHED.length // _SECOND,
            "matched_s": MATCHED.length // _SECOND,
        },
    ).fetchall()
    evidence = {(account_id, region, quota): found for account_id, region, quota, *found in rows}
    return {use.subject: tuple(_sentences(use, *evidence[use.subject])) for use in uses if _differs(use)}


def _differs(use: QuotaUse) -> bool:
    return use.observed is not None and (use.difference != 0 or use.observed != use.counted)


def _sentences(
    use: QuotaUse,
    last_seen_s: int | None,
    overdue: int,
    unseen: int,
    unseen_since_s: int | None,
    changes: int,
    unknown: int,
) -> list[str]:
    said = []
    if use.stale and use.observed_at is not None:
        said.append(f"the observation is old: it was made at {rfc3339(use.observed_at)}")
    if changes:
        times = "once" if changes == 1 else f"{changes} times"
        said.append(f"the count has changed {times} since the observation")
    if last_seen_s is None:
        said.append("no record of a cache counts here: records may be missing")
    elif use.observed_at is not None and instant(last_seen_s) < use.observed_at:
        said.append(
            f"the caches' records are older, the last was observed at {rfc3339(last_seen_s)}: records may be missing"
        )
    if use.difference > 0 and unknown:
        said.append(f"instances name {unknown} caches that no record describes")
    if use.difference < 0 and unseen and unseen_since_s is not None:
        said.append(
            f"{unseen} caches count that no source has listed since {rfc3339(unseen_since_s)}:"
            " their deletion may have been missed"
        )
    if use.difference < 0 and overdue:
        said.append(f"{overdue} caches count though the provider's rule ends them: nobody saw them deleted")
    if not said:
        said.append(
            "records may be missing"
            if use.difference > 0
            else "deletions may have been missed in the records"
        )
    return said
