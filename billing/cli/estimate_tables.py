"""An estimate on the terminal: the options side by side, the cheapest, where that changes, and what to know.

It is written line by line and not with rich, which takes as long to load as all that an estimate computes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from billing.cli.bill_tables import aligned
from billing.cli.console import clean, width

if TYPE_CHECKING:
    from billing.cli.options import Context
    from billing.estimating import Estimate, Question
    from billing.estimating.comparing import Comparison
    from billing.estimating.plan_estimate import PlanEstimate

GAP = "  "


def print_plan(ctx: Context, estimate: PlanEstimate, comparison: Comparison | None) -> None:
    """Print a plan of one cache with all its options, one of several resource by resource; then what changed."""
    if len(estimate.resources) == 1 and estimate.estimates and estimate.resources[0].before is None:
        _print_estimate(estimate)
    else:
        from billing.cli.estimate_plan_tables import print_resources

        print_resources(ctx, estimate)
    if comparison is not None:
        from billing.cli.estimate_plan_tables import print_comparison_with

        print_comparison_with(ctx, comparison, estimate.tariff.currency)


def warn(ctx: Context, estimate: PlanEstimate) -> None:
    """Say on stderr what is not priced, and the lines of TOML that would add missing prices."""
    from billing.cli.console import say
    from billing.estimating.missing import missing_prices_toml

    options = [option for each in estimate.estimates for option in each.options]
    options += [each.before for each in estimate.resources if each.before is not None]
    reasons = dict.fromkeys(item.reason for option in options for item in option.unrated)
    for reason in reasons:
        ctx.warn(f"{reason}: the total is incomplete")
    for each in estimate.unpriced:
        ctx.warn(f"{each.address} is not priced: {each.reason}")
    lines = missing_prices_toml(options, estimate.tariff)
    if lines:
        file = ctx.workspace.tariffs / "ours.toml"
        ctx.warn(f"add what is missing to a tariff of your own, {file}, and use --tariff ours:")
        for line in lines:
            say(line)


def _print_estimate(estimate: PlanEstimate) -> None:
    """Print what was asked, the options' lines and totals, the cheapest and the break-even, then the notes."""
    from billing.estimating.options import TITLES
    from rules.period import rfc3339

    found, [resource] = estimate.estimates[0], estimate.resources
    question, tariff = found.question, found.tariff
    _say(
        f"{_bold('estimate')}{GAP}{tariff.currency}{GAP}tariff {clean(tariff.id)}{GAP}{clean(question.region)}"
    )
    if resource.after is not None and resource.resource.address != "estimate":
        _say(_dim(f"{clean(resource.resource.address)}: {TITLES[resource.after.option]}"))
    _say(_dim(f"ready {rfc3339(question.at_s)}"))
    for text in asked(question):
        _say(_dim(text))
    _say("")
    _print_options(found)
    _print_comparison(found)
    _print_notes(estimate)


def asked(question: Question) -> list[str]:
    """What was asked, in words: the cache, and its instances."""
    from rules.durations import duration_label
    from rules.money import plain

    snapshot = "not known" if question.snapshot_gib is None else f"{plain(question.snapshot_gib)} GiB"
    keep = "for good" if question.keep_s is None else f"for {duration_label(question.keep_s)}"
    lines = [
        f"cache of {plain(question.size_gib)} GiB (snapshot {snapshot}), built in {duration_label(question.build_s)}, kept {keep}"
    ]
    for group in question.groups:
        extra = group.extra_ephemeral_gib
        lines.append(
            f"{group.count} instance{'' if group.count == 1 else 's'} of {plain(group.vcpu)} vCPU, {plain(group.memory_gib)} GiB"
            + ("" if extra is None else f", {plain(extra)} GiB extra storage")
            + f", for {duration_label(group.run_s)}"
            + (f", {duration_label(group.start_s)} later" if group.start_s else "")
        )
    return lines


def _print_options(estimate: Estimate) -> None:
    """The charges of each option below each other, then the totals; columns are aligned at the decimal point."""
    from billing.estimating.options import TITLES
    from billing.estimating.pricing import PRICED

    charges = estimate.charges
    free = {index for index, charge in enumerate(charges) if any(c.free for c in PRICED if c.id == charge)}
    labels = [*charges, f"total, {estimate.tariff.currency}"]
    by_year = any(each.year_total is not None for each in estimate.options)
    saves = estimate.question.pull is not None
    labels += (["kept for a year"] if by_year else []) + (["pulling saved is worth"] if saves else [])
    first = max(map(len, labels))
    columns = []
    for each in estimate.options:
        amounts = [each.total_by_charge.get(charge) for charge in charges]
        amounts += [
            each.total,
            *([each.year_total] if by_year else []),
            *([each.saved_amount] if saves else []),
        ]
        estimated = {line.charge for line in each.lines if line.estimated}
        cells = _cells(amounts, free, TITLES[each.option], [charge in estimated for charge in charges])
        columns.append(_with_gaps(cells, [charge in each.without_price for charge in charges]))
    titles = [
        TITLES[each.option].rjust(len(cells[0]) - 1) + " "
        for each, cells in zip(estimate.options, columns, strict=True)
    ]
    _say(_bold((" " * first + GAP + GAP.join(titles)).rstrip()))
    for index, label in enumerate(labels):
        row = (label.ljust(first) + GAP + GAP.join(column[index] for column in columns)).rstrip()
        _say(_bold(row) if index == len(charges) else _dim(row) if index > len(charges) else row)
    _print_saved(estimate)


def _cells(amounts: Sequence[Decimal | None], free: set[int], title: str, marks: Sequence[bool]) -> list[str]:
    """The amounts of one option, aligned; a free charge says so, what does not arise is a dash, ~ marks an estimate."""
    texts = aligned([amount for amount in amounts if amount is not None], title)
    width = max(map(len, texts), default=len(title))
    left = iter(texts)
    cells = []
    for index, amount in enumerate(amounts):
        text = "–" if amount is None else next(left)
        text = "free" if amount is not None and index in free else text
        marked = index < len(marks) and marks[index]
        cells.append(text.rjust(width) + ("~" if marked else " "))
    return cells


def _with_gaps(cells: list[str], missing: Sequence[bool]) -> list[str]:
    """The cells with a ? where a price is missing, and at the total that lacks it."""
    if not any(missing):
        return cells
    marks = [*missing, True, *([False] * (len(cells) - len(missing) - 1))]
    blank = " " * (len(cells[0]) - 1)
    return [
        (blank if index < len(missing) else cell[:-1]) + "?" if marked else cell
        for index, (cell, marked) in enumerate(zip(cells, marks, strict=True))
    ]


def _print_saved(estimate: Estimate) -> None:
    """What the mark means, and how much time the caches spare the instances."""
    from rules.durations import duration_label

    if any(line.estimated for each in estimate.options for line in each.lines):
        _say(_dim("~ rests on an estimate"))
    if not all(each.complete for each in estimate.options):
        _say("? has no price: the total is incomplete")
    saved = [
        f"{each.option} {duration_label(each.saved_s)}"
        for each in estimate.options
        if each.saved_s is not None and each.option != "no_cache"
    ]
    if saved:
        _say(_dim(f"pulling saved in all: {', '.join(saved)}"))


def _print_comparison(estimate: Estimate) -> None:
    """The cheapest option, and where that changes."""
    from billing.estimating.break_even import sentence
    from billing.estimating.options import TITLES

    _say("")
    if estimate.cheapest is None:
        _say(f"{_bold('cheapest')}{GAP}not known: a price is missing")
    else:
        among = " and ".join(TITLES[each.option] for each in estimate.compared)
        of = f" (of {among})" if len(estimate.compared) == 2 else ""
        _say(f"{_bold('cheapest')}{GAP}{TITLES[estimate.cheapest]}{of}")
    if estimate.break_evens:
        _say("")
        _say(_bold("what is cheapest when only this changes"))
    for each in estimate.break_evens:
        text = f"{each.variable.unit:9}{GAP}{sentence(each, TITLES)}"
        _say(click.wrap_text(text, width(), initial_indent=GAP, subsequent_indent=" " * 13))


def _print_notes(estimate: PlanEstimate) -> None:
    """What a reader must know of each option, once, and of the resource."""
    _say("")
    for line in _notes(estimate):
        _say(_dim(click.wrap_text(clean(line), width(), subsequent_indent=GAP)))


def _notes(estimate: PlanEstimate) -> Iterator[str]:
    from billing.estimating.options import TITLES

    said: dict[str, list[str]] = {}
    for each in estimate.estimates[0].options:
        for note in each.notes:
            said.setdefault(note, []).append(TITLES[each.option])
    yield from (f"{', '.join(of)}: {note}" for note, of in said.items())
    yield from (
        f"{each.resource.address}: {note}" for each in estimate.resources for note in each.resource.notes
    )


def _say(text: str) -> None:
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)


def _bold(text: str) -> str:
    return click.style(text, bold=True)


def _dim(text: str) -> str:
    return click.style(text, dim=True)
