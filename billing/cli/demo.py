"""`imcost demo`: a workspace with a year of generated, realistic months, the bill of the last one, and its report."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from billing.cli import report
from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from billing.importing.summary import ImportSummary
    from billing.workspace import Workspace
    from rules.period import Month

DEFAULT_FOLDER = "imcost-demo"
MARK = "DEMO.txt"
BUDGETS = """
[[alerts.budget]]
name = "image caches"
monthly = "1500"
actual = ["80%", "100%"]
forecast = ["100%"]

[[alerts.budget]]
name = "machine learning"
monthly = "800"
tag = { team = "ml" }
actual = ["80%", "100%"]
forecast = ["100%"]
"""
MARK_TEXT = "Made by imcost demo. Every account, cache, instance and agreement in here is made up.\n"

CACHES_SHOWN = 12

NEXT = (
    "charges {month} --by tag:team",
    "charges {month} --by day",
    "rejected",
    "check",
    "report {month} --lang zh --open",
    "tariff show example-company",
)
"""What one may want to try after it."""

EXAMPLE = """
\b
Examples:
  imcost demo
  imcost demo /tmp/demo --as-of 2026-11-15
"""


@click.command(
    name="demo", help=f"Make a workspace with a generated year and render its last report.\n{EXAMPLE}"
)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False))
@common_options
def command(ctx: Context, folder: str | None) -> None:
    """Generate the last complete month, import it as any other records, bill it, report it."""
    from rules.period import Month, epoch_s

    ctx.given["workspace"] = folder or ctx.given.get("workspace") or DEFAULT_FOLDER
    month = Month.containing(epoch_s(ctx.as_of)).previous()
    _claim(ctx.workspace)
    summary = _fill(ctx, month)
    written = _report(ctx, month)
    if ctx.json:
        ctx.print_json(_json(ctx, month, summary, written))
    else:
        _print(ctx, month, summary, written)


def _claim(workspace: Workspace) -> None:
    """Refuse a folder that something else is in; mark it as a demo's otherwise."""
    from billing.errors import UsageError

    mark = workspace.root / MARK
    if workspace.root.exists() and any(workspace.root.iterdir()) and not mark.exists():
        raise UsageError(
            "this folder is not empty, and no demo's",
            place=str(workspace.root),
            hint="name another: imcost demo DIR",
        )
    workspace.root.mkdir(parents=True, exist_ok=True)
    mark.write_text(MARK_TEXT, encoding="utf-8")


def _fill(ctx: Context, month: Month) -> ImportSummary:
    """Write the company's tariff and exports; import these, and close the months before in between, as it would have done."""
    from billing.cli.init import make_workspace
    from billing.demo import write_sources, write_tariff
    from billing.importing.summary import ImportSummary

    workspace = ctx.workspace
    if make_workspace(workspace.root, write_tariff(workspace.tariffs, month)):
        with workspace.settings.open("a", encoding="utf-8") as settings:
            settings.write(BUDGETS)
    sources = write_sources(_sources(workspace), month)
    earlier = _import(ctx, sources.earlier)
    _close(ctx, sources.to_close)
    later = _import(ctx, sources.later)
    return ImportSummary(
        [*earlier.batches, *later.batches],
        earlier.derived + later.derived,
        [*earlier.notes, *later.notes],
    )


def _import(ctx: Context, paths: Sequence[Path]) -> ImportSummary:
    from billing.importing.opening import Request
    from billing.importing.run import run
    from rules.period import rfc3339

    request = Request(paths=[str(path) for path in paths], now=rfc3339(ctx.as_of))
    return run(ctx.workspace, request, stdin=io.BytesIO())


def _close(ctx: Context, months: Iterable[Month]) -> None:
    """Close those of the months that are not closed yet, although parts of them rest on estimates."""
    from billing import __version__
    from billing.books import CloseRequest, close
    from billing.books.trail import read_trail
    from billing.cli.books_settings import user_name

    store, tariff = ctx.open_store(), ctx.load_tariff()
    trail = read_trail(store.ledger.entries())
    for month in months:
        if trail.close_of(month) is None:
            request = CloseRequest(
                month=month,
                now=ctx.as_of,
                tariff=tariff,
                user=user_name(),
                program=__version__,
                allow_estimates=True,
            )
            close(store, request)


def _report(ctx: Context, month: Month) -> report.Written:
    """The report in English; without a PDF, and with a warning, where WeasyPrint finds no Pango."""
    from reports.errors import PdfEngineError

    html, pdf = report.default_paths(ctx.workspace.reports, month.label, None, "en")
    try:
        return report.write_report(ctx, month.label, account=None, html=html, pdf=pdf, lang="en")
    except PdfEngineError as error:
        ctx.warn(str(error))
        return report.write_report(ctx, month.label, account=None, html=html, pdf=None, lang="en")


def _sources(workspace: Workspace) -> Path:
    """Where the generated exports lie."""
    return workspace.root / "sources"


def _json(ctx: Context, month: Month, summary: ImportSummary, written: report.Written) -> dict[str, Any]:
    from rules.money import plain

    return {
        "workspace": str(ctx.workspace_path),
        "month": month.label,
        "import": summary.to_json(),
        "currency": written.data.bill.currency,
        "total": plain(written.data.bill.total),
        "html": str(written.html),
        "pdf": None if written.pdf is None else str(written.pdf),
    }


def _print(ctx: Context, month: Month, summary: ImportSummary, written: report.Written) -> None:
    from billing.cli import bill_tables
    from reports.data import largest

    counts = ", ".join(
        f"{summary.total(name):,} {name}" for name in ("new", "revised", "unchanged", "rejected")
    )
    click.echo(f"Imported {len(summary.batches)} files of {_sources(ctx.workspace)}: {counts}\n")
    bill_tables.print_bill(ctx, written.data.bill, largest(written.data.by_cache), rows_shown=CACHES_SHOWN)
    click.echo("\nThe report:")
    for path in (written.html, written.pdf):
        if path is not None:
            click.echo(f"  {path}")
    click.echo("\nTry next:")
    program = "imcost" if shutil.which("imcost") else sys.argv[0]
    for rest in NEXT:
        click.echo(f"  {program} {rest.format(month=month.label)} --workspace {ctx.workspace_path}")
