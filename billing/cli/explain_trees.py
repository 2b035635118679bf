"""Explanations on the terminal, as trees: the number first, then what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing.cli.bill_tables import aligned
from rules.money import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.tree import Tree

    from billing.cli.options import Context
    from billing.explaining.corrections import CorrectedLine
    from billing.explaining.difference import Difference
    from billing.explaining.explain import Explained, Group
    from billing.explaining.line import LineExplanation, RecordPart
    from billing.explaining.records import Version
    from rules.tariff import Rate

RECORDS_SHOWN = 20
"""Records of a line in the tree, unless more are asked for."""

PARTS_SHOWN = 30


def print_line(ctx: Context, found: LineExplanation) -> None:
    """Print a line's explanation."""
    from rich.tree import Tree

    tree = Tree(_line_label(ctx, found))
    _add_line(ctx, tree, found)
    ctx.console.print(tree)


def print_explained(ctx: Context, found: Explained) -> None:
    """Print a cache or an instance: each line with its share and its own explanation."""
    from rich.tree import Tree

    tree = Tree(
        f"{found.kind} [bold]{ctx.safe(found.id)}[/bold]  {found.month.label}"
        f"  [bold]{plain(found.amount)} {found.currency}[/bold], the sum of"
    )
    for line, share in zip(found.lines, found.shares, strict=True):
        label = _line_label(ctx, line)
        if share != line.line.amount:
            label = f"{plain(share)} of {label}"
        only = found.id if found.kind == "instance" else None
        _add_line(ctx, tree.add(label), line, only=only)
    ctx.console.print(tree)


def print_total(ctx: Context, found: Group, depth: int) -> None:
    """Print a month's total down to some depth."""
    from rich.tree import Tree

    tree = Tree(f"[bold]{found.label}[/bold]  [bold]{plain(found.amount)}[/bold]")
    _add_groups(ctx, tree, found.parts, depth)
    ctx.console.print(tree)


def print_difference(ctx: Context, found: Difference) -> None:
    """Print why a month costs more or less than another."""
    from rich.table import Table
    from rich.text import Text

    before, after = found.months
    more = "more" if found.difference > 0 else "less"
    ctx.console.print(
        f"[bold]{after.label}[/bold] costs {plain(abs(found.difference))} {found.currency} {more} than {before.label}:"
        f" {plain(found.totals[1])}, not {plain(found.totals[0])}"
    )
    shown = [part for part in found.parts if part.amount]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("because of")
    table.add_column("charge")
    amounts = aligned([*(part.amount for part in shown), found.difference], "amount")
    table.add_column(Text("amount", justify="right"), no_wrap=True, min_width=len(amounts[0]))
    table.add_column("that is", overflow="fold")
    for part, amount in zip(shown, amounts, strict=False):
        table.add_row(part.kind.replace("_", " "), part.charge or "", amount, ctx.safe(part.sentence))
    table.add_row("[bold]in all[/bold]", "", f"[bold]{amounts[-1]}[/bold]", "")
    ctx.console.print(table)


def _add_groups(ctx: Context, tree: Tree, groups: Sequence[Group], depth: int) -> None:
    ordered = sorted(groups, key=lambda group: -abs(group.amount))
    amounts = aligned([group.amount for group in ordered[:PARTS_SHOWN]])
    for group, amount in zip(ordered, amounts, strict=False):
        branch = tree.add(f"{amount}  {ctx.safe(group.label)}")
        if depth > 1 and group.parts:
            _add_groups(ctx, branch, group.parts, depth - 1)
    if len(ordered) > PARTS_SHOWN:
        from billing.bill import exact_sum

        rest = exact_sum(group.amount for group in ordered[PARTS_SHOWN:])
        tree.add(f"{plain(rest)}  and {len(ordered) - PARTS_SHOWN} more (all of them: --json)")


def _line_label(ctx: Context, found: LineExplanation) -> str:
    line = found.line
    mark = " ~" if line.estimated else ""
    return (
        f"[bold]{plain(line.amount)} {found.source.tariff.currency}[/bold]{mark}  {line.line_id}"
        f"  {ctx.safe(line.cache_id)}, {line.charge}, {found.source.month.label} ({found.source.status})"
    )


def _add_line(ctx: Context, tree: Tree, found: LineExplanation, *, only: str | None = None) -> None:
    line, charge = found.line, found.charge
    what = tree.add(f"charge: {ctx.safe(charge.title['en'])}")
    what.add(f"{ctx.safe(charge.formula)}")
    what.add(f"[dim]{ctx.safe(charge.source.page)}, {charge.source.read}, {charge.source.trust}[/dim]")
    if charge.source.note:
        what.add(f"[dim]{ctx.safe(charge.source.note)}[/dim]")
    sums = tree.add(f"quantity: {plain(line.quantity)} {line.unit}, the sum of")
    for part in found.records:
        _add_record(ctx, sums, part, line.unit)
    further = found.further
    if further.records:
        more = "" if only else f", --records {found.further.records + len(found.records)} lists all"
        sums.add(
            f"{plain(further.quantity)} {line.unit}  {further.records} more  [dim]({plain(further.amount)}){more}[/dim]"
        )
    if found.rate is None:
        tree.add("rate: free of charge")
    else:
        _add_rate(ctx, tree, found.rate)
    for each in found.corrections:
        _add_correction(ctx, tree, each)
    for why in found.why_estimated:
        tree.add(f"estimated: {ctx.safe(why)}")
    exact = found.exact
    tree.add(
        f"amount: {ctx.safe(found.formula)} = {exact.numerator}/{exact.denominator},"
        f" rounded once, half up at the tenth decimal: {plain(line.amount)}"
    )


def _add_correction(ctx: Context, tree: Tree, found: CorrectedLine) -> None:
    document = found.document
    where = f"on {found.stated_in}" if found.stated_in else "on the first open month, not closed yet"
    branch = tree.add(f"corrected by {document['amount']} {where}: {ctx.safe(document['reason'])}")
    unit = document["unit"]
    branch.add(f"stated until then: {plain(found.stated.amount)}, for {plain(found.stated.quantity)} {unit}")
    branch.add(f"now: {plain(found.now.amount)}, for {plain(found.now.quantity)} {unit}")
    for each in found.records[:RECORDS_SHOWN]:
        late = branch.add(f"{each.what}: {each.kind} {ctx.safe(each.id)}, {_place(ctx, each.version)}")
        if each.was is not None and each.what == "revised":
            late.add(f"[dim]was counted {_span(each.was)}[/dim]")
        counted = each.was if each.now is None else each.now
        if counted is not None:
            late.add(f"{'was' if each.now is None else 'is'} counted {_span(counted)}")
    left = found.further + max(0, len(found.records) - RECORDS_SHOWN)
    if left:
        branch.add(f"and {left} more records (--json lists them)")


def _span(span: tuple[int, int | None]) -> str:
    from rules.period import rfc3339

    return f"from {rfc3339(span[0])}" + ("" if span[1] is None else f" until {rfc3339(span[1])}")


def _add_record(ctx: Context, tree: Tree, part: RecordPart, unit: str) -> None:
    from rules.period import rfc3339

    record = part.record
    branch = tree.add(
        f"{plain(part.quantity)} {unit}  {record.kind} {ctx.safe(record.id)}: {ctx.safe(part.held_text)} × {part.units}"
        f"  [dim]({plain(part.amount)})[/dim]"
    )
    if part.until_s > part.from_s and part.units:
        branch.add(f"from {rfc3339(part.from_s)} until {rfc3339(part.until_s)}")
    for cut in part.cut:
        branch.add(f"cut: {ctx.safe(cut)}")
    branch.add(f"said by {_place(ctx, record.version)}, revision {record.revision} of {len(record.versions)}")
    for number, version in enumerate(record.versions, start=1):
        if number != record.revision:
            gone = "withdrawal" if version.withdraws else "revision"
            branch.add(f"[dim]{gone} {number}: {_place(ctx, version)}[/dim]")


def _add_rate(ctx: Context, tree: Tree, rate: Rate) -> None:
    until = "" if rate.until_label is None else f" until {rate.until_label}"
    branch = tree.add(
        f"rate: {rate.name} {plain(rate.price.amount)} per {rate.price.per}, {ctx.safe(rate.region)},"
        f" from {rate.from_label}{until}"
    )
    if rate.discount is not None:
        off = rate.discount
        branch.add(
            f"{plain(rate.list_price.amount)} per {rate.list_price.per} less {off.label}: {ctx.safe(off.source)}"
        )
    if rate.same_as is not None:
        branch.add(f"the same as {rate.same_as.same_as}: {ctx.safe(rate.same_as.source)}")
    page = f", {rate.page}" if rate.page else ""
    branch.add(f"[dim]{ctx.safe(rate.source + page)}, {ctx.safe(rate.read)}, {rate.trust}[/dim]")
    branch.add(f"[dim]{ctx.safe(rate.place)}[/dim]")
    if rate.note:
        branch.add(f"[dim]{ctx.safe(rate.note)}[/dim]")


def _place(ctx: Context, version: Version) -> str:
    from rules.period import rfc3339

    where = "a complete list that lacks it" if version.line is None else f"line {version.line}"
    return f"batch {version.batch}, {ctx.safe(version.path)}, {where}, observed {rfc3339(version.observed_s)}"
