"""`imcost report --all`: an overview and one report per account, rendered side by side in processes of their own."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from billing.cli.options import Context


class Wanted(NamedTuple):
    """One account's report, and what it is rendered with; it crosses to another process."""

    workspace: str
    as_of: datetime
    tariff: str | None
    month: str
    account: str
    lang: str
    paper: str
    html: Path
    pdf: Path


class Done(NamedTuple):
    """What a report says of itself, as its JSON has it, and its warnings."""

    answer: dict[str, Any]
    warnings: tuple[str, ...]


def write_all(
    ctx: Context,
    month: str,
    *,
    lang: str,
    paper: str,
    bills: tuple[str, ...] = (),
    tolerances: tuple[str, ...] = (),
) -> list[dict[str, Any]]:
    """Write the overview and every account's report into the workspace's reports/, and give what each says, the overview first.

    Accounts come in order; those of the overview's bill are all that there are, so their totals sum to its own. The provider's
    bill is of all accounts, so the overview is what is compared with it.
    """
    from billing.cli.report import default_paths, write_report, written_json

    folder = ctx.workspace.reports
    html, pdf = default_paths(folder, month, None, lang)
    overview = write_report(
        ctx,
        month,
        account=None,
        html=html,
        pdf=pdf,
        lang=lang,
        paper=paper,
        bills=bills,
        tolerances=tolerances,
    )
    accounts = [found.key[0] or "" for found in overview.data.by_account]
    wanted = [_wanted(ctx, month, account, lang, paper) for account in accounts]
    done = _in_parallel(ctx, wanted)
    for message in dict.fromkeys(message for one in done for message in one.warnings):
        ctx.warn(message)
    return [written_json(overview, lang), *(one.answer for one in done)]


def _wanted(ctx: Context, month: str, account: str, lang: str, paper: str) -> Wanted:
    from billing.cli.report import default_paths

    html, pdf = default_paths(ctx.workspace.reports, month, account, lang)
    workspace = str(ctx.workspace_path)
    return Wanted(workspace, ctx.as_of, ctx.tariff_name, month, account, lang, paper, html, pdf)


def _in_parallel(ctx: Context, wanted: list[Wanted]) -> list[Done]:
    """Render the reports in as many processes as there are processors, with progress on a terminal; in the order asked for."""
    from rich.progress import Progress

    if not wanted:
        return []
    workers = min(len(wanted), os.cpu_count() or 1)
    with (
        Progress(console=ctx.progress_console, transient=True) as progress,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        task = progress.add_task("Reports", total=len(wanted))
        running = {pool.submit(render, one): one.account for one in wanted}
        done = {}
        for future in as_completed(running):
            done[running[future]] = future.result()
            progress.advance(task)
    return [done[one.account] for one in wanted]


def render(wanted: Wanted) -> Done:
    """Write one account's report."""
    from billing.cli.report import write_report, written_json

    ctx = _Quiet()
    ctx.given = {"workspace": wanted.workspace, "as_of": wanted.as_of}
    if wanted.tariff is not None:
        ctx.given["tariff"] = wanted.tariff
    written = write_report(
        ctx,
        wanted.month,
        account=wanted.account,
        html=wanted.html,
        pdf=wanted.pdf,
        lang=wanted.lang,
        paper=wanted.paper,
    )
    return Done(written_json(written, wanted.lang), tuple(ctx.warnings))


class _Quiet(Context):
    """A context that keeps its warnings, for the one who asked to say them once."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)
