"""`imcost demo`: a workspace with a generated, realistic month, its bill, and its report."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from billing.bill import Bill
    from billing.grouping import Group
    from billing.importing.summary import ImportSummary
    from billing.workspace import Workspace
    from reports.data import ReportData
    from rules.period import Month

DEFAULT_FOLDER = "imcost-demo"
MARK = "DEMO.txt"
MARK_TEXT = "Made by imcost demo. Every account, cache, instance and agreement in here is made up.\n"

CACHES_SHOWN = 12

EXAMPLE = """
\b
Examples:
  imcost demo
  imcost demo /tmp/demo --as-of 2026-11-15
"""


class Shown(NamedTuple):
    """What the demo has to show: the month's bill and the largest caches of it, and the report's files."""

    bill: Bill
    by_cache: tuple[Group, ...]
    files: tuple[Path, ...]


@click.command(name="demo", help=f"Make a workspace with a generated month and render its report.\n{EXAMPLE}")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@common_options
def command(ctx: Context, folder: Path | None) -> None:
    """Generate the last complete month, import it as any other records, bill it, report it."""
    from billing.workspace import Workspace
    from rules.period import Month, epoch_s

    workspace = Workspace(folder or Path(ctx.given.get("workspace") or DEFAULT_FOLDER))
    month = Month.containing(epoch_s(ctx.as_of)).previous()
    _claim(workspace)
    summary = _fill(ctx, workspace, month)
    shown = _bill_and_report(ctx, workspace, month)
    if ctx.json:
        html, *pdf = shown.files
        answer = {"workspace": str(workspace.root), "month": month.label, "import": summary.to_json()}
        ctx.print_json(
            answer | {"html": str(html), "pdf": str(pdf[0]) if pdf else None, **_total(shown.bill)}
        )
    else:
        _print(ctx, workspace, month, summary, shown)


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


def _fill(ctx: Context, workspace: Workspace, month: Month) -> ImportSummary:
    """Write the company's tariff and exports, and import these."""
    from billing.cli.init import make_workspace
    from billing.demo import SOURCES, write_sources, write_tariff
    from billing.importing.run import Request, run
    from rules.period import rfc3339

    make_workspace(workspace.root, write_tariff(workspace.tariffs, month))
    paths = write_sources(workspace.root / SOURCES, month)
    request = Request(paths=[str(path) for path in paths], now=rfc3339(ctx.as_of))
    return run(workspace, request, stdin=io.BytesIO())


def _bill_and_report(ctx: Context, workspace: Workspace, month: Month) -> Shown:
    """The month's bill and the report in English; without a PDF, and a warning, where Pango is missing."""
    from billing.settings import read_settings
    from billing.store import open_store
    from reports.data import gather, largest
    from rules.tariff import load

    tariff = load(ctx.tariff_name or read_settings(workspace.settings).tariff, search=[workspace.tariffs])
    store = open_store(workspace)
    with store.reader() as reader:
        data = gather(store, reader, month, as_of=ctx.as_of, tariff=tariff, account=None)
    return Shown(data.bill, tuple(largest(data.by_cache)[:CACHES_SHOWN]), _render(ctx, workspace, data))


def _render(ctx: Context, workspace: Workspace, data: ReportData) -> tuple[Path, ...]:
    from reports.page import render_page
    from rules.errors import ImcostError

    html = workspace.reports / f"{data.bill.month.label}.html"
    html.parent.mkdir(exist_ok=True)
    page = render_page(data, "en")
    html.write_text(page, encoding="utf-8")
    try:
        from reports.pdf import render_pdf

        content = render_pdf(page).content
    except ImcostError as error:
        ctx.warn(str(error))
        return (html,)
    pdf = html.with_suffix(".pdf")
    pdf.write_bytes(content)
    return html, pdf


def _total(bill: Bill) -> dict[str, str]:
    from rules.money import plain

    return {"currency": bill.currency, "total": plain(bill.total)}


def _print(ctx: Context, workspace: Workspace, month: Month, summary: ImportSummary, shown: Shown) -> None:
    from billing.cli import bill_tables
    from billing.demo import SOURCES

    counts = ", ".join(
        f"{summary.total(name):,} {name}" for name in ("new", "revised", "unchanged", "rejected")
    )
    click.echo(f"Imported {len(summary.batches)} files of {workspace.root / SOURCES}: {counts}\n")
    bill_tables.print_bill(ctx, shown.bill, shown.by_cache, rows_shown=CACHES_SHOWN)
    click.echo("\nThe report:")
    for path in shown.files:
        click.echo(f"  {path}")
    click.echo("\nTry next:")
    program = "imcost" if shutil.which("imcost") else sys.argv[0]
    for rest in (
        f"charges {month.label} --by tag:team",
        f"charges {month.label} --by day",
        "rejected",
        "check",
        f"report {month.label} --lang zh --open",
        "tariff show example-company",
    ):
        click.echo(f"  {program} {rest} --workspace {workspace.root}")
