"""`imcost report --all` and `--by`: an overview and one report per part, rendered side by side in processes of their own."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from billing.cli.options import Context
from billing.file_names import harmless_part

if TYPE_CHECKING:
    from billing.cli.report import Written
    from billing.pipeline import TagFilter
    from reports.books import Settled


class Share(NamedTuple):
    """A tag's value whose report is wanted, and what it comes to."""

    tag: TagFilter
    settled: Settled


class Wanted(NamedTuple):
    """One part's report, of an account or of a tag's value, and what it is rendered with; it crosses to another process."""

    workspace: str
    as_of: datetime
    tariff: str | None
    month: str
    account: str | None
    share: Share | None
    lang: str
    paper: str
    html: Path
    pdf: Path


class Done(NamedTuple):
    """What a report says of itself, as its JSON has it, and its warnings."""

    answer: dict[str, Any]
    warnings: tuple[str, ...]


class Many(NamedTuple):
    """The overview, and what it and then each part's report says."""

    overview: Written
    answers: list[dict[str, Any]]


def write_all(
    ctx: Context,
    month: str,
    *,
    by: str | None = None,
    lang: str,
    paper: str,
    bills: tuple[str, ...] = (),
    tolerances: tuple[str, ...] = (),
) -> Many:
    """Write the overview and every part's report into the workspace's reports/, and give what each says, the overview first.

    The parts are the accounts, or where `by` names a tag, its values and what lacks it. They come in order and are all that there
    are, so their totals sum to the overview's. The provider's bill is of all of them, so the overview is compared with it.
    """
    from billing.cli.report import default_paths, write_report, written_json

    key = None if by is None else _tag_key(by)
    html, pdf = default_paths(ctx.workspace.reports, month, None, lang)
    overview = write_report(
        ctx, month, account=None, html=html, pdf=pdf, lang=lang, paper=paper, bills=bills, tolerances=tolerances,
    )  # fmt: skip
    if key is None:
        accounts = [found.key[0] or "" for found in overview.data.by_account]
        wanted = [_account(ctx, month, account, lang, paper) for account in accounts]
    else:
        wanted = [_share(ctx, month, share, lang, paper) for share in _shares(ctx, month, key)]
    done = _in_parallel(ctx, wanted)
    for message in dict.fromkeys(message for one in done for message in one.warnings):
        ctx.warn(message)
    return Many(overview, [written_json(overview, lang), *(one.answer for one in done)])


def tag_paths(folder: Path, month: str, tag: TagFilter, lang: str) -> tuple[Path, Path]:
    """Where the report of a tag's value goes: its parts stand between plus signs, which neither of them has.

    So what lacks a tag, an account and a value never share a file, also where capitals and small letters are one.
    """
    parts = [tag.key] if tag.value is None else [tag.key, tag.value]
    stem = "+".join([f"imcost-{month}", *map(harmless_part, parts)])
    language = "" if lang == "en" else f".{lang}"
    return folder / f"{stem}{language}.html", folder / f"{stem}{language}.pdf"


def _tag_key(by: str) -> str:
    """The key of `tag:KEY`; anything else is refused."""
    from billing.errors import UsageError
    from billing.grouping import tag_of

    key = tag_of(by)
    if key is None:
        raise UsageError(
            f"there are no reports by {by!r}", place="--by", hint="write --by tag:team, for example, or --all"
        )
    return key


def _shares(ctx: Context, month: str, key: str) -> list[Share]:
    """What each value of the tag comes to in the month, what lacks the tag last."""
    from billing.pipeline import TagFilter, make_metered_bill
    from reports.tagged import tag_shares
    from rules.period import parse_month

    with ctx.open_store().reader() as reader:
        metered = make_metered_bill(
            reader, parse_month(month), as_of=ctx.as_of, tariff=ctx.load_tariff(), by_tag=key
        )
    return [
        Share(TagFilter(key, value, untagged=value is None), settled)
        for value, settled in tag_shares(metered).items()
    ]


def _account(ctx: Context, month: str, account: str, lang: str, paper: str) -> Wanted:
    from billing.cli.report import default_paths

    html, pdf = default_paths(ctx.workspace.reports, month, account, lang)
    workspace = str(ctx.workspace_path)
    return Wanted(workspace, ctx.as_of, ctx.tariff_name, month, account, None, lang, paper, html, pdf)


def _share(ctx: Context, month: str, share: Share, lang: str, paper: str) -> Wanted:
    html, pdf = tag_paths(ctx.workspace.reports, month, share.tag, lang)
    workspace = str(ctx.workspace_path)
    return Wanted(workspace, ctx.as_of, ctx.tariff_name, month, None, share, lang, paper, html, pdf)


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
        running = {pool.submit(render, one): index for index, one in enumerate(wanted)}
        done = {}
        for future in as_completed(running):
            done[running[future]] = future.result()
            progress.advance(task)
    return [done[index] for index in range(len(wanted))]


def render(wanted: Wanted) -> Done:
    """Write one part's report."""
    from billing.cli.report import write_report, written_json

    ctx = _Quiet()
    ctx.given = {"workspace": wanted.workspace, "as_of": wanted.as_of}
    if wanted.tariff is not None:
        ctx.given["tariff"] = wanted.tariff
    if wanted.share is None:
        written = write_report(
            ctx, wanted.month, account=wanted.account, html=wanted.html, pdf=wanted.pdf, lang=wanted.lang, paper=wanted.paper,
        )  # fmt: skip
    else:
        written = _write_share(ctx, wanted, wanted.share)
    return Done(written_json(written, wanted.lang), tuple(ctx.warnings))


def _write_share(ctx: Context, wanted: Wanted, share: Share) -> Any:
    """Write the report of one tag value."""
    from billing.alerting.reading import read_alerts
    from billing.cli.report import write_forms
    from reports.tagged import gather_share
    from rules.period import parse_month

    watched = read_alerts(ctx.settings(), ctx.workspace.settings)
    store = ctx.open_store()
    with store.reader() as reader:
        data = gather_share(
            store,
            reader,
            parse_month(wanted.month),
            as_of=ctx.as_of,
            tariff=ctx.load_tariff(),
            tag=share.tag,
            settled=share.settled,
            budgets=[each.budget for each in watched.budgets],
        )
    return write_forms(ctx, data, lang=wanted.lang, paper=wanted.paper, html=wanted.html, pdf=wanted.pdf)


class _Quiet(Context):
    """A context that keeps its warnings, for the one who asked to say them once."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        self.warnings.append(text)
