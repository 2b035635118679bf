"""Which regions an entry of a tariff is for: one region, or a named group of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions that any of `match` names, without those that any of `excluded` names.

    A pattern is a region's id, or the begin of one followed by `*`. `label` is how the tariff calls the
    whole.
    """

    label: str
    match: tuple[str, ...]
    excluded: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether this is a single region, and not a group."""
        return self.match == (self.label,) and not self.label.endswith("*")

    def covers(self, other: "Regions") -> bool:
        """Whether every region of the other is one of these."""
        return all(any(_covers(mine, theirs) for mine in self.match) for theirs in other.match) and not any(
            _meet(hole, theirs) and not any(_covers(spared, hole) for spared in other.excluded)
            for hole in self.excluded
            for theirs in other.match
        )

    def meets(self, other: "Regions") -> bool:
        """Whether some region belongs to both."""
        shared = [
            theirs if _covers(mine, theirs) else mine
            for mine in self.match
            for theirs in other.match
            if _meet(mine, theirs)
        ]
        holes = (*self.excluded, *other.excluded)
        return any(not any(_covers(hole, pattern) for hole in holes) for pattern in shared)


EVERYWHERE = Regions("*", ("*",))


def region(name: str) -> Regions:
    """One region alone."""
    return Regions(name, (name,))


def _covers(wide: str, narrow: str) -> bool:
    """Whether the wide pattern matches all that the narrow one matches."""
    return wide == narrow or (wide.endswith("*") and narrow.removesuffix("*").startswith(wide[:-1]))


def _meet(one: str, other: str) -> bool:
    """Whether both patterns match some region: of two begins, one must begin the other."""
    return _covers(one, other) or _covers(other, one)
