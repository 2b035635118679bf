"""An estimate on the terminal: the options side by side, the cheapest, where that changes, and what to know."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from billing.cli.bill_tables import aligned

if TYPE_CHECKING:
    from billing.cli.options import Context
    from billing.estimating import Estimate, Question
    from billing.estimating.options import PricedOption


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


def warn(ctx: Context, estimate: Estimate) -> None:
    """Say on stderr which prices are missing, and the lines of TOML that would add them."""
    from billing.cli.console import say
    from billing.estimating.missing import missing_prices_toml

    reasons = dict.fromkeys(item.reason for option in estimate.options for item in option.unrated)
    for reason in reasons:
        ctx.warn(f"{reason}: the total is incomplete")
    lines = missing_prices_toml(estimate.options, estimate.tariff, estimate.question.at_s)
    if lines:
        ctx.warn(
            f"add what is missing to a tariff of your own, {ctx.workspace.tariffs / 'ours.toml'}, and use --tariff ours:"
        )
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
