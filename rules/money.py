"""Exact amounts: the one place that divides and rounds money, writes it plainly, settles and spreads it.

Amounts carry at most ten decimals. Arithmetic is on integers, so no decimal context can round unasked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, Inexact
from fractions import Fraction
from functools import reduce
from typing import Literal

AMOUNT_PLACES = 10
"""Decimals of an amount: the provider's unit prices carry no more."""

CENT_PLACES = 2
AMOUNT_UNITS = 10_000_000_000
"""The units of the tenth decimal in an amount of 1."""
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])
"""A decimal context that never rounds."""
_normalized, _scaled, _added = _EXACT.normalize, _EXACT.scaleb, _EXACT.add
_ZERO = Decimal(0)
_POWERS = tuple(10**places for places in range(AMOUNT_PLACES + 1))
_UNITS_PER_CENT = 100_000_000

SettlementRule = Literal["cut", "half-up"]
SETTLEMENT_RULES: tuple[SettlementRule, ...] = ("cut", "half-up")


def round_amount(numerator: int, denominator: int) -> Decimal:
    """The quotient to ten decimals, half up (ties away from zero); denominator > 0, no trailing zeros."""
    return scaled(half_up(numerator * AMOUNT_UNITS, denominator), AMOUNT_PLACES)


def round_fraction(value: Fraction) -> Decimal:
    """The fraction to ten decimals, as `round_amount` rounds."""
    return round_amount(value.numerator, value.denominator)


def half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to the quotient, ties away from zero; denominator > 0."""
    if numerator < 0:
        return -half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def scaled(units: int, places: int) -> Decimal:
    """Exactly units / 10 ** places, without exponent and trailing zeros, however many digits it has."""
    if not units:
        return _ZERO
    if units % 10:
        return _scaled(units, -places)
    power = _POWERS[places] if places < len(_POWERS) else 10**places
    if units % power == 0:
        return Decimal(units // power)
    return _normalized(_scaled(Decimal(units), -places))


def unscaled(value: Decimal, places: int) -> int:
    """Exactly value x 10 ** places; a ValueError where it has more decimals or is no finite number."""
    if value.is_finite():
        numerator, denominator = value.as_integer_ratio()
        units, rest = divmod(numerator * int("1" + "0" * places), denominator)
        if rest == 0:
            return units
    raise ValueError(f"{value} is no number of at most {places} decimals")


def added(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, exact however many and however large the amounts are, without trailing zeros; a ValueError as `unscaled`."""
    return scaled(unscaled(reduce(_added, amounts, _ZERO), AMOUNT_PLACES), AMOUNT_PLACES)


def plain(value: Decimal) -> str:
    """The number as text without exponent and trailing zeros: 0.0126, 21600, 0."""
    text = str(value)
    if "E" in text:
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
    """Settle a total of at most ten decimals; `cut` goes toward zero, `half-up` away from it on ties."""
    cents = _cents(total, rule)
    adjustment = cents * _UNITS_PER_CENT - unscaled(total, AMOUNT_PLACES)
    return Settlement(rule, Decimal(f"{cents}E-{CENT_PLACES}"), scaled(adjustment, AMOUNT_PLACES))


def spread(total: Decimal, parts: Sequence[int], ids: Sequence[str]) -> list[Decimal]:
    """The total in shares proportional to `parts`, in their order; they sum to it exactly.

    The total has at most ten decimals, parts are >= 0. Each share is cut to ten decimals, and what is left goes,
    one unit each, to the largest remainders; ties go to the smaller id. Shares of a negative total are those of
    the positive one, negated.
    """
    units, weight = unscaled(total, AMOUNT_PLACES), sum(parts)
    if min(parts, default=0) < 0 or (weight == 0 and units != 0):
        raise ValueError(f"{total} can't be spread over {list(parts)}: parts are >= 0 and not all zero")
    shares = [divmod(abs(units) * part, weight) if weight else (0, 0) for part in parts]
    left = abs(units) - sum(share for share, _ in shares)
    order = sorted(range(len(parts)), key=lambda index: (-shares[index][1], ids[index]))
    lucky = set(order[:left])
    cut = [share + (index in lucky) for index, (share, _) in enumerate(shares)]
    return [scaled(-share if units < 0 else share, AMOUNT_PLACES) for share in cut]


def spread_cents(payable: Decimal, amounts: Sequence[Decimal], ids: Sequence[str]) -> list[Decimal]:
    """A payable amount given back to the amounts that it settles, in their order; they sum to it exactly.

    Each amount is floored to cents and the cents that are left go, one each, to the largest remainders; ties
    go to the smaller id. `payable` is the amounts' sum, settled by either rule: no share then differs by a cent.
    """
    floors = [divmod(unscaled(amount, AMOUNT_PLACES), _UNITS_PER_CENT) for amount in amounts]
    left = unscaled(payable, CENT_PLACES) - sum(cents for cents, _ in floors)
    if not 0 <= left <= len(amounts):
        raise ValueError(f"{payable} does not settle amounts that sum to {sum(amounts)}")
    order = sorted(range(len(amounts)), key=lambda index: (-floors[index][1], ids[index]))
    lucky = set(order[:left])
    return [scaled(cents + (index in lucky), CENT_PLACES) for index, (cents, _) in enumerate(floors)]


def _cents(amount: Decimal, rule: SettlementRule) -> int:
    units = unscaled(amount, AMOUNT_PLACES)
    half = 0 if rule == "cut" else _UNITS_PER_CENT // 2
    cents = (abs(units) + half) // _UNITS_PER_CENT
    return -cents if units < 0 else cents
