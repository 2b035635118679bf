"""An estimate on the terminal: the options side by side, the cheapest, where that changes, and what to know."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from billing.cli.bill_tables import aligned

if TYPE_CHECKING:
    from billing.cli.options import Context
    from billing.estimating import Estimate, Question
    from billing.estimating.comparing import Comparison
    from billing.estimating.options import PricedOption
    from billing.estimating.plan_estimate import PlanEstimate


def print_estimate(ctx: Context, estimate: Estimate) -> None:
    """Print what was asked, the options' lines and totals, the cheapest and the break-even, then the notes."""
    from rules.period import rfc3339

    question, tariff = estimate.question, estimate.tariff
    ctx.console.print(
        f"[bold]estimate[/bold]  {tariff.currency}  tariff {ctx.safe(tariff.id)}  {ctx.safe(question.region)}"
    )
    ctx.console.print(f"ready {rfc3339(question.at_s)}", style="dim")
    for text in asked(question):
        ctx.console.print(ctx.safe(text), style="dim")
    ctx.console.print()
    _print_options(ctx, estimate)
    _print_comparison(ctx, estimate)
    _print_notes(ctx, estimate.options)


def print_plan(ctx: Context, estimate: PlanEstimate, comparison: Comparison | None) -> None:
    """Print a plan of one cache with all its options, one of several resource by resource; then what changed."""
    if len(estimate.resources) == 1 and estimate.estimates and estimate.resources[0].before is None:
        print_estimate(ctx, estimate.estimates[0])
        _print_plan_notes(ctx, estimate)
    else:
        _print_resources(ctx, estimate)
    if comparison is not None:
        _print_comparison_with(ctx, comparison, estimate.tariff.currency)


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


def _print_options(ctx: Context, estimate: Estimate) -> None:
    from rich.table import Table
    from rich.text import Text

    from billing.estimating.options import TITLES
    from billing.estimating.pricing import PRICED

    charges = [
        charge for charge in PRICED if any(charge.id in each.total_by_charge for each in estimate.options)
    ]
    saves = estimate.question.pull is not None
    labels = [charge.id for charge in charges]
    labels.append(f"total, {estimate.tariff.currency}")
    if any(each.year_total is not None for each in estimate.options):
        labels.append("kept for a year")
    if saves:
        labels.append("pulling saved is worth")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    columns = []
    for each in estimate.options:
        title = TITLES[each.option]
        amounts = [each.total_by_charge.get(charge.id) for charge in charges]
        amounts.append(each.total)
        if "kept for a year" in labels:
            amounts.append(each.year_total)
        if saves:
            amounts.append(each.saved_amount)
        free = {index for index, charge in enumerate(charges) if charge.free}
        estimated = {line.charge for line in each.lines if line.estimated}
        marks = [charge.id in estimated for charge in charges]
        cells = _cells(amounts, free, title, marks)
        table.add_column(Text(title, justify="right"), no_wrap=True, min_width=len(cells[0]))
        columns.append(cells)
    for index, label in enumerate(labels):
        cells = [column[index] for column in columns]
        style = "bold" if index == len(charges) else "dim" if index > len(charges) else None
        table.add_row(label, *cells, style=style, end_section=False)
    ctx.console.print(table)
    _print_saved(ctx, estimate)


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


def _print_saved(ctx: Context, estimate: Estimate) -> None:
    """How much time the caches spare the instances, and what the marks mean."""
    from rules.durations import duration_label

    if any(line.estimated for each in estimate.options for line in each.lines):
        ctx.console.print("~ rests on an estimate", style="dim")
    saved = [
        f"{each.option} {duration_label(each.saved_s)}"
        for each in estimate.options
        if each.saved_s is not None and each.option != "no_cache"
    ]
    if saved:
        ctx.console.print(f"pulling saved in all: {', '.join(saved)}", style="dim")


def _print_comparison(ctx: Context, estimate: Estimate) -> None:
    from billing.estimating.break_even import sentence
    from billing.estimating.options import TITLES

    ctx.console.print()
    cheapest = estimate.cheapest
    if cheapest is None:
        ctx.console.print("[bold]cheapest[/bold]  not known: a price is missing")
    else:
        among = " and ".join(TITLES[each.option] for each in estimate.compared)
        of = f" (of {among})" if len(estimate.compared) == 2 else ""
        ctx.console.print(f"[bold]cheapest[/bold]  {TITLES[cheapest]}{of}")
    if estimate.break_evens:
        ctx.console.print("\n[bold]what is cheapest when only this changes[/bold]")
    for each in estimate.break_evens:
        ctx.console.print(f"  {each.variable.unit:9}  {sentence(each, TITLES)}")


def _print_notes(ctx: Context, options: Sequence[PricedOption]) -> None:
    from rich.padding import Padding

    from billing.estimating.options import TITLES

    ctx.console.print()
    said: dict[str, list[str]] = {}
    for each in options:
        for note in each.notes:
            said.setdefault(note, []).append(TITLES[each.option])
    for note, of in said.items():
        ctx.console.print(
            Padding(f"[dim]{', '.join(of)}: {ctx.safe(note)}[/dim]", (0, 0, 0, 0), expand=False)
        )


def _print_resources(ctx: Context, estimate: PlanEstimate) -> None:
    """Every resource with its choice, its month before and after, and the choice that would be the cheapest."""
    from rich.table import Table
    from rich.text import Text

    from billing.estimating.options import TITLES

    currency, tariff = estimate.tariff.currency, ctx.safe(estimate.tariff.id)
    ctx.console.print(f"[bold]estimate of a month[/bold]  {currency}  tariff {tariff}\n")
    rows = estimate.resources
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("resource", overflow="fold")
    table.add_column("choice", no_wrap=True)
    amounts = {
        "before": aligned([*(each.monthly_before for each in rows), estimate.monthly_before], "before"),
        "after": aligned([*(each.monthly_after for each in rows), estimate.monthly_after], "after"),
        "change": aligned([*(each.difference for each in rows), estimate.difference], "change"),
    }
    if not any(each.before for each in rows):
        del amounts["before"], amounts["change"]
    for header, texts in amounts.items():
        table.add_column(Text(header, justify="right"), no_wrap=True, min_width=max(map(len, texts)))
    table.add_column("cheapest", no_wrap=True)
    for index, each in enumerate(rows):
        planned = each.resource.after or each.resource.before
        choice = "deleted" if each.resource.after is None else TITLES[planned.option] if planned else ""
        cheapest = each.cheaper
        best = "" if cheapest is None else TITLES[cheapest]
        cells = [texts[index] for texts in amounts.values()]
        table.add_row(ctx.safe(each.resource.address), choice, *cells, best)
    table.add_row("total", "", *(texts[-1] for texts in amounts.values()), "", style="bold")
    ctx.console.print(table)
    ctx.console.print("\n[dim]cheapest: where another choice would cost less[/dim]")
    _print_plan_notes(ctx, estimate)


def _print_plan_notes(ctx: Context, estimate: PlanEstimate) -> None:
    for each in estimate.resources:
        for note in each.resource.notes:
            ctx.console.print(f"[dim]{ctx.safe(each.resource.address)}: {ctx.safe(note)}[/dim]")


def _print_comparison_with(ctx: Context, comparison: Comparison, currency: str) -> None:
    """What changed against the earlier estimate, resource by resource."""
    from rich.table import Table
    from rich.text import Text

    ctx.console.print(f"\n[bold]against the earlier estimate[/bold]  {currency} a month")
    rows = comparison.rows
    zero = Decimal(0)
    columns = {
        "earlier": aligned([*(row.before or zero for row in rows), comparison.before], "earlier"),
        "now": aligned([*(row.after or zero for row in rows), comparison.after], "now"),
        "change": aligned([*(row.difference for row in rows), comparison.difference], "change"),
    }
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("resource", overflow="fold")
    for header, texts in columns.items():
        table.add_column(Text(header, justify="right"), no_wrap=True, min_width=max(map(len, texts)))
    for index, row in enumerate(rows):
        table.add_row(ctx.safe(row.address), *(texts[index] for texts in columns.values()))
    table.add_row("total", *(texts[-1] for texts in columns.values()), style="bold")
    ctx.console.print(table)
    if comparison.tariff_changed:
        ctx.console.print("[dim]the tariff has changed since, too[/dim]")
