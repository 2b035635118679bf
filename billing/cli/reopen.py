"""`imcost reopen`: open the month again that was closed last."""

from __future__ import annotations

import click

from billing.cli.options import Context, common_options


@click.command(
    name="reopen",
    help="Open the month again that was closed last; its statements stay readable.\n\n\b\nExample:\n"
    '  imcost reopen 2026-10 --reason "the tariff lacked cn-beijing"',
)
@click.argument("month")
@click.option("--reason", required=True, metavar="TEXT", help="Why: the audit trail keeps it.")
@common_options
def command(ctx: Context, month: str, reason: str) -> None:
    """Reopen the month and say which version no longer holds."""
    from billing.books import reopen
    from billing.cli.books_settings import user_name
    from rules.period import parse_month

    act = reopen(ctx.open_store(), parse_month(month), reason=reason, user=user_name(), now=ctx.as_of)
    if ctx.json:
        ctx.print_json(dict(act.details) | {"sha256": act.sha256})
        return
    label = act.month.label
    ctx.console.print(f"{label} is open again; version {act.version} no longer holds")
    ctx.console.print(f"It stays readable: imcost statement {label} --version {act.version}")
