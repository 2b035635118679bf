"""A provider: bills caches and instances hour by hour as the documentation says, in the formats that it documents.

Shares no code with the program: plain fractions, second by second where that is easiest. Amounts are rounded half up at the
sixth decimal, row by row, as bills have them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from random import Random

ZONE = timezone(timedelta(hours=8))
MONTH = datetime(2026, 10, 1, tzinfo=ZONE)
MONTH_END = datetime(2026, 11, 1, tzinfo=ZONE)
HOUR = timedelta(hours=1)

DISK = Fraction("0.0021")
SNAPSHOT = Fraction("0.12") / 720
VCPU, MEMORY = Fraction("0.000049"), Fraction("0.00000613")
"""CNY: a GiB-hour of ESSD PL1, a GiB-hour of snapshot, a vCPU-second, a GiB-second of memory."""


@dataclass(frozen=True)
class Cache:
    """A manual cache; `builder` is the container group that built it (None: the bill names the cache)."""

    id: str
    account: str
    region: str
    size: int
    snapshot: int
    created: datetime
    ready: datetime
    deleted: datetime | None = None
    builder: str | None = None


@dataclass(frozen=True)
class Instance:
    """An instance that used a cache; `disk` is the id that its cache's disk has on the bill (None: the instance's own)."""

    id: str
    cache: Cache
    started: datetime
    ended: datetime
    disk: str | None = None


@dataclass(frozen=True)
class Row:
    """One row of an hourly bill; amounts are in millionths of the currency."""

    begin: datetime
    end: datetime
    account: str
    region: str
    product: str
    commodity: str
    item: str
    instance: str
    usage: str
    usage_unit: str
    price: str
    price_unit: str
    gross: int
    kind: str = "PayAsYouGoBill"
    discount: int = 0
    coupon: int = 0
    voucher: int = 0
    broken: bool = False
    tags: frozenset[str] = field(default=frozenset())

    @property
    def pretax(self) -> int:
        """What is due after discounts and coupons."""
        return self.gross - self.discount - self.coupon


def cost(quantity: Fraction, price: Fraction) -> int:
    """An amount in millionths, rounded half up."""
    exact = quantity * price * 1_000_000
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def hours(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The parts of an interval that lie in the month, cut at full hours."""
    at = max(begin, MONTH)
    while at < min(end, MONTH_END):
        after = min((at + HOUR).replace(minute=0, second=0), end, MONTH_END)
        yield at, after
        at = after


def disk_rows(
    account: str, region: str, name: str, size: int, begin: datetime, end: datetime
) -> Iterator[Row]:
    """A disk's hours: usage in GB, service period in seconds."""
    for at, after in hours(begin, end):
        seconds = int((after - at).total_seconds())
        hour = at.replace(minute=0, second=0)
        amount = cost(Fraction(size * seconds, 3600), DISK)
        yield Row(hour, hour + HOUR, account, region, "yundisk", "yundisk", "yundisk", name,
                  f"{Fraction(size * seconds)}", "GB*秒", "0.0021", "元/GB/小时", amount)  # fmt: skip


def compute_rows(account: str, region: str, name: str, begin: datetime, end: datetime) -> Iterator[Row]:
    """vCPU and memory of an instance of 2 vCPU and 4 GiB."""
    for at, after in hours(begin, end):
        seconds = int((after - at).total_seconds())
        hour = at.replace(minute=0, second=0)
        for item, held, price, unit in (("cpu", 2, VCPU, "元/核/秒"), ("mem", 4, MEMORY, "元/GB/秒")):
            listed, amount = f"{float(price):.8f}".rstrip("0"), cost(Fraction(held * seconds), price)
            yield Row(hour, hour + HOUR, account, region, "eci", "eci", item, name, str(held * seconds),
                      "秒", listed, unit, amount)  # fmt: skip


def bill(caches: Sequence[Cache], instances: Sequence[Instance]) -> list[Row]:
    """Every row of the month, by time."""
    rows: list[Row] = []
    regional: dict[tuple[str, str, datetime], int] = {}
    for cache in caches:
        name = cache.builder or cache.id
        rows += disk_rows(cache.account, cache.region, name, cache.size, cache.created, cache.ready)
        rows += compute_rows(cache.account, cache.region, name, cache.created, cache.ready)
        at = max(cache.ready, MONTH).replace(minute=0, second=0)
        while at < min(cache.deleted or MONTH_END, MONTH_END):
            key = (cache.account, cache.region, at)
            regional[key] = regional.get(key, 0) + cache.snapshot
            at += HOUR
    for (account, region, at), size in regional.items():
        rows.append(Row(at, at + HOUR, account, region, "ecs", "snapshot", "snapshot", region, str(size), "GB",
                        "0.12", "元/GB/月", cost(Fraction(size), SNAPSHOT)))  # fmt: skip
    for one in instances:
        rows += disk_rows(
            one.cache.account, one.cache.region, one.disk or one.id, one.cache.size, one.started, one.ended
        )
        rows += compute_rows(one.cache.account, one.cache.region, one.id, one.started, one.ended)
    return sorted(
        rows, key=lambda row: (row.begin, row.product, row.item, row.account, row.region, row.instance)
    )


def priced(row: Row, factor: Fraction, price: str) -> Row:
    """The row at another price."""
    gross = row.gross * factor
    return replace(
        row, gross=(2 * gross.numerator + gross.denominator) // (2 * gross.denominator), price=price
    )


def world(random: Random, *, caches: int = 4, instances: int = 12) -> tuple[list[Cache], list[Instance]]:
    """Some caches and instances of a month: two accounts, two regions of mainland China."""
    made = []
    for number in range(caches):
        created = MONTH + timedelta(seconds=random.randrange(-10 * 86400, 5 * 86400))
        ready = created + timedelta(seconds=random.randrange(120, 3000))
        made.append(
            Cache(
                f"imc-{number:04}",
                ("1001", "1002")[number % 2],
                ("cn-hangzhou", "cn-beijing")[number // 2 % 2],
                random.choice((20, 40, 100)),
                random.randrange(2, 12),
                created,
                ready,
                None if number % 3 else MONTH + timedelta(days=20, seconds=random.randrange(86400)),
            )
        )
    used = []
    for number in range(instances):
        started = MONTH + timedelta(days=6, seconds=random.randrange(12 * 86400))
        ended = started + timedelta(seconds=random.randrange(4 * 3600, 60 * 3600))
        used.append(Instance(f"eci-{number:05}", made[number % caches], started, ended))
    return made, used
