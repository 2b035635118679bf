"""An estimate as one HTML page, in the report's design: self-contained, without scripts, safe against hostile names."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from billing.estimating.break_even import BreakEven, sentence
from billing.estimating.comparing import Comparison
from billing.estimating.estimate import Estimate
from billing.estimating.options import TITLES
from billing.estimating.plan_estimate import PlanEstimate
from billing.estimating.policies import Finding
from reports.charts import WIDE, cost_chart
from reports.estimate.curves import curves
from reports.i18n import Formats, places_for
from reports.page import render_document
from rules.money import plain
from rules.period import rfc3339

MOST_DETAILS = 20
"""Resources whose choices are shown; the others stand in the table."""


class Cell(NamedTuple):
    """One amount of a charge, or what stands in its place where it is None, and whether it rests on an estimate."""

    amount: Decimal | None
    text: str
    estimated: bool


def render(estimate: PlanEstimate, comparison: Comparison | None, findings: Sequence[Finding]) -> str:
    """The whole page; the same estimate gives the same text."""
    formats = Formats("en", currency=estimate.tariff.currency, places=places_for(estimate.monthly_after))
    shown = [each for each in estimate.resources if each.estimate is not None][:MOST_DETAILS]
    return render_document(
        "estimate/page.html",
        "en",
        estimate=estimate,
        comparison=comparison,
        findings=findings,
        details=[(each.resource.address, _detail(each.estimate, formats)) for each in shown if each.estimate],
        titles=TITLES,
        plain=plain,
        aligned=lambda value, column: _aligned(value, column, formats),
        before=any(each.before is not None for each in estimate.resources),
        more=sum(each.estimate is not None for each in estimate.resources) - len(shown),
    )


def _detail(found: Estimate, formats: Formats) -> dict[str, object]:
    """One resource's choices: rows of charges, totals, the cheapest, notes and break-even charts."""
    charges = found.charges
    return {
        "at": rfc3339(found.question.at_s),
        "region": found.question.region,
        "options": found.options,
        "rows": [
            (charge, [_cell(found, index, charge) for index in range(len(found.options))])
            for charge in charges
        ],
        "columns": [[*option.total_by_charge.values(), option.total] for option in found.options],
        "cheapest": None if found.cheapest is None else TITLES[found.cheapest],
        "notes": [(TITLES[option.option], note) for option in found.options for note in option.notes],
        "charts": [
            (sentence(each, TITLES), each.variable.unit, _chart(each, formats)) for each in found.break_evens
        ],
    }


def _cell(found: Estimate, index: int, charge: str) -> Cell:
    option = found.options[index]
    lines = [line for line in option.lines if line.charge == charge]
    if charge in option.without_price:
        return Cell(None, "no price", False)
    if not lines:
        return Cell(None, "–", False)
    if lines[0].free:
        return Cell(None, "free", False)
    return Cell(option.total_by_charge[charge], "", any(line.estimated for line in lines))


def _chart(found: BreakEven, formats: Formats) -> Markup:
    drawn = curves(found)
    lines = [(each.title, each.first, each.last) for each in drawn.curves]
    said = f"Cost by {drawn.unit}: {sentence(found, TITLES)}"
    return cost_chart(drawn.from_x, drawn.until_x, lines, formats, size=WIDE, description=said)


def _aligned(value: Decimal, column: Iterable[Decimal | None], formats: Formats) -> Markup:
    """An amount with all its decimals, so padded that it stands with its column's at the decimal point."""
    return formats.exact([value, *(other for other in column if other is not None)])[0]
