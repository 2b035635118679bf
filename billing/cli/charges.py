"""`imcost charges`: what a month cost, line by line or grouped, as a table, JSON, CSV or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from billing.grouping import Group
    from billing.pipeline import MeteredBill, TagFilter

ROWS_SHOWN = 40
"""Rows of a table on the terminal; the rest is summed in one row and named."""

EXAMPLE = """
\b
Examples:
  imcost charges 2026-10
  imcost charges 2026-10 --by cache
  imcost charges 2026-10 --by tag:team --format csv --output october.csv
  imcost charges 2026-10 --tag team=search --json
"""


@click.command(name="charges", help=f"Show what a month cost, exactly.\n{EXAMPLE}")
@click.argument("month")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only this account (repeatable).")
@click.option("--tag", "tag", metavar="KEY[=VALUE]", help="Only usage with this tag.")
@click.option("--by", "by", metavar="GROUP", help="Group by cache, charge, account, region, day or tag:KEY.")
@click.option("--engine", type=click.Choice(["duckdb"]), default="duckdb", help="What meters the records.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv", "parquet"]),
    default=None,
    help="Default: table.",
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not to stdout."
)
@common_options
def command(
    ctx: Context,
    month: str,
    accounts: tuple[str, ...],
    tag: str | None,
    by: str | None,
    engine: str,
    format_: str | None,
    output: Path | None,
) -> None:
    """Meter and rate the month, then print it; exit code 1 where a quantity has no rate."""
    from billing.cli import bill_tables, lines_out
    from billing.grouping import group

    format_ = format_ or ("json" if ctx.json else "table")
    lines_out.check_output(format_, output)
    columns = lines_out.columns_of(by)
    metered = metered_bill(ctx, month, accounts=accounts, tag=tag, by=by)
    groups = None if by is None else group(metered, by)
    if format_ == "json":
        lines_out.write_json(output, _json(metered, by, groups))
    elif format_ == "csv":
        lines_out.write_csv(output, columns, lines_out.rows(metered.bill, groups))
    elif format_ == "parquet" and output is not None:
        lines_out.write_parquet(output, columns, lines_out.rows(metered.bill, groups))
    else:
        bill_tables.print_bill(ctx, metered.bill, groups, rows_shown=ROWS_SHOWN)
    bill_tables.warn(ctx, metered.bill)
    ctx.exit(0 if metered.bill.complete else 1)


def metered_bill(
    ctx: Context, month: str, *, accounts: tuple[str, ...], tag: str | None, by: str | None
) -> MeteredBill:
    """The bill that the options ask for, with the split that its grouping needs."""
    from billing.errors import UsageError
    from billing.grouping import tag_of
    from billing.pipeline import make_metered_bill
    from rules.period import parse_month

    asked = parse_month(month)
    by_tag = tag_of(by)
    tag_filter = None if tag is None else _tag_filter(tag)
    if tag_filter is not None and by_tag not in (None, tag_filter.key):
        raise UsageError(
            f"usage can't be filtered by tag {tag_filter.key!r} and grouped by tag {by_tag!r} at once",
            place="--by",
            hint="use one tag for both, or leave --tag away",
        )
    with ctx.open_store().reader() as reader:
        return make_metered_bill(
            reader,
            asked,
            as_of=ctx.as_of,
            tariff=ctx.load_tariff(),
            accounts=accounts or None,
            tag_filter=tag_filter,
            by_tag=by_tag,
            by_day=by == "day",
        )


def _tag_filter(text: str) -> TagFilter:
    from billing.errors import UsageError
    from billing.pipeline import TagFilter

    key, equals, value = text.partition("=")
    if not key:
        raise UsageError(
            "a tag filter needs a key", place="--tag", hint="write --tag team=search, for example"
        )
    return TagFilter(key, value if equals else None)


def _json(metered: MeteredBill, by: str | None, groups: tuple[Group, ...] | None) -> dict[str, Any]:
    """The bill as interface.md has it; a grouping adds `by` and `groups`."""
    answer = metered.bill.to_json()
    if groups is not None:
        answer |= {"by": by, "groups": [group.to_json() for group in groups]}
    return answer
