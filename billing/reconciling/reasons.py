"""Why a difference is there, as a value: which sentence, and what it is filled with, so that it can be said in any language.

Here it is said in English; a report says it in its own language, from its catalogues, by the same ids.
"""

from collections.abc import Mapping
from typing import NamedTuple

from billing.reconciling.ours import Grain
from rules.period import DAY_S, HOUR_S, rfc3339


class Hours(NamedTuple):
    """So many hours or days; of a bill by the month, the month."""

    grain: Grain
    number: int


class Span(NamedTuple):
    """From the first bucket to the last, each an hour or a day since the epoch."""

    grain: Grain
    first: int
    last: int

    @property
    def ends(self) -> tuple[str, str] | None:
        """The first day and the last, or the first instant and the one after the last, in the billing zone; None of a month."""
        if self.grain == "month":
            return None
        if self.grain == "day":
            first, last = (
                instant_text(bucket * DAY_S - 8 * HOUR_S)[:10] for bucket in (self.first, self.last)
            )
            return first, last
        return instant_text(self.first * HOUR_S), instant_text((self.last + 1) * HOUR_S)


class Thing(NamedTuple):
    """What is billed: a family of a bill's rows."""

    family: str


class Reason(NamedTuple):
    """One sentence, by its id, with what fills its blanks; a part may be a sentence again. `str` says it in English."""

    id: str
    filled: "tuple[tuple[str, Part], ...]" = ()

    def __str__(self) -> str:
        return MESSAGES[self.id].format(**{name: english(part) for name, part in self.filled})

    def __lt__(self, other: object) -> bool:
        """By the English text, which is made only where two have to be compared."""
        return str(self) < str(other)


Part = Hours | Span | Thing | Reason | str
"""What fills a blank; text is the bill's own, or a number."""


def reason(id: str, /, **filled: Part) -> Reason:
    """The sentence of that id."""
    return Reason(id, tuple(filled.items()))


NOTHING = Reason("nothing")
"""What fills a blank where there is nothing to add."""

MESSAGES: Mapping[str, str] = {
    "nothing": "",
    "place": "; {path}:{line}",
    "rounding": "rounding of {hours} of the {what}",
    "outside": "{hours} of the {what} lie outside of the month ({span}){place}",
    "not_on_bill": "{hours} of the {what} ({span}) are not on the bill",
    "not_on_bill_unread": "{hours} of the {what} ({span}) are not on the bill; rows of it could not be read: {places}",
    "not_in_usage": "{hours} of the {what} ({span}): {why}{place}",
    "unpriced": "metered, but not priced: {why}",
    "unknown_cache": "the instance names a cache that no usage record describes",
    "without_cache": "the instance used no cache",
    "unknown_id": "no usage record knows it; import its records, or ask what it is",
    "unexplained": "no usage record explains it",
    "nothing_metered": "we metered nothing of it then",
    "package": "a resource package covers {hours} of the {what} ({span})",
    "same_price": "{hours} of the {what} ({span}): {how} at the same price{place}",
    "other_price": "{hours} of the {what} ({span}) cost {price} {unit} there, {own} an hour here{place}",
    "beside_price": "{hours} of the {what} ({span}): another quantity beside another price{place}",
    "same_usage": "{hours} of the {what} ({span}): the same usage for {theirs}, here {ours}{place}",
    "other_amount": "{hours} of the {what} ({span}): {how}, {theirs} there, {ours} here{place}",
    "repeated": "billed more than once",
    "other_quantity": "another quantity",
    **{
        f"moved_{grain}": "{hours} of the {what} ({span}) stand on the bill {apart} "
        f"{grain}s away from when we metered them"
        for grain in ("hour", "day", "month")
    },
    "moved_rounding": "rounding where {why}",
    "shared": "{why}; the region's amount is shared by GiB-hours",
    "other_product": "rows of a product that no image cache's cost is billed in: {item}",
    "other_account": "rows of an account that no usage record belongs to: {item}",
    "other_month": "rows of another month's bill: {item}",
    "prepaid": "prepaid orders, which are no usage: {item}",
    "own_compute": "the instances' own vCPU and memory, which their cache does not cause: {item}",
    "own_storage": "storage that the instances declared themselves, beyond their cache's disk: {item}",
    "no_cache": "disks of instances that used no cache: {item}",
    "given_back": "given back, or adjusted: {item}",
    "tax": "tax: {item}",
    "discounts": "discounts on {item}",
    "coupons": "coupons on {item}",
    "vouchers": "vouchers on {item}",
    "tax_on": "tax on {item}",
    "rounded_down": "rounded down by the provider: {item}",
    "off": "the bill's own amounts don't add up: before minus after discounts, on {item}",
    "once_a_line": "our lines are rounded once, hours one by one",
    "broken_net": "the pretax amount is not gross minus discount and coupons: {is_} is not {should}",
    "broken_list": "the list cost is not quantity times list unit price: {is_} is not {should}",
}
"""Every sentence in English."""

THINGS: Mapping[str, str] = {
    "vcpu": "vCPU of a temporary instance",
    "memory": "memory of a temporary instance",
    "disk": "cache disk",
    "ephemeral": "extra ephemeral storage",
    "snapshot": "snapshot",
    "local_snapshot": "local snapshot",
    "enabling": "enabling of a local snapshot",
}
"""What the rows of each family bill, in English."""


def english(part: Part) -> str:
    """What fills a blank, in English."""
    match part:
        case Hours("month"):
            return "the month"
        case Hours(grain, number):
            return f"{number:,} {grain}{'' if number == 1 else 's'}"
        case Span():
            ends = part.ends
            if ends is None:
                return "in all"
            return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
        case Thing(family):
            return THINGS[family]
        case _:
            return str(part)


def instant_text(at_s: int) -> str:
    """An epoch second as people of the billing zone read it."""
    return rfc3339(at_s)[:16].replace("T", " ")
