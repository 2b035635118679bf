"""`imcost close`: freeze the statements of a month for good."""

from __future__ import annotations

import click

from billing.cli.options import Context, common_options

EXAMPLE = """
\b
Examples:
  imcost close 2026-10
  imcost close 2026-10 --allow-estimates
"""


@click.command(name="close", help=f"Close a month: freeze its statements for good.\n{EXAMPLE}")
@click.argument("month")
@click.option("--allow-estimates", is_flag=True, help="Although lines rest on estimates: they are marked.")
@click.option(
    "--allow-unrated", is_flag=True, help="Although quantities have no price: the statement is marked."
)
@common_options
def command(ctx: Context, month: str, allow_estimates: bool, allow_unrated: bool) -> None:
    """Close the month and print what is payable; refused with exit code 2, nothing is changed then."""
    from billing import __version__
    from billing.books import CloseRequest, close
    from billing.cli.books_settings import settling_s, signer, user_name
    from billing.cli.statement_tables import print_closed
    from rules.period import parse_month

    settings = ctx.settings()
    request = CloseRequest(
        month=parse_month(month),
        now=ctx.as_of,
        tariff=ctx.load_tariff(),
        user=user_name(),
        program=__version__,
        settling_s=settling_s(settings),
        allow_estimates=allow_estimates,
        allow_unrated=allow_unrated,
        signer=signer(ctx.workspace_path, settings),
    )
    found = close(ctx.open_store(), request)
    if ctx.json:
        ctx.print_json({"statements": [each.to_json() for each in found]})
    else:
        print_closed(ctx, month, found)
