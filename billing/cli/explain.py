"""`imcost explain`: how a number came about, down to the row of the file that said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from billing.store import Store

EXAMPLE = """
TARGET is a line id (imcost charges --json has them), a cache, an instance, or a month, whose total is meant.

\b
Examples:
  imcost explain ln-3614a54cd43eb6c2a558
  imcost explain imc-bp105awi82qby21xg0lz --month 2026-10
  imcost explain 2026-10 --depth 2
  imcost explain --diff 2026-09 2026-10
"""


@click.command(name="explain", help=f"Show how a number came about.\n{EXAMPLE}")
@click.argument("targets", metavar="TARGET", nargs=-1)
@click.option("--month", metavar="MONTH", help="Only in this month (default: the latest one that has it).")
@click.option("--account", metavar="A", help="Of this account, where a name stands in several.")
@click.option("--region", metavar="R", help="Of this region, where a name stands in several.")
@click.option(
    "--depth", type=click.IntRange(min=1), default=3, show_default=True, help="Levels of a month's total."
)
@click.option(
    "--records",
    type=click.IntRange(min=1),
    help="List so many records of each line (default: 20, with --json 5000); the others are summed up.",
)
@click.option(
    "--diff", is_flag=True, help="Why the second of two months costs more, or less, than the first."
)
@common_options
def command(
    ctx: Context,
    targets: tuple[str, ...],
    month: str | None,
    account: str | None,
    region: str | None,
    depth: int,
    records: int | None,
    diff: bool,
) -> None:
    """Print the explanation as a tree, or as JSON."""
    from billing.cli.explain_trees import RECORDS_SHOWN, print_explained, print_line, print_total
    from billing.explaining.explain import explain_target, explain_total, is_month
    from billing.explaining.line import LineExplanation
    from billing.explaining.records import MOST_LISTED
    from billing.explaining.source import Sources
    from rules.period import parse_month

    _refuse_targets(targets, diff)
    store = ctx.open_store()
    if diff:
        _diff(ctx, store, targets[0], targets[1])
        return
    target = targets[0]
    if is_month(target):
        from billing.books import statements

        wanted = parse_month(target)
        accounts = None if account is None else (account,)
        found = statements(store, wanted, as_of=ctx.as_of, tariff=ctx.load_tariff, accounts=accounts)
        total = explain_total(found, wanted)
        if ctx.json:
            ctx.print_json({"month": target, **total.to_json()})
        else:
            print_total(ctx, total, depth)
        return
    with store.reader() as reader:
        sources = Sources(store, reader, as_of=ctx.as_of, tariff=ctx.load_tariff)
        only = None if month is None else parse_month(month)
        most = (MOST_LISTED if ctx.json else RECORDS_SHOWN) if records is None else records
        explained = explain_target(
            store, sources, target, month=only, account=account, region=region, records=most
        )
    if ctx.json:
        ctx.print_json(explained.to_json())
    elif isinstance(explained, LineExplanation):
        print_line(ctx, explained)
    else:
        print_explained(ctx, explained)


def _refuse_targets(targets: tuple[str, ...], diff: bool) -> None:
    from billing.errors import UsageError

    if diff and len(targets) != 2:
        raise UsageError("--diff compares two months", place="--diff", hint="write --diff 2026-09 2026-10")
    if not diff and len(targets) != 1:
        raise UsageError("explain takes one target", hint="name a line id, a cache, an instance or a month")


def _diff(ctx: Context, store: Store, before: str, after: str) -> None:
    from billing.cli.explain_trees import print_difference
    from billing.explaining.difference import explain_difference
    from rules.period import parse_month

    found = explain_difference(
        store, parse_month(before), parse_month(after), as_of=ctx.as_of, tariff=ctx.load_tariff
    )
    if ctx.json:
        ctx.print_json(found.to_json())
    else:
        print_difference(ctx, found)
