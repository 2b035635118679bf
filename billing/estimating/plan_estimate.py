"""A plan's price: every resource before and after, the whole of it, and the difference."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from billing.bill import Line, exact_sum
from billing.estimating.estimate import Estimate, make_estimate
from billing.estimating.options import PricedOption, price_option
from billing.estimating.plan import Plan, Planned, Resource, Unpriced
from billing.estimating.question import OPTIONS, Option
from rules.money import plain
from rules.tariff import Tariff


class PricedResource(NamedTuple):
    """A resource with what its own choice costs before and after, and the estimate of all its options after it."""

    resource: Resource
    before: PricedOption | None
    after: PricedOption | None
    estimate: Estimate | None

    @property
    def monthly_before(self) -> Decimal:
        """What the dearest month costs before; 0 where there is nothing yet."""
        return Decimal(0) if self.before is None else self.before.monthly_total

    @property
    def monthly_after(self) -> Decimal:
        """What the dearest month costs after; 0 where it goes."""
        return Decimal(0) if self.after is None else self.after.monthly_total

    @property
    def difference(self) -> Decimal:
        """After minus before."""
        return exact_sum((self.monthly_after, self.monthly_before.copy_negate()))

    @property
    def cheaper(self) -> Option | None:
        """The choice that would cost less than the planned one; None where there is none, or it can't be compared."""
        if self.after is None or self.estimate is None or self.after not in self.estimate.compared:
            return None
        best = self.estimate.cheapest
        return best if best is not None and self.estimate.option(best).total < self.after.total else None

    def to_json(self, *, alone: bool) -> dict[str, Any]:
        """The resource's choice and amounts, and, where others stand beside it, its estimate."""
        planned = self.resource.after or self.resource.before
        answer: dict[str, Any] = {
            "address": self.resource.address,
            "action": self.resource.action,
            "option": planned.option if planned else None,
            "option_before": self.resource.before.option if self.resource.before else None,
            "before": plain(self.monthly_before),
            "after": plain(self.monthly_after),
            "difference": plain(self.difference),
            "complete": all(each is None or each.complete for each in (self.before, self.after)),
            "notes": list(self.resource.notes),
        }
        if self.estimate is not None and not alone:
            found = self.estimate.to_json()
            answer |= {key: found[key] for key in ("question", "options", "cheapest", "break_even")}
        return answer


class PlanEstimate(NamedTuple):
    """What a plan costs under a tariff, in a month of 720 hours; `unpriced` is in no total."""

    tariff: Tariff
    resources: tuple[PricedResource, ...]
    unpriced: tuple[Unpriced, ...]

    @property
    def monthly_before(self) -> Decimal:
        """The sum of what the resources cost before."""
        return exact_sum(each.monthly_before for each in self.resources)

    @property
    def monthly_after(self) -> Decimal:
        """The sum of what the resources cost after."""
        return exact_sum(each.monthly_after for each in self.resources)

    @property
    def difference(self) -> Decimal:
        """After minus before."""
        return exact_sum((self.monthly_after, self.monthly_before.copy_negate()))

    @property
    def complete(self) -> bool:
        """Whether everything that is priced has a price."""
        return all(
            each.complete
            for priced in self.resources
            for each in (priced.before, *(priced.estimate.compared if priced.estimate else ()))
            if each is not None
        )

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """The estimates of the resources that are there after it."""
        return tuple(each.estimate for each in self.resources if each.estimate is not None)

    def option(self, option: Option) -> PricedOption:
        """One option taken for every resource, as if the whole plan had chosen it."""
        found = [estimate.option(option) for estimate in self.estimates]
        years, saved_s = [each.year_total for each in found], [each.saved_s for each in found]
        saved = [each.saved_amount for each in found]
        return PricedOption(
            option=option,
            lines=_merged(line for each in found for line in each.lines),
            unrated=tuple(item for each in found for item in each.unrated),
            months=_together([each.months for each in found]),
            year_total=None if None in years or not years else exact_sum(_known(years)),
            saved_s=None
            if None in saved_s or not saved_s
            else sum(each for each in saved_s if each is not None),
            saved_amount=None if None in saved or not saved else exact_sum(_known(saved)),
            notes=tuple(dict.fromkeys(note for each in found for note in each.notes)),
        )

    @property
    def cheapest(self) -> Option | None:
        """The option with the lowest total over all resources; None where a price is missing or nothing is left."""
        if not self.estimates or not self.complete:
            return None
        with_pull = all(each.question.pull for each in self.estimates)
        return min(OPTIONS if with_pull else OPTIONS[:2], key=lambda option: self.option(option).total)

    def to_json(self) -> dict[str, Any]:
        """The estimate as interface.md has it; `resources` say the same of each, with what changes."""
        alone = self.estimates[0].to_json() if len(self.resources) == 1 and self.estimates else {}
        return {
            "currency": self.tariff.currency,
            "tariff": {"id": self.tariff.id, "digest": self.tariff.digest},
            **({"question": alone["question"]} if alone else {}),
            "options": [self.option(option).to_json() for option in OPTIONS],
            "cheapest": self.cheapest,
            "break_even": alone.get("break_even", {}),
            "monthly_before": plain(self.monthly_before),
            "monthly_after": plain(self.monthly_after),
            "difference": plain(self.difference),
            "complete": self.complete,
            "resources": [each.to_json(alone=bool(alone)) for each in self.resources],
            "unpriced": [{"address": each.address, "reason": each.reason} for each in self.unpriced],
        }


def estimate_plan(plan: Plan, tariff: Tariff) -> PlanEstimate:
    """Price every resource of a plan."""
    return PlanEstimate(tariff, tuple(_priced(each, tariff) for each in plan.resources), plan.unpriced)


def _priced(resource: Resource, tariff: Tariff) -> PricedResource:
    estimate = None if resource.after is None else make_estimate(resource.after.question, tariff)
    after = None if estimate is None or resource.after is None else estimate.option(resource.after.option)
    return PricedResource(resource, _choice(resource.before, tariff), after, estimate)


def _choice(planned: Planned | None, tariff: Tariff) -> PricedOption | None:
    return None if planned is None else price_option(planned.question, planned.option, tariff)


def _merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines without twins: what instances without a cache pull has one line for all resources, the sum of theirs."""
    found: dict[str, Line] = {}
    for line in lines:
        if (twin := found.get(line.line_id)) is not None:
            line = twin._replace(
                quantity=exact_sum((twin.quantity, line.quantity)),
                estimated_quantity=exact_sum((twin.estimated_quantity, line.estimated_quantity)),
                estimated=twin.estimated or line.estimated,
                amount=exact_sum((twin.amount, line.amount)),
            )
        found[line.line_id] = line
    return tuple(found.values())


def _together(found: Sequence[Sequence[Decimal]]) -> tuple[Decimal, ...]:
    """Month by month the sum of several; a shorter one costs nothing later."""
    longest = max(map(len, found), default=0)
    sums = (exact_sum(months[at] for months in found if at < len(months)) for at in range(longest))
    return tuple(sums) or (Decimal(0),)


def _known(found: Iterable[Decimal | None]) -> list[Decimal]:
    return [each for each in found if each is not None]
