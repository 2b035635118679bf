"""`imcost import`: reads usage records and the provider's own answers into the workspace."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from billing.importing.opening import Request, Watch
    from billing.importing.summary import ImportSummary

REJECTED = 3
"""The exit code where rows were rejected."""

ROWS_SHOWN = 40
"""Inputs of a summary's table; of more, the rest is summed in one row."""

EXAMPLE = """
\b
Examples:
  imcost import usage/                       a folder of CSV, Parquet and JSON Lines
  imcost import 'caches-*.csv.gz' --account 1234567890123456
  aliyun eci DescribeImageCaches --RegionId cn-hangzhou | imcost import - --account 1234567890123456
  imcost import instances.parquet --dry-run  counts, and changes nothing
"""


@click.command(name="import", help=f"Read usage records and the provider's own answers.\n{EXAMPLE}")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format", "format_", metavar="F", help="Read every input as this format; otherwise it is recognised."
)
@click.option(
    "--account", metavar="A", help="The account, where a record does not say it (default: the setting)."
)
@click.option(
    "--region", metavar="R", help="The region, where a record does not say it (default: the setting)."
)
@click.option(
    "--observed-at", metavar="T", help="When the records were true, where they do not say it (default: now)."
)
@click.option(
    "--complete",
    is_flag=True,
    help="The inputs list everything of their accounts and regions: what is missing ended.",
)
@click.option("--dry-run", is_flag=True, help="Count what would happen, and change nothing.")
@common_options
def command(
    ctx: Context,
    paths: tuple[str, ...],
    format_: str | None,
    account: str | None,
    region: str | None,
    observed_at: str | None,
    complete: bool,
    dry_run: bool,
) -> None:
    """Import everything at once; exit code 3 where rows were rejected."""
    from billing.importing.opening import Request
    from billing.importing.run import run

    settings = ctx.settings()
    request = Request(
        paths=paths,
        now=_utc_text(ctx.as_of.isoformat(), "--as-of"),
        account=_not_empty(account, "--account") or settings.account,
        region=_not_empty(region, "--region") or settings.region,
        observed_at=None if observed_at is None else _utc_text(observed_at, "--observed-at"),
        format=format_,
        complete=complete,
        dry_run=dry_run,
    )
    with _watching(ctx) as watch:
        summary = run(ctx.workspace, request, stdin=sys.stdin.buffer, watch=watch)
    if ctx.json:
        ctx.print_json(summary.to_json())
    else:
        _print(ctx, summary, request)
    _tell(ctx, summary, request)
    ctx.exit(REJECTED if summary.total("rejected") else 0)


def _utc_text(text: str, option: str) -> str:
    """An instant as RFC 3339 text in UTC."""
    from datetime import UTC

    from rules.errors import PeriodError
    from rules.period import parse_date_or_instant

    try:
        at = parse_date_or_instant(text)
    except PeriodError as error:
        raise PeriodError(error.message, place=option, hint=error.hint) from None
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _not_empty(value: str | None, option: str) -> str | None:
    from billing.errors import UsageError

    if value is not None and not value.strip():
        raise UsageError("the value is empty", place=option, hint="name it, or leave the option away")
    return value


def _print(ctx: Context, summary: ImportSummary, request: Request) -> None:
    """A table with a row for each input, and what had to be derived."""
    from rich.table import Table

    from billing.importing.summary import COUNTED

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("input", overflow="fold")
    table.add_column("kind")
    for name in COUNTED:
        table.add_column(name, justify="right")
    shown = summary.batches[:ROWS_SHOWN]
    for batch in shown:
        counts = [f"{getattr(batch, name):,}" for name in COUNTED]
        table.add_row(ctx.safe(batch.path), batch.kind, *counts)
    rest = summary.batches[ROWS_SHOWN:]
    if rest:
        sums = [f"{sum(getattr(batch, name) for batch in rest):,}" for name in COUNTED]
        table.add_row(f"{len(rest)} more", "", *sums)
    if len(summary.batches) > 1:
        table.add_section()
        table.add_row("all", "", *(f"{summary.total(name):,}" for name in COUNTED))
    ctx.console.print(table)
    for (kind, column), count in sorted(summary.derived.items()):
        ctx.console.print(f"derived: {column} of {count:,} {kind}")
    if request.dry_run:
        ctx.console.print("dry run: nothing was changed")


def _tell(ctx: Context, summary: ImportSummary, request: Request) -> None:
    """What the user must know beside the counts, on stderr."""
    for note in summary.notes:
        ctx.warn(note)
    ended = summary.total("ended")
    if ended:
        ctx.warn(
            f"{ended:,} known records are no longer listed: they ended, at the latest when the list was fetched"
        )
    rejected = summary.total("rejected")
    if rejected:
        where = "" if request.dry_run else ": see imcost rejected"
        ctx.warn(f"{rejected:,} rows were rejected{where}")


@contextmanager
def _watching(ctx: Context) -> Iterator[Watch | None]:
    """Progress on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=ctx.progress_console, transient=True) as progress:
        yield _bar(ctx, progress)


def _bar(ctx: Context, progress: Progress) -> Watch:
    """A watch that moves a progress bar: bytes while reading, then rows per second."""
    from billing.importing.opening import Watch

    task: TaskID = progress.add_task("reading", total=None, rate="")
    began = time.monotonic()

    class Bar(Watch):
        rows = 0

        def begin(self, size: int) -> None:
            progress.update(task, total=size or None)

        def read(self, count: int) -> None:
            progress.advance(task, count)

        def checking(self, path: str) -> None:
            progress.update(task, description=f"checking {ctx.safe(path)}", total=None)

        def checked(self, rows: int) -> None:
            self.rows += rows
            rate = self.rows / max(time.monotonic() - began, 1)
            progress.update(task, rate=f"{self.rows:,} rows, {rate:,.0f} rows/s")

        def storing(self) -> None:
            progress.update(task, description="storing")

    return Bar()
