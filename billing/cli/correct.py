"""`imcost correct`: what pricing a closed month anew would change, and doing it."""

from __future__ import annotations

from decimal import Decimal

import click

from billing.cli.options import Context, common_options

EXAMPLE = """
Without --apply nothing is changed. With it, the corrections stand on the statement of the first open month.

\b
Examples:
  imcost correct 2026-10 --tariff ours-2026b
  imcost correct 2026-10 --tariff ours-2026b --apply --reason "annex 4, signed in November"
"""


@click.command(name="correct", help=f"Price a closed month anew by another tariff.\n{EXAMPLE}")
@click.argument("month")
@click.option("--dry-run", is_flag=True, help="Change nothing (that is so without --apply, too).")
@click.option("--apply", "apply_", is_flag=True, help="Do it.")
@click.option(
    "--reason", default="", metavar="TEXT", help="Why: needed with --apply, the audit trail keeps it."
)
@common_options
def command(ctx: Context, month: str, dry_run: bool, apply_: bool, reason: str) -> None:
    """Print the corrections that the tariff of --tariff leads to."""
    from billing.bill import exact_sum
    from billing.books import correct
    from billing.cli.books_settings import user_name
    from billing.cli.statement_tables import print_corrections
    from billing.errors import UsageError
    from rules.money import plain
    from rules.period import parse_month

    if ctx.tariff_name is None:
        raise UsageError(
            "which prices?", place="--tariff", hint="name the tariff that the month is to be priced by"
        )
    if dry_run and apply_:
        raise UsageError("both --dry-run and --apply", place="--apply", hint="leave one of them away")
    tariff = ctx.load_tariff()
    found = correct(
        ctx.open_store(),
        parse_month(month),
        tariff=tariff,
        reason=reason,
        user=user_name(),
        now=ctx.as_of,
        apply=apply_,
    )
    amount: Decimal = exact_sum(each.amount for each in found)
    rows = [each.to_json() for each in found]
    if ctx.json:
        ctx.print_json({"month": month, "applied": apply_, "amount": plain(amount), "corrections": rows})
        return
    print_corrections(ctx, rows)
    said = f"{plain(amount)} {tariff.currency} in {len(rows)} corrections of {month}"
    if apply_:
        ctx.console.print(f"Done: {said}; they stand on the statement of the first open month")
    else:
        ctx.console.print(f"Nothing was changed. It would be {said}: add --apply and --reason")
