"""The monthly bill as values: lines, unrated quantities, notices, record counts and totals.

A bill is what metering and rating found for one month. It holds no connection and reads no clock, so a table,
a JSON document, a report and a test all look at the same thing. Amounts are exact to ten decimals; cutting a
total to payable cents belongs to the statement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from rules.charges import CHARGES
from rules.money import AMOUNT_PLACES, added, plain, scaled, unscaled
from rules.period import Month, rfc3339
from rules.tariff import Tariff


@lru_cache(maxsize=256)
def _rfc3339(at_s: int) -> str:
    """An epoch second as text: the lines of a bill have few periods."""
    return rfc3339(at_s)


class Line(NamedTuple):
    """What one cache cost for one charge in one rate period: the smallest amount of a bill.

    `quantity` is in base units (`unit`), `rate` is the price per `per`, `amount` is in the bill's currency, rounded
    half up at the tenth decimal. `estimated_quantity` is the part of `quantity` that rests on an estimate;
    `estimated` says whether there is any. A free line has no dated rate: its `rate_from` is None.
    `period_from` and `period_until` are epoch seconds: the half-open part of the month that the line's rate and dated
    values cover.
    """

    charge: str
    phase: str
    account_id: str
    region: str
    cache_id: str
    creation_method: str
    quantity: Decimal
    unit: str
    rate: Decimal
    per: str
    rate_from: str | None
    amount: Decimal
    free: bool
    estimated: bool
    estimated_quantity: Decimal
    period_from: int
    period_until: int

    @property
    def line_id(self) -> str:
        """The line's name: the same for the same account, region, cache, charge and rate period, in every run."""
        identity = (self.account_id, self.region, self.cache_id, self.charge, str(self.period_from))
        return "ln-" + sha256("\x1f".join(identity).encode()).hexdigest()[:20]

    def to_row(self) -> dict[str, Any]:
        """The line's id and columns, times in RFC 3339, decimals as they are."""
        row = dict(zip(_LINE_COLUMNS, (self.line_id, *self), strict=True))
        row["period_from"] = _rfc3339(self.period_from)
        row["period_until"] = _rfc3339(self.period_until)
        return row

    def to_json(self) -> dict[str, Any]:
        """The line as interface.md has it: decimals as plain strings."""
        row = self.to_row()
        row["quantity"] = plain(self.quantity)
        row["rate"] = plain(self.rate)
        row["amount"] = plain(self.amount)
        row["estimated_quantity"] = plain(self.estimated_quantity)
        return row


_LINE_COLUMNS = ("line_id", *Line._fields)


class Unrated(NamedTuple):
    """A metered quantity that the tariff has no price or no dated value for, with the reason; never an amount."""

    charge: str
    account_id: str
    region: str
    cache_id: str
    quantity: Decimal
    unit: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """The quantity as interface.md has it."""
        return self._asdict() | {"quantity": plain(self.quantity)}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader of the bill must know about one cache; a warning, not an error.

    `code` is one of `estimated_size`, `open_record`, `derived_end`, `unmetered_build`, `unmetered_local_snapshot`,
    `unknown_cache`; `count` says how many records it concerns.
    """

    code: str
    account_id: str
    region: str
    cache_id: str
    count: int
    message: str

    def to_json(self) -> dict[str, Any]:
        """The notice with its fields' own names."""
        return asdict(self)


CACHE_OUTCOMES = ("charged", "free", "unmetered", "unrated")
INSTANCE_OUTCOMES = ("charged", "free", "without_cache", "unknown_cache", "unrated")


@dataclass(frozen=True, slots=True)
class Counts:
    """How the records that overlap the month came out; each record has exactly one outcome."""

    caches: Mapping[str, int]
    instances: Mapping[str, int]

    def to_json(self) -> dict[str, dict[str, int]]:
        """The counts with `overlapping` first, which is the sum of the outcomes."""
        return {
            "caches": {
                "overlapping": sum(self.caches.values()),
                **{k: self.caches[k] for k in CACHE_OUTCOMES},
            },
            "instances": {
                "overlapping": sum(self.instances.values()),
                **{k: self.instances[k] for k in INSTANCE_OUTCOMES},
            },
        }


@dataclass(frozen=True, slots=True)
class Bill:
    """One month's bill at one moment under one tariff.

    `lines` are sorted by account, region, cache, charge and rate period. The bill is complete when nothing is unrated.
    """

    month: Month
    as_of: datetime
    tariff: Tariff
    lines: tuple[Line, ...]
    unrated: tuple[Unrated, ...]
    notices: tuple[Notice, ...]
    records: Counts

    @property
    def currency(self) -> str:
        """The tariff's currency: CNY or USD for the shipped tariffs."""
        return self.tariff.currency

    @property
    def complete(self) -> bool:
        """Whether every quantity has a price."""
        return not self.unrated

    @property
    def total(self) -> Decimal:
        """The exact sum of the lines."""
        return exact_sum(line.amount for line in self.lines)

    @property
    def estimated_total(self) -> Decimal:
        """The exact sum of the lines that rest on an estimate, in whole or in part."""
        return exact_sum(line.amount for line in self.lines if line.estimated)

    @property
    def total_by_charge(self) -> dict[str, Decimal]:
        """The exact sum of each charge that has lines, in the order of the charges."""
        amounts: dict[str, list[Decimal]] = {}
        for line in self.lines:
            amounts.setdefault(line.charge, []).append(line.amount)
        return {charge.id: exact_sum(amounts[charge.id]) for charge in CHARGES if charge.id in amounts}

    def to_json(self) -> dict[str, Any]:
        """The bill as interface.md has it."""
        return {
            "month": self.month.label,
            "from": rfc3339(self.month.from_s),
            "until": rfc3339(self.month.until_s),
            "as_of": rfc3339(self.as_of),
            "currency": self.currency,
            "tariff": {"id": self.tariff.id, "digest": self.tariff.digest},
            "lines": [line.to_json() for line in self.lines],
            "unrated": [item.to_json() for item in self.unrated],
            "total": plain(self.total),
            "total_by_charge": {charge: plain(amount) for charge, amount in self.total_by_charge.items()},
            "estimated_total": plain(self.estimated_total),
            "records": self.records.to_json(),
            "notices": [notice.to_json() for notice in self.notices],
        }


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts of at most ten decimals, exact however many and however large they are."""
    return added(amounts)


def exact_difference(later: Decimal, earlier: Decimal) -> Decimal:
    """What has to be added to the earlier amount to get the later one, exact like `exact_sum`."""
    return scaled(unscaled(later, AMOUNT_PLACES) - unscaled(earlier, AMOUNT_PLACES), AMOUNT_PLACES)
