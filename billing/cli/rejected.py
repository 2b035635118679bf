"""`imcost rejected`: the quarantine, with what to do about each row."""

from __future__ import annotations

import click

from billing.cli.options import Context, common_options

RAW_SHOWN = 60
"""Characters of a raw row in the table; --json has it whole."""

ROWS_SHOWN = 200
"""Rows of the table; --json has all."""

EXAMPLE = """
\b
Examples:
  imcost rejected
  imcost rejected --json
"""


@click.command(name="rejected", help=f"List the rows that were rejected, and why.\n{EXAMPLE}")
@common_options
def command(ctx: Context) -> None:
    """Print the quarantine; it is no error to have one."""
    rejections = ctx.open_store().rejections()
    if ctx.json:
        names = ("path", "line", "raw", "code", "message")
        rows = [
            {"batch": each.batch_id, **{name: getattr(each, name) for name in names}} for each in rejections
        ]
        ctx.print_json({"rejected": rows})
        return
    if not rejections:
        ctx.console.print("no rows were rejected")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("file and line", "code", "what to do", "row"):
        table.add_column(name, overflow="fold")
    for each in rejections[:ROWS_SHOWN]:
        raw = each.raw if len(each.raw) <= RAW_SHOWN else each.raw[: RAW_SHOWN - 1] + "…"
        table.add_row(f"{ctx.safe(each.path)}:{each.line}", each.code, ctx.safe(each.message), ctx.safe(raw))
    ctx.console.print(table)
    if len(rejections) > ROWS_SHOWN:
        ctx.console.print(f"{len(rejections) - ROWS_SHOWN:,} more: see imcost rejected --json")
