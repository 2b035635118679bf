"""An estimate: a question's options side by side, the cheapest of them, and where that changes."""

from typing import Any, NamedTuple

from billing.estimating.break_even import BreakEven, break_even
from billing.estimating.options import PricedOption, price_option
from billing.estimating.pricing import PRICED
from billing.estimating.question import OPTIONS, Option, Question
from rules.money import plain
from rules.period import rfc3339
from rules.tariff import Tariff


class Estimate(NamedTuple):
    """What a question's options cost under a tariff. `break_evens` is empty where a price is missing."""

    question: Question
    tariff: Tariff
    options: tuple[PricedOption, ...]
    break_evens: tuple[BreakEven, ...]

    @property
    def compared(self) -> tuple[PricedOption, ...]:
        """The options among which one is the cheapest: without a time to pull, having no cache can't be compared."""
        return tuple(each for each in self.options if self.question.pull or each.option != "no_cache")

    @property
    def complete(self) -> bool:
        """Whether everything that is compared has a price."""
        return all(each.complete for each in self.compared)

    @property
    def cheapest(self) -> Option | None:
        """The option with the lowest total, the first of several; None where a price is missing."""
        if not self.complete:
            return None
        return min(self.compared, key=lambda each: each.total).option

    @property
    def charges(self) -> tuple[str, ...]:
        """The charges that arise in any option, with a price or without, in the order of a bill."""
        arising = {charge for each in self.options for charge in (*each.total_by_charge, *each.without_price)}
        return tuple(charge.id for charge in PRICED if charge.id in arising)

    def option(self, name: Option) -> PricedOption:
        """One of the options."""
        return next(each for each in self.options if each.option == name)

    def to_json(self) -> dict[str, Any]:
        """The estimate as interface.md has it, and what was asked."""
        return {
            "currency": self.tariff.currency,
            "tariff": {"id": self.tariff.id, "digest": self.tariff.digest},
            "question": _question_json(self.question),
            "options": [each.to_json() for each in self.options],
            "cheapest": self.cheapest,
            "break_even": {each.variable.name: each.to_json() for each in self.break_evens},
        }


def make_estimate(question: Question, tariff: Tariff) -> Estimate:
    """Price the question's options and compare them."""
    options = tuple(price_option(question, option, tariff) for option in OPTIONS)
    return Estimate(question, tariff, options, break_even(question, tariff))


def _question_json(question: Question) -> dict[str, Any]:
    """What was asked, after the defaults were filled in; durations in seconds."""
    snapshot, pull = question.snapshot_gib, question.pull
    return {
        "name": question.name,
        "region": question.region,
        "at": rfc3339(question.at_s),
        "size_gib": plain(question.size_gib),
        "snapshot_gib": None if snapshot is None else plain(snapshot),
        "build_s": question.build_s,
        "keep_s": question.keep_s,
        "instant": question.instant,
        "pull_s": None if pull is None else pull.seconds,
        "pull_estimated": None if pull is None else pull.estimated,
        "instances": [
            {
                "count": group.count,
                "run_s": group.run_s,
                "vcpu": plain(group.vcpu),
                "memory_gib": plain(group.memory_gib),
                "extra_ephemeral_gib": None
                if group.extra_ephemeral_gib is None
                else plain(group.extra_ephemeral_gib),
                "start_s": group.start_s,
            }
            for group in question.groups
        ],
    }
