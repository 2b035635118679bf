"""`imcost findings`: what a month's caches cost that nobody seems to need so, and what a replay says that they could save."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from billing.findings import Findings

KINDS = ("idle", "duplicate", "no_retention", "extra", "extra_unknown", "oversized", "automatic", "manual")
"""Those of the costs, then those of the savings."""

ROWS_SHOWN = 40
"""Caches of a kind that are named on the terminal; --json has all."""

EXAMPLE = """
\b
Examples:
  imcost findings 2026-10
  imcost findings 2026-10 --kind idle
  imcost findings 2026-10 --account 1234567890 --json

\b
What caches cost, each in one of these only:
  idle           manual, and no instance started from it
  duplicate      manual, and another with the same images was used more
  no_retention   manual and kept for good: its snapshot
  extra          automatic with extra storage that its images don't need
  extra_unknown  the same where the images' size isn't recorded

\b
What they would save, by a replay of the month:
  oversized      manual caches at half their size or less
  automatic      manual caches, created automatically
  manual         automatic caches, made by hand
"""


@click.command(name="findings", help=f"Show caches that cost more than they need to.\n{EXAMPLE}")
@click.argument("month")
@click.option("--account", metavar="A", help="Only this account.")
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind, with its caches.")
@common_options
def command(ctx: Context, month: str, account: str | None, kind: str | None) -> None:
    """Print what was found, or the caches of one kind."""
    from billing.findings import month_findings
    from rules.period import parse_month

    store = ctx.open_store()
    with store.reader() as reader:
        found = month_findings(
            store, reader, parse_month(month), as_of=ctx.as_of, tariff=ctx.load_tariff(), account=account
        )
    found = replace(
        found,
        costs=tuple(each for each in found.costs if kind in (None, each.kind)),
        savings=tuple(each for each in found.savings if kind in (None, each.kind)),
    )
    if ctx.json:
        ctx.print_json(
            {
                "month": month,
                "account": account,
                "currency": found.currency,
                "replayed": found.replayed,
                "costs": [each.to_json() for each in found.costs],
                "savings": [each.to_json() for each in found.savings],
            }
        )
        return
    if not found.costs and not found.savings:
        ctx.console.print("nothing was found")
    elif kind is not None:
        _print_caches(ctx, found, month, account)
    else:
        _print_kinds(ctx, found)
    if not found.replayed:
        ctx.warn("the month was not replayed: it costs nothing, is incomplete or too large")


def _print_kinds(ctx: Context, found: Findings) -> None:
    from rich.table import Table

    from rules.money import plain

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("kind")
    table.add_column("caches", justify="right")
    for name in (f"costs, {found.currency}", f"would save, {found.currency}"):
        table.add_column(name, justify="right")
    for cost in found.costs:
        table.add_row(cost.kind, f"{len(cost.caches):,}", _fixed(plain(cost.amount)), "")
    for saving in found.savings:
        size_gib = dict(saving.replayed.settings).get("size_gib")
        label = saving.kind if size_gib is None else f"{saving.kind}: {size_gib} GiB"
        table.add_row(label, f"{len(saving.caches):,}", "", _fixed(plain(saving.replayed.saving)))
    ctx.console.print(table)


def _print_caches(ctx: Context, found: Findings, month: str, account: str | None) -> None:
    """The caches of each finding, and of a saving the replay that shows the same."""
    from rich.table import Table

    from rules.money import plain

    currency, whose = found.currency, "" if account is None else f" --account {shlex.quote(account)}"
    for cost in found.costs:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("cache", overflow="fold")
        table.add_column("region", overflow="fold")
        table.add_column(f"costs, {currency}", justify="right")
        for life, amount in list(zip(cost.caches, cost.amounts, strict=True))[:ROWS_SHOWN]:
            name = ctx.safe(life.cache_name or life.cache_id)
            table.add_row(name, ctx.safe(life.region), _fixed(plain(amount)))
        if (rest := len(cost.caches) - ROWS_SHOWN) > 0:
            table.add_row(f"… and {rest:,} more", "", "")
        table.add_row(f"total of {len(cost.caches):,}", "", _fixed(plain(cost.amount)))
        ctx.console.print(table)
    for saving in found.savings:
        chosen = " ".join(f"{key}={value}" for key, value in saving.replayed.settings)
        ctx.console.print(f"{chosen} saves {plain(saving.replayed.saving)} {currency}:")
        for life in saving.caches:
            ctx.console.print(f"  {ctx.safe(life.cache_name or life.cache_id)}")
        click.echo(f"  {ctx.safe(saving.command(month))}{whose}")


def _fixed(amount: str) -> str:
    """An amount with all ten decimals, so that a column is aligned at the point."""
    whole, _, decimals = amount.partition(".")
    return f"{whole}.{decimals:0<10}"
