"""A replay for each of many values of one setting, and the best of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from billing.replaying.choices import Choices, Selection
from billing.replaying.replay import Replay
from billing.replaying.replayed import Behaviour, Replayed
from rules.money import plain

SWEPT = ("retention_days", "size_gib", "included_ephemeral_gib", "automatic_quota", "manual_quota")
"""The settings that are numbers, over which a sweep can go."""


class SweepPoint(NamedTuple):
    """What a replay gave for one value; `compared` is the total and the pulls that it leads to."""

    value: int
    replayed_total: Decimal
    difference: Decimal
    behaviour: Behaviour
    extra_pull_amount: Decimal | None
    compared: Decimal
    complete: bool


@dataclass(frozen=True, slots=True)
class Sweep:
    """The curve over the values of one setting; `best` is the cheapest point, the smallest value of equal ones.

    Totals are compared with what the instances cost that pull because they miss.
    best_replayed: the replay under it.
    """

    setting: str
    points: tuple[SweepPoint, ...]
    best: SweepPoint
    best_replayed: Replayed

    def to_json(self) -> dict[str, Any]:
        """The curve; decimals as plain strings."""
        return {
            "setting": self.setting,
            "points": [_point_json(point) for point in self.points],
            "best": self.best.value,
        }


def sweep(
    replay: Replay, setting: str, values: Sequence[int], choices: Choices, selection: Selection
) -> Sweep:
    """The replay under each value of the setting, beside the other choices; there is at least one value."""
    best: tuple[SweepPoint, Replayed] | None = None
    points = []
    for value, replayed in _replays(replay, setting, values, choices, selection):
        point = SweepPoint(
            value,
            replayed.replayed_total,
            replayed.difference,
            replayed.behaviour,
            replayed.extra_pull_amount,
            replayed.compared,
            replayed.complete,
        )
        points.append(point)
        if best is None or (not point.complete, point.compared, value) < (
            not best[0].complete,
            best[0].compared,
            best[0].value,
        ):
            best = point, replayed
    assert best is not None
    return Sweep(setting, tuple(points), *best)


def _replays(
    replay: Replay, setting: str, values: Sequence[int], choices: Choices, selection: Selection
) -> Iterator[tuple[int, Replayed]]:
    for value in values:
        chosen: Any = Decimal(value) if setting.endswith("_gib") else value
        yield value, replay.under(replace(choices, **{setting: chosen}), selection)


def _point_json(point: SweepPoint) -> dict[str, Any]:
    behaviour = point.behaviour
    return {
        "value": point.value,
        "replayed_total": plain(point.replayed_total),
        "difference": plain(point.difference),
        "hits": behaviour.hits,
        "misses": behaviour.misses,
        "evictions": behaviour.evictions,
        "refused": behaviour.refused,
        "extra_pull_s": behaviour.extra_pull_s,
        "extra_pull_amount": None if point.extra_pull_amount is None else plain(point.extra_pull_amount),
        "complete": point.complete,
    }
