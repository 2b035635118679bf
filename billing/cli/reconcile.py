"""`imcost reconcile`: a month against the provider's bill, every difference with its class and reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from billing.reconciling import Tolerance

COLUMNS = ("class", "amount", "charge", "account_id", "region", "cache_id", "instance_id", "reason", "rows")
"""The columns of --csv."""

EXAMPLE = """
\b
Examples:
  imcost reconcile 2026-10 bill-2026-10.csv
  imcost reconcile 2026-10 october/*.json.gz --tolerance 5 --tolerance 0.1%
  imcost reconcile 2026-10 bill.csv --html reconciliation.html --csv differences.csv
  imcost reconcile 2026-10 focus.parquet --json
"""


@click.command(
    name="reconcile",
    help="Compare a month with the provider's bill: DescribeInstanceBill, DescribeSplitItemBill or QueryInstanceBill"
    f" answers, the console's bill CSV, FOCUS 1.0 to 1.2 as CSV or Parquet.\n{EXAMPLE}",
)
@click.argument("month")
@click.argument("bills", nargs=-1, required=True, metavar="BILL...")
@click.option(
    "--tolerance",
    "tolerances",
    multiple=True,
    metavar="AMOUNT|SHARE%",
    help="What the sides may disagree by: 5, or 0.1% of our total; of two, the larger counts. Default: nothing but rounding.",
)
@click.option(
    "--csv",
    "csv_",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all differences to this file.",
)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page with the bridge to this file.",
)
@click.option(
    "--lang", type=click.Choice(("en", "zh")), default="en", help="The page's language. Default: en."
)
@common_options
def command(
    ctx: Context,
    month: str,
    bills: tuple[str, ...],
    tolerances: tuple[str, ...],
    csv_: Path | None,
    html: Path | None,
    lang: str,
) -> None:
    """Reconcile and print; exit code 1 where the sides disagree by more than the tolerance."""
    from billing.cli import lines_out, reconcile_tables
    from billing.reconciling import reconcile
    from rules.period import parse_month

    tolerance = tolerance_of(tolerances)
    if csv_ is not None:
        lines_out.check_output("csv", csv_)
    if html is not None:
        lines_out.check_output("html", html)
    with ctx.open_store().reader() as reader:
        found = reconcile(
            reader,
            parse_month(month),
            bills,
            as_of=ctx.as_of,
            tariff=ctx.load_tariff(),
            tolerance=tolerance,
        )
    if csv_ is not None:
        lines_out.write_csv(csv_, COLUMNS, iter(reconcile_tables.rows(found.differences)))
    if html is not None:
        from reports.reconciliation.page import render_reconciliation

        lines_out.write_text(html, render_reconciliation(found, lang))
    if ctx.json:
        ctx.print_json(found.to_json())
    else:
        reconcile_tables.print_reconciliation(ctx, found)
    reconcile_tables.warn(ctx, found)
    ctx.exit(0 if found.reconciles else 1)


def tolerance_of(texts: tuple[str, ...]) -> Tolerance:
    """The tolerance that the option's values make together."""
    from decimal import Decimal, InvalidOperation

    from billing.errors import UsageError
    from billing.reconciling import Tolerance

    absolute, share = (Decimal(0), Decimal(0)) if texts else (Tolerance().absolute, Tolerance().share)
    for text in texts:
        try:
            number = Decimal(text.removesuffix("%"))
            if not number.is_finite() or number < 0 or number.adjusted() > 15:
                raise InvalidOperation
        except InvalidOperation:
            raise UsageError(
                f"{text!r} is no tolerance", place="--tolerance", hint="write an amount, 5, or a share, 0.1%"
            ) from None
        if text.endswith("%"):
            share = number.scaleb(-2)
        else:
            absolute = number
    return Tolerance(absolute, share)
