"""The oracle's own price lists, typed from the published prices of the billing model, section 5."""

from dataclasses import dataclass, replace
from fractions import Fraction

from tests.oracle.times import NEVER, second

HOUR_S = 3600
MONTH_H = 720

BASE_UNITS_IN = {
    "vCPU-second": 1,
    "GiB-second": 1,
    "GiB-hour": 1,
    "100 GiB-hour": 100,
    "GiB-month": MONTH_H,
    "enabling": 1,
}
"""How many of its own hours or seconds a price unit has, before seconds and hours are converted into each other."""


@dataclass(frozen=True)
class Price:
    """What one rate costs in some regions from a moment on."""

    rate: str
    amount: str
    per: str
    regions: str
    start: int
    end: int = NEVER
    off: Fraction = Fraction(0)

    def holds(self, region: str, at: int) -> bool:
        """Whether the price is for that place and moment."""
        return self.start <= at < self.end and _in(self.regions, region)

    def of_one(self, unit: str) -> Fraction:
        """The price of one base unit: a GiB-second, a GiB-hour, …"""
        price = Fraction(self.amount) * (1 - self.off) / BASE_UNITS_IN[self.per]
        hourly = self.per.endswith(("-hour", "-month"))
        return price / HOUR_S if hourly and unit.endswith("-second") else price


@dataclass(frozen=True)
class Value:
    """A number that a charge needs, from a moment on."""

    name: str
    amount: Fraction
    start: int
    end: int = NEVER


@dataclass(frozen=True)
class PriceList:
    """Prices and values; `own` prices and values are a user's, and decide where they say something."""

    currency: str
    prices: tuple[Price, ...]
    values: tuple[Value, ...]
    own_prices: tuple[Price, ...] = ()
    own_values: tuple[Value, ...] = ()

    def price(self, rate: str, region: str, at: int) -> Price | None:
        """The price that holds, or None. Extra ephemeral storage costs what the PL1 disk costs."""
        wanted = "ebs.essd_pl1" if rate == "eci.ephemeral_storage" else rate
        for prices in (self.own_prices, self.prices):
            holding = [price for price in prices if price.rate == wanted and price.holds(region, at)]
            if holding:
                return max(holding, key=lambda price: (price.regions == region, price.start))
        return None

    def value(self, name: str, at: int) -> Value | None:
        """The value that holds, or None."""
        for values in (self.own_values, self.values):
            holding = [value for value in values if value.name == name and value.start <= at < value.end]
            if holding:
                return max(holding, key=lambda value: value.start)
        return None

    def changes(self) -> list[int]:
        """Every moment at which something may change."""
        dated: list[Price | Value] = [*self.prices, *self.values, *self.own_prices, *self.own_values]
        return sorted({edge for entry in dated for edge in (entry.start, entry.end)})

    def with_own(self, prices: tuple[Price, ...] = (), values: tuple[Value, ...] = ()) -> "PriceList":
        """The list with a user's own entries above it."""
        return replace(self, own_prices=prices, own_values=values)


def _in(regions: str, region: str) -> bool:
    if regions == "mainland China":
        return region.startswith("cn-") and region != "cn-hongkong"
    return regions == region


def _day(day: str) -> int:
    return second(f"{day}T00:00:00+08:00")


_VALUES = (
    Value("temporary instance vCPU", Fraction(2), _day("2021-07-01")),
    Value("temporary instance GiB", Fraction(4), _day("2021-07-01")),
    Value("included storage GiB", Fraction(20), _day("2021-07-01")),
    Value("included storage GiB", Fraction(30), _day("2024-01-01")),
)

CNY = PriceList(
    "CNY",
    (
        Price("eci.vcpu", "0.000049", "vCPU-second", "mainland China", _day("2021-07-01")),
        Price("eci.memory", "0.00000613", "GiB-second", "mainland China", _day("2021-07-01")),
        Price("ebs.essd_pl1", "0.0021", "GiB-hour", "cn-hangzhou", _day("2021-07-01")),
        Price("ebs.snapshot", "0.12", "GiB-month", "cn-hangzhou", _day("2021-07-01")),
        Price("ebs.instant_access.enabling", "1", "enabling", "cn-hangzhou", _day("2021-07-01")),
        Price("ebs.instant_access", "1", "GiB-month", "cn-hangzhou", _day("2021-07-01")),
    ),
    _VALUES,
)

USD = PriceList(
    "USD",
    (
        Price("eci.vcpu", "0.0000077", "vCPU-second", "cn-hangzhou", _day("2021-07-01")),
        Price("eci.memory", "0.00000096", "GiB-second", "cn-hangzhou", _day("2021-07-01")),
        Price(
            "ebs.essd_pl1", "0.0320", "100 GiB-hour", "cn-hangzhou", _day("2021-07-01"), _day("2022-09-20")
        ),
        Price(
            "ebs.essd_pl1", "0.03188", "100 GiB-hour", "cn-hangzhou", _day("2022-09-20"), _day("2024-01-01")
        ),
        Price("ebs.essd_pl1", "0.05", "100 GiB-hour", "cn-hangzhou", _day("2024-01-01")),
        Price("ebs.snapshot", "0.02", "GiB-month", "cn-hangzhou", _day("2021-07-01")),
    ),
    _VALUES,
)

SHIPPED: dict[str, PriceList] = {"alibaba-cn": CNY, "alibaba-intl": USD}
