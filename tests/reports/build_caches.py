"""Lives of caches and findings made by hand."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from billing.findings import COST_KINDS, SAVING_KINDS, Cost, Saving
from billing.lives import CacheLife, CacheUse, End
from billing.recommending import Recommendation
from reports.caches import MonthCaches
from rules.period import DAY_S, Month

OCTOBER = Month("2026-10")


def life(cache_id: str, amount: str = "1", **given: Any) -> CacheLife:
    """A manual cache of 40 GiB with 10 GiB stored, there from the second day of October on and used once; the rest as given."""
    usual: dict[str, Any] = {
        "cache_key": 1, "account_id": "1001", "region": "cn-hangzhou", "cache_id": cache_id, "cache_name": None,
        "creation_method": "manual", "size_micro": 40_000_000, "snapshot_micro": 10_000_000, "images": ("r/flink:1",),
        "elimination_strategy": None, "retention_days": None, "expires_s": None, "last_matched_s": None,
        "created_s": OCTOBER.from_s + DAY_S, "ready_s": OCTOBER.from_s + DAY_S + 300, "failed_s": None,
        "first_s": OCTOBER.from_s + DAY_S, "last_s": OCTOBER.until_s, "days_kept": 30, "end": "kept",
        "use": CacheUse(1, 0b100, OCTOBER.from_s + 2 * DAY_S, 1391, Decimal("0.25"), 0),
        "creation": Decimal(0), "usage": Decimal(amount),
    }  # fmt: skip
    return CacheLife(**usual | given)


def caches(names: Sequence[str]) -> MonthCaches:
    """A cache of each name, the first with all ends, one idle, one of unknown worth; a finding of every kind about all."""
    ends: tuple[End, ...] = ("failed", "expired", "evicted", "deleted")
    lives = tuple(
        life(
            f"imc-{index}", cache_key=index, cache_name=name, account_id=name, images=(name,),
            end=ends[index] if index < len(ends) else "kept",
            use=CacheUse()
            if index == 3
            else CacheUse(1, 0b100, OCTOBER.from_s + 2 * DAY_S, None if index == 4 else 1391, None, 1),
        )
        for index, name in enumerate(names)
    )  # fmt: skip
    settings: dict[str, tuple[tuple[str, str], ...]] = {
        "oversized": (("size_gib", "20"),),
        "automatic": (("creation_method", "automatic"),),
    }
    settings["manual"] = (("creation_method", "manual"), ("size_gib", "20"))
    return MonthCaches(
        lives,
        {each.cache_key: {2: 1} for each in lives},
        tuple(Cost(kind, lives, tuple(each.amount for each in lives)) for kind in COST_KINDS),
        tuple(
            Saving(
                kind,
                lives,
                1,
                Recommendation("caches", settings[kind], Decimal("0.5"), 1, None, len(lives), 0),
            )
            for kind in SAVING_KINDS
        ),
    )
