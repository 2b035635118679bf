"""What single caches would save, made or sized otherwise: every number comes from replaying the month, or isn't there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from billing.findings.costs import named
from billing.lives import CacheLife
from billing.recommending import Recommendation, tried
from billing.replaying import Choices, Replay, Selection
from rules.money import plain
from rules.quota import MANUAL_SIZE_GIB
from rules.units import MICRO

SavingKind = Literal["oversized", "automatic", "manual"]
SAVING_KINDS: tuple[SavingKind, ...] = ("oversized", "automatic", "manual")

MOST_CACHES = 8
"""Caches that one replay names, those with the most to gain: its command should fit into a few lines."""

MOST_SIZES = 3
"""Sizes that are tried, those with the most to gain."""

ROOM = 2
"""A cache is called oversized where it is more than so many times as large as what it stores: instances write there, too."""

SIZE_STEP_GIB = 10


@dataclass(frozen=True, slots=True)
class Saving:
    """Caches that a replay made otherwise, and what it says; further: how many like them it didn't name.

    oversized: manual caches at a smaller size that still holds ROOM times what they store. automatic: manual caches, created
    automatically. manual: automatic caches, made by hand at such a size.
    """

    kind: SavingKind
    caches: tuple[CacheLife, ...]
    further: int
    replayed: Recommendation

    def command(self, month: str) -> str:
        """The replay that shows the same saving, without an account, which may need quoting."""
        chosen = " ".join(f"--set {key}={value}" for key, value in self.replayed.settings)
        return f"imcost replay {month} {chosen} " + " ".join(
            f"--cache {life.cache_id}" for life in self.caches
        )

    def to_json(self) -> dict[str, Any]:
        """Kind, what the replay says, and the caches that it names; amounts as plain strings, null where not known."""
        pulled = self.replayed.pull_amount
        return {
            "kind": self.kind,
            "settings": dict(self.replayed.settings),
            "saving": plain(self.replayed.saving),
            "misses": self.replayed.misses,
            "pull_amount": None if pulled is None else plain(pulled),
            "caches": [named(life) for life in self.caches],
            "further": self.further,
        }


def savings(replay: Replay, lives: Sequence[CacheLife], account: str | None) -> tuple[Saving, ...]:
    """What replays of the month confirm, the largest net saving first."""
    found = [*_oversized(replay, lives, account), *_otherwise(replay, lives, account)]
    return tuple(sorted(found, key=lambda saving: -saving.replayed.net))


def fitting_gib(life: CacheLife) -> int | None:
    """A size that would do, in GiB: ROOM times what is stored, in steps of ten and allowed; None where that isn't known."""
    if life.snapshot_micro is None:
        return None
    step = SIZE_STEP_GIB * MICRO
    return max(MANUAL_SIZE_GIB.least, -(-ROOM * life.snapshot_micro // step) * SIZE_STEP_GIB)


def _oversized(replay: Replay, lives: Sequence[CacheLife], account: str | None) -> list[Saving]:
    by_size: defaultdict[int, list[tuple[Decimal, CacheLife]]] = defaultdict(list)
    for life in lives:
        size_gib = fitting_gib(life)
        if life.creation_method == "manual" and size_gib is not None and size_gib * MICRO < life.size_micro:
            share = 1 - Decimal(size_gib * MICRO) / life.size_micro
            by_size[size_gib].append((life.usage * share, life))
    ranked = sorted(by_size.items(), key=lambda each: (-sum(gain for gain, _ in each[1]), each[0]))
    return [
        saving
        for size_gib, found in ranked[:MOST_SIZES]
        if (
            saving := _tried(
                replay, "oversized", Choices(size_gib=Decimal(size_gib)), _by_gain(found), account
            )
        )
    ]


def _otherwise(replay: Replay, lives: Sequence[CacheLife], account: str | None) -> list[Saving]:
    """Manual caches that automatic creation serves better, and automatic ones that would be cheaper by hand."""
    everywhere = Selection(accounts=() if account is None else (account,))
    under = replay.under(Choices(creation_method="automatic"), everywhere)
    gains = {(each.account_id, each.region, each.cache_id): -each.difference for each in under.caches}
    manual = [
        (gains[life.name], life)
        for life in lives
        if life.creation_method == "manual" and gains.get(life.name, 0) > 0
    ]
    tried_ = [_tried(replay, "automatic", Choices(creation_method="automatic"), _by_gain(manual), account)]
    by_size: defaultdict[int, list[tuple[Decimal, CacheLife]]] = defaultdict(list)
    for life in lives:
        size_gib = fitting_gib(life)
        if life.creation_method == "automatic" and life.usage and size_gib is not None:
            by_size[size_gib].append((life.usage, life))
    ranked = sorted(by_size.items(), key=lambda each: (-sum(gain for gain, _ in each[1]), each[0]))
    for size_gib, found in ranked[:MOST_SIZES]:
        choices = Choices(creation_method="manual", size_gib=Decimal(size_gib))
        tried_.append(_tried(replay, "manual", choices, _by_gain(found), account))
    return [saving for saving in tried_ if saving is not None]


def _by_gain(found: Sequence[tuple[Decimal, CacheLife]]) -> list[CacheLife]:
    return [life for gain, life in sorted(found, key=lambda pair: (-pair[0], pair[1].name)) if gain > 0]


def _tried(
    replay: Replay, kind: SavingKind, choices: Choices, caches: Sequence[CacheLife], account: str | None
) -> Saving | None:
    """The first of these caches under the choices, None where the replay saves nothing."""
    named = tuple(caches[:MOST_CACHES])
    if not named:
        return None
    selection = Selection(
        cache_ids=[life.cache_id for life in named], accounts=() if account is None else (account,)
    )
    found = tried(replay, selection, "automatic" if kind == "automatic" else "caches", choices)
    return None if found is None else Saving(kind, named, len(caches) - len(named), found)
