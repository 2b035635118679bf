"""A plan of several resources on the terminal: each with its choice and its month, and what changed against an earlier one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from billing.cli.bill_tables import aligned

if TYPE_CHECKING:
    from billing.cli.options import Context
    from billing.estimating.comparing import Comparison
    from billing.estimating.plan_estimate import PlanEstimate


def print_resources(ctx: Context, estimate: PlanEstimate) -> None:
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
    print_plan_notes(ctx, estimate)


def print_plan_notes(ctx: Context, estimate: PlanEstimate) -> None:
    """What had to be assumed of each resource."""
    for each in estimate.resources:
        for note in each.resource.notes:
            ctx.console.print(f"[dim]{ctx.safe(each.resource.address)}: {ctx.safe(note)}[/dim]")


def print_comparison_with(ctx: Context, comparison: Comparison, currency: str) -> None:
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
