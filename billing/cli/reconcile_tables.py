"""A reconciliation on the terminal: the bridge from our total to the amount due, the largest differences, and what to know."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from billing.cli.bill_tables import aligned

if TYPE_CHECKING:
    from rich.table import Table

    from billing.cli.options import Context
    from billing.reconciling import Difference, Reconciliation

DIFFERENCES_SHOWN = 12
"""Differences on the terminal, the largest first; --json and --csv have all."""


def print_reconciliation(ctx: Context, found: Reconciliation) -> None:
    """Print the heading, the bridge and the largest differences."""
    tariff = ctx.safe(found.tariff["id"])
    rows = sum(file.rows for file in found.files)
    ctx.console.print(
        f"[bold]{found.month}[/bold]  {found.currency}  tariff {tariff}  {rows:,} rows of the bill, by the {found.grain}"
    )
    _print_bridge(ctx, found)
    _print_differences(ctx, found)
    said = "they agree" if found.reconciles else "[bold]they do not agree[/bold]"
    ctx.console.print(
        f"\nThe sides disagree by {_money(found.disagreement)}, tolerated are {_money(found.tolerance)}: {said}."
    )


def warn(ctx: Context, found: Reconciliation) -> None:
    """Say on stderr what a reader must know about the bill itself: its hours, its quarantine, its own arithmetic."""
    for path, hours in found.zones.items():
        ctx.warn(f"{path}: its hours are not those of UTC+8; they were taken {hours:+d} h")
    if found.quarantine:
        first = found.quarantine[0]
        count = sum(file.quarantined for file in found.files)
        ctx.warn(
            f"{count} rows of the bill could not be read, the first at {first.path}:{first.line}: {first.message}"
        )
    if found.broken_count:
        row = found.broken[0]
        ctx.warn(
            f"{found.broken_count} rows of the bill break their own arithmetic, the first at {row.path}:{row.line}:"
            f" {row.message}"
        )


def _print_bridge(ctx: Context, found: Reconciliation) -> None:
    """From ours to theirs, class by class; classes without anything are left out."""
    from billing.reconciling import CLASSES

    names = [name for name in CLASSES if found.count(name) and name != "matched"]
    amounts = [found.ours, *(found.amount(name) for name in names), found.theirs]
    texts = aligned(amounts, "amount")
    table = _table("class", "amount", "count", "meaning")
    table.add_row("our total", texts[0], "", f"{found.matched:,} {found.grain}s matched exactly")
    for name, text in zip(names, texts[1:-1], strict=True):
        table.add_row(f"  {name}", text, f"{found.count(name):,}", CLASSES[name])
    table.add_row("[bold]amount due[/bold]", f"[bold]{texts[-1]}[/bold]", "", "on the bill")
    ctx.console.print(table)


def _print_differences(ctx: Context, found: Reconciliation) -> None:
    from billing.reconciling.result import COMPARED

    listed = [each for each in found.differences if each.class_ in COMPARED]
    if not listed:
        return
    shown = listed[:DIFFERENCES_SHOWN]
    ctx.console.print("\n[bold]The largest differences[/bold]")
    for each, amount in zip(shown, aligned([each.amount for each in shown]), strict=True):
        ctx.console.print(f"{amount}  {each.class_}  {ctx.safe(_about(each))}")
        ctx.console.print(f"    {ctx.safe(str(each.reason))}", style="dim")
    if len(listed) > len(shown):
        ctx.console.print(f"and {len(listed) - len(shown):,} more: --csv or --json has all")


def _about(each: Difference) -> str:
    """What a difference is about, in the order of narrowing down."""
    return "  ".join(part for part in (each.account_id, each.region, each.cache_id, each.instance_id) if part)


def _money(amount: Decimal) -> str:
    from rules.money import plain

    return plain(amount)


def _table(*columns: str) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for column in columns:
        justify: Literal["left", "right"] = "right" if column == "count" else "left"
        table.add_column(
            Text(column, justify="right") if column == "amount" else column,
            justify=justify,
            no_wrap=column != "meaning",
        )
    return table


def rows(differences: Sequence[Difference]) -> list[dict[str, object]]:
    """All differences as flat rows for CSV."""
    return [
        {"class": each.class_, **{key: value for key, value in each._asdict().items() if key != "class_"}}
        | {"reason": str(each.reason)}
        for each in differences
    ]
