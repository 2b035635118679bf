"""The moments around which records are made: month ends, leap days, price changes, always in UTC+8."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.oracle.times import HOUR, microsecond, month_window

SECOND_US = 10**6
HOUR_US = HOUR * SECOND_US


@dataclass(frozen=True)
class Scene:
    """Two neighbouring months and the moments in and around them at which something changes; those of the months are added."""

    months: tuple[str, str]
    moments: tuple[str, ...] = ()
    tariffs: tuple[str, ...] = ("alibaba-cn", "alibaba-intl")
    edges: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        months = [edge * SECOND_US for month in self.months for edge in month_window(month)]
        edges = sorted({*months, *map(microsecond, self.moments)})
        object.__setattr__(self, "edges", tuple(edges))


LEAP_DAY = Scene(("2024-02", "2024-03"), ("2024-02-29T00:00:00+08:00", "2024-02-29T00:00:00Z"))
PRICE_CHANGE = Scene(("2022-09", "2022-10"), ("2022-09-20T00:00:00+08:00", "2022-09-20T00:00:00Z"))
NEW_YEAR = Scene(("2023-12", "2024-01"), ("2024-01-01T00:00:00Z",))
SETTLEMENT_CHANGE = Scene(("2024-03", "2024-04"))
FIRST_PRICES = Scene(("2021-06", "2021-07"))
OWN_TARIFF = Scene(
    ("2024-05", "2024-06"),
    ("2024-05-10T08:00:00+08:00", "2024-05-20T13:00:00+08:00", "2024-06-15T00:00:00+08:00"),
    ("alibaba-cn", "own-cn"),
)

SCENES = (LEAP_DAY, PRICE_CHANGE, NEW_YEAR, SETTLEMENT_CHANGE, FIRST_PRICES, OWN_TARIFF)

_NEAR = (
    0,
    1,
    -1,
    SECOND_US // 2,
    SECOND_US - 1,
    SECOND_US,
    -SECOND_US,
    HOUR_US,
    -HOUR_US,
    HOUR_US - 1,
    1800 * SECOND_US,
)
_AWAY = st.one_of(
    st.sampled_from(_NEAR),
    st.integers(-2 * HOUR, 2 * HOUR).map(lambda seconds: seconds * SECOND_US),
    st.integers(-24 * HOUR_US, 24 * HOUR_US),
    st.integers(-40 * 24, 40 * 24).map(lambda hours: hours * HOUR_US),
)


def moments(scene: Scene) -> st.SearchStrategy[int]:
    """Instants in microseconds, at or near the edges of a scene."""
    return st.builds(int.__add__, st.sampled_from(scene.edges), _AWAY)
