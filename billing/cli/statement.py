"""`imcost statement`: what each account owes for a month, as closed or as it stands now."""

from __future__ import annotations

import click

from billing.cli.options import Context, common_options

EXAMPLE = """
\b
Examples:
  imcost statement 2026-10
  imcost statement 2026-10 --account 1187730025518846 --json
  imcost statement 2026-10 --version 1
"""


@click.command(
    name="statement", help=f"Show the statement of a month: lines, corrections, what is payable.\n{EXAMPLE}"
)
@click.argument("month")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (repeatable).")
@click.option(
    "--version", type=click.IntRange(min=1), help="The month as it was closed then, also if it was reopened."
)
@common_options
def command(ctx: Context, month: str, accounts: tuple[str, ...], version: int | None) -> None:
    """Print one statement per account; exit code 1 where a quantity has no price."""
    from billing.books import statements
    from billing.cli.statement_tables import print_statements
    from rules.period import parse_month

    found = statements(
        ctx.open_store(),
        parse_month(month),
        as_of=ctx.as_of,
        tariff=ctx.load_tariff,
        accounts=accounts or None,
        version=version,
    )
    if ctx.json:
        ctx.print_json({"statements": [each.to_json() for each in found]})
    else:
        print_statements(ctx, month, found)
    ctx.exit(1 if any(each.document["unrated"] for each in found) else 0)
