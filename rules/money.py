"""Exact amounts: the one place that divides and rounds money, writes it plainly, settles it and spreads it.

Amounts carry at most ten decimals. Arithmetic is on integers, so no decimal context can round behind our back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

AMOUNT_PLACES = 10
"""Decimals of an amount: the provider's unit prices carry no more."""

CENT_PLACES = 2

SettlementRule = Literal["cut", "half-up"]
SETTLEMENT_RULES: tuple[SettlementRule, ...] = ("cut", "half-up")


def round_amount(numerator: int, denominator: int) -> Decimal:
    """The quotient to ten decimals, half up (away from zero on ties), without trailing zeros; `denominator` > 0."""
    units = (2 * abs(numerator) * 10**AMOUNT_PLACES + denominator) // (2 * denominator)
    return scaled(-units if numerator < 0 else units, AMOUNT_PLACES)


def scaled(units: int, places: int) -> Decimal:
    """Exactly `units` / 10 ** `places`, without trailing zeros and exponents, however many digits it has."""
    if places == 0:
        return Decimal(units)
    whole, fraction = divmod(abs(units), 10**places)
    sign = "-" if units < 0 else ""
    return Decimal(f"{sign}{whole}.{fraction:0{places}d}".rstrip("0").rstrip("."))


def unscaled(value: Decimal, places: int) -> int:
    """Exactly `value` x 10 ** `places`; a ValueError where it has more decimals or is no finite number."""
    numerator, denominator = value.as_integer_ratio() if value.is_finite() else (1, 0)
    if denominator == 0 or 10**places % denominator:
        raise ValueError(f"{value} is no number of at most {places} decimals")
    return numerator * (10**places // denominator)


def plain(value: Decimal) -> str:
    """The number as text without exponent and trailing zeros: 0.0126, 21600, 0."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def cut_cents(amount: Decimal) -> Decimal:
    """The amount cut to two decimals toward zero, for credits too."""
    return scaled(_cents(amount, "cut"), CENT_PLACES)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is to be paid for a total: `payable` has two decimals and is the total plus `adjustment`."""

    rule: SettlementRule
    payable: Decimal
    adjustment: Decimal


def settle(total: Decimal, rule: SettlementRule) -> Settlement:
    """Settle a total of at most ten decimals by a rule: `cut` goes toward zero, `half-up` away from it on ties."""
    cents = _cents(total, rule)
    adjustment = cents * 10 ** (AMOUNT_PLACES - CENT_PLACES) - unscaled(total, AMOUNT_PLACES)
    return Settlement(rule, Decimal(f"{cents}E-{CENT_PLACES}"), scaled(adjustment, AMOUNT_PLACES))


def spread(total: Decimal, parts: Sequence[int], ids: Sequence[str]) -> list[Decimal]:
    """The total of at most ten decimals in shares proportional to `parts` (each >= 0), in their order; they sum to it exactly.

    Each share is cut to ten decimals, and the rest goes, one unit each, to the largest remainders; ties go to the smaller id.
    """
    units, weight = unscaled(total, AMOUNT_PLACES), sum(parts)
    if min(parts, default=0) < 0 or (weight == 0 and units != 0):
        raise ValueError(f"{total} can't be spread over {list(parts)}: parts are >= 0 and not all zero")
    shares = [divmod(abs(units) * part, weight) if weight else (0, 0) for part in parts]
    rest = abs(units) - sum(share for share, _ in shares)
    order = sorted(range(len(parts)), key=lambda index: (-shares[index][1], ids[index]))
    extra = set(order[:rest])
    sign = -1 if units < 0 else 1
    return [scaled(sign * (share + (index in extra)), AMOUNT_PLACES) for index, (share, _) in enumerate(shares)]


def _cents(amount: Decimal, rule: SettlementRule) -> int:
    units, cent = unscaled(amount, AMOUNT_PLACES), 10 ** (AMOUNT_PLACES - CENT_PLACES)
    cents = abs(units) // cent if rule == "cut" else (2 * abs(units) + cent) // (2 * cent)
    return -cents if units < 0 else cents
