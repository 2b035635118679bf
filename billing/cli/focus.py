"""`imcost focus`: a month in FOCUS, for FinOps tools."""

from __future__ import annotations

from pathlib import Path

import click

from billing.cli.options import Context, common_options

EXAMPLE = """
\b
Examples:
  imcost focus 2026-10 --output focus
  imcost focus 2026-10 --output focus --version 1.4 --format parquet
  imcost focus 2026-10 --output focus --account 1187730025518846 --json
"""


@click.command(
    name="focus",
    help=f"Export a month in FOCUS: its lines, and corrections of closed months, as CSV and Parquet with metadata.\n{EXAMPLE}",
)
@click.argument("month")
@click.option(
    "--output",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write into this folder, which is made where it isn't there.",
)
@click.option(
    "--version",
    type=click.Choice(("1.2", "1.4")),
    default="1.2",
    help="The specification's version. Default: 1.2.",
)
@click.option(
    "--format", "format_", type=click.Choice(("csv", "parquet")), help="Only this format (default: both)."
)
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (repeatable).")
@common_options
def command(
    ctx: Context,
    month: str,
    output: Path,
    version: str,
    format_: str | None,
    accounts: tuple[str, ...],
) -> None:
    """Write the files and say where; exit code 1 where a quantity has no price, and so is in no row."""
    from billing.exporting.focus import export_focus
    from billing.exporting.focus.columns import VERSIONS
    from billing.exporting.focus.export import FORMATS
    from rules.period import parse_month

    found = export_focus(
        ctx.open_store(),
        parse_month(month),
        output,
        version=next(each for each in VERSIONS if each == version),
        as_of=ctx.as_of,
        tariff=ctx.load_tariff,
        accounts=accounts or None,
        formats=[each for each in FORMATS if format_ in (None, each)],
    )
    if ctx.json:
        ctx.print_json(found.to_json())
    else:
        for file in found.files:
            click.echo(file)
    if found.unrated:
        ctx.warn(
            f"{found.unrated} quantities have no rate and are in no row: imcost charges {month} names them"
        )
    ctx.exit(1 if found.unrated else 0)
