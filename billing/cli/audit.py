"""`imcost audit`: who did what to the books, when and why."""

from __future__ import annotations

import click

from billing.cli.options import Context, common_options


@click.command(
    name="audit",
    help="Show who did what to the books, when and why.\n\n\b\nExamples:\n  imcost audit\n  imcost audit --json",
)
@common_options
def command(ctx: Context) -> None:
    """Print the audit trail, oldest first; `imcost verify` proves it."""
    from billing.books.trail import read_trail

    acts = read_trail(ctx.open_store().ledger.entries()).acts
    if ctx.json:
        ctx.print_json({"entries": [dict(act.details) | {"sha256": act.sha256} for act in acts]})
        return
    if not acts:
        ctx.console.print("nothing was done to the books yet")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("at", "by", "what", "month", "why", "sha256"):
        table.add_column(name, overflow="fold", no_wrap=name in ("at", "what", "month", "sha256"))
    for act in acts:
        details = act.details
        month = f"{act.month.label} v{act.version}"
        what = act.action if act.action != "correct" else f"correct ({ctx.safe(details['tariff']['id'])})"
        why = ctx.safe(details["reason"] or "")
        table.add_row(details["at"], ctx.safe(details["by"]), what, month, why, act.sha256[:8])
    ctx.console.print(table)
