"""Lives of caches: what became of each, on which days it was used, and the pulling that it saved, by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.cli.main import run
from billing.grouping import group
from billing.lives import CacheLife, cache_lives, used_by_day
from billing.pipeline import make_metered_bill
from billing.quotas.accounting import evicted_caches
from billing.store import open_store
from billing.workspace import Workspace
from rules.money import round_fraction
from rules.period import Month, instant
from rules.tariff import load

MONTH = Month("2026-10")
AS_OF = datetime(2026, 11, 2, tzinfo=UTC)
TARIFF = load("alibaba-cn")
CACHES = """\
cache_id,account_id,region,creation_method,size_gib,snapshot_gib,created_at,ready_at,failed_at,deleted_at,retention_days,last_matched_at,observed_at
used,1001,cn-hangzhou,manual,40,2,2026-09-20T00:00:00Z,2026-09-20T00:05:00Z,,,,,2026-11-01T00:00:00Z
quick,1001,cn-hangzhou,manual,40,20,2026-10-02T00:00:00Z,2026-10-02T00:01:00Z,,,,,2026-11-01T00:00:00Z
expired,1001,cn-hangzhou,manual,40,2,2026-10-02T00:00:00Z,2026-10-02T00:05:00Z,,2026-10-09T00:00:00Z,7,,2026-11-01T00:00:00Z
deleted,1001,cn-hangzhou,manual,40,2,2026-10-02T00:00:00Z,2026-10-02T00:05:00Z,,2026-10-05T00:00:00Z,7,,2026-11-01T00:00:00Z
failed,1001,cn-hangzhou,manual,40,,2026-10-02T00:00:00Z,,2026-10-02T00:05:00Z,2026-10-02T00:05:00Z,,,2026-11-01T00:00:00Z
evicted,1002,cn-hangzhou,automatic,30,,2026-10-02T00:00:00Z,2026-10-02T00:05:00Z,,2026-10-04T00:00:00Z,,,2026-11-01T00:00:00Z
"""
INSTANCES = """\
instance_id,account_id,region,cache_id,vcpu,memory_gib,started_at,ended_at,observed_at
eci-1,1001,cn-hangzhou,used,2,4,2026-10-05T00:00:00Z,2026-10-05T03:00:00Z,2026-11-01T00:00:00Z
eci-2,1001,cn-hangzhou,used,4,8,2026-10-05T20:00:00Z,2026-10-06T06:00:00Z,2026-11-01T00:00:00Z
eci-3,1001,cn-hangzhou,used,,,2026-10-05T21:00:00Z,2026-10-06T06:00:00Z,2026-11-01T00:00:00Z
eci-4,1001,cn-hangzhou,used,2,4,2026-09-25T00:00:00Z,2026-10-01T06:00:00Z,2026-11-01T00:00:00Z
eci-5,1001,cn-hangzhou,quick,2,4,2026-10-03T00:00:00Z,2026-10-03T06:00:00Z,2026-11-01T00:00:00Z
eci-6,1002,cn-hangzhou,evicted,2,4,2026-10-02T01:00:00Z,2026-10-02T06:00:00Z,2026-11-01T00:00:00Z
"""
REVISED = """\
instance_id,account_id,region,cache_id,vcpu,memory_gib,started_at,ended_at,observed_at
eci-5,1001,cn-hangzhou,quick,2,4,2026-10-04T00:00:00Z,2026-10-04T06:00:00Z,2026-11-01T01:00:00Z
"""
QUOTAS = """\
account_id,region,quota,limit,used,observed_at
1002,cn-hangzhou,automatic_image_caches,1,1,2026-10-03T00:00:00Z
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Caches with every end."""
    folder = tmp_path_factory.mktemp("lives")
    files = {"caches": CACHES, "instances": INSTANCES, "revised": REVISED, "quotas": QUOTAS}
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
        assert run(["--workspace", str(folder / "ws"), "import", str(folder / f"{name}.csv")]) == 0
    return Workspace(folder / "ws")


@pytest.fixture(scope="module")
def lives(workspace: Workspace) -> dict[str, CacheLife]:
    return found(workspace)


def found(workspace: Workspace, account: str | None = None) -> dict[str, CacheLife]:
    store = open_store(workspace)
    with store.reader() as reader:
        accounts = None if account is None else (account,)
        bill = make_metered_bill(reader, MONTH, as_of=AS_OF, tariff=TARIFF, accounts=accounts)
        lives = cache_lives(
            reader,
            MONTH,
            until_s=MONTH.until_s,
            account=account,
            tariff=TARIFF,
            groups=group(bill, "cache"),
            evicted=evicted_caches(store, reader, at=instant(MONTH.until_s - 1)),
        )
        assert sum(life.amount for life in lives) == bill.bill.total
        assert [life.amount for life in lives] == sorted((life.amount for life in lives), reverse=True)
    return {life.cache_id: life for life in lives}


def test_every_end_is_told(lives: dict[str, CacheLife]) -> None:
    assert {id: life.end for id, life in lives.items()} == {
        "used": "kept", "quick": "kept", "expired": "expired", "deleted": "deleted", "failed": "failed", "evicted": "evicted",
    }  # fmt: skip


def test_days_are_those_of_the_billing_zone(workspace: Workspace, lives: dict[str, CacheLife]) -> None:
    used = lives["used"]
    assert (used.use.starts, used.days_used, used.days_kept) == (3, 2, 31)
    assert used.use.days == 0b110000  # Oct 5 08:00, Oct 6 04:00 and 05:00 in UTC+8
    with open_store(workspace).reader() as reader:
        days = used_by_day(reader, MONTH, [used.cache_key, lives["failed"].cache_key], until_s=MONTH.until_s)
    assert days == {used.cache_key: {4: 1, 5: 2}, lives["failed"].cache_key: {}}
    assert (lives["expired"].days_kept, lives["expired"].days_used) == (8, 0)


def test_a_revised_instance_starts_once(lives: dict[str, CacheLife]) -> None:
    assert (lives["quick"].use.starts, lives["quick"].use.days) == (1, 0b1000)


def test_the_pulling_saved_is_the_snapshots_share_of_the_providers_figure(
    lives: dict[str, CacheLife],
) -> None:
    each_s = -(-50 * 2 * 2**30 // 386_260_000)
    use = lives["used"].use
    assert (use.pull_s, use.unsized) == (3 * each_s, 1)
    vcpu_s, gib_s = 6 * each_s, 12 * each_s  # the instance without a size is in no amount
    assert use.pull_amount == round_fraction(vcpu_s * Fraction("0.000049") + gib_s * Fraction("0.00000613"))
    assert lives["quick"].use.pull_s == 60, "never longer than the build"


def test_what_is_not_known_is_none_and_not_zero(lives: dict[str, CacheLife]) -> None:
    evicted = lives["evicted"]
    assert (evicted.use.starts, evicted.use.pull_s, evicted.use.pull_amount) == (1, None, None)
    assert evicted.per_start == Decimal(0)
    assert lives["failed"].per_start is None


def test_one_account_is_alone(workspace: Workspace) -> None:
    assert set(found(workspace, "1002")) == {"evicted"}
