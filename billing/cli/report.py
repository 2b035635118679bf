"""`imcost report`: the monthly report as one HTML page and as a PDF."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from billing.cli.options import Context, common_options
from billing.errors import UsageError
from billing.file_names import harmless_part
from billing.whole_files import write_whole

if TYPE_CHECKING:
    from billing.cli.report_mail import Mailed, ReportMail
    from reports.data import ReportData
    from reports.page import Look

EXAMPLE = """
\b
Examples:
  imcost report 2026-10
  imcost report 2026-10 --lang zh --open
  imcost report 2026-10 --all
  imcost report 2026-10 --by tag:team --email --dry-run
  imcost report 2026-10 --account 1234567890 --pdf october.pdf --paper letter
  imcost report 2026-10 --xlsx october.xlsx
  imcost report 2026-10 --bill bill-2026-10.csv --tolerance 0.1%
  imcost report 2026-10 --format json > october.json
"""

LANGUAGES = ("en", "zh")
PAPERS = ("a4", "letter")


class Written(NamedTuple):
    """What a report was written from, and where to; a path is None where that form was not asked for."""

    data: ReportData
    html: Path | None
    pdf: Path | None
    xlsx: Path | None = None


@click.command(
    name="report",
    help=f"Render the monthly report; without --html and --pdf, both into the workspace's reports/.\n{EXAMPLE}",
)
@click.argument("month")
@click.option("--account", metavar="A", help="Only this account.")
@click.option("--all", "all_", is_flag=True, help="An overview, and a report for each account.")
@click.option("--by", metavar="tag:KEY", help="An overview, and a report for each value of this tag.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the HTML page to this file."
)
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write the PDF to this file.")
@click.option(
    "--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write an Excel workbook to this file."
)
@click.option(
    "--bill",
    "bills",
    multiple=True,
    metavar="FILE",
    help="Compare with the provider's bill in this file, of all accounts; may be given several times.",
)
@click.option(
    "--tolerance",
    "tolerances",
    multiple=True,
    metavar="AMOUNT|SHARE%",
    help="What the bill may disagree by, as in imcost reconcile.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("json",)),
    help="Print the data that the report is made from; files only where asked for.",
)
@click.option("--paper", type=click.Choice(PAPERS), default="a4", help="The PDF's paper. Default: a4.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", help="The report's language. Default: en."
)
@click.option("--email", is_flag=True, help="Mail it, with the PDF, to the mail addresses of notify.urls.")
@click.option("--dry-run", is_flag=True, help="With --email: show the mail and send nothing.")
@click.option("--open", "open_", is_flag=True, help="Show the result in the browser.")
@common_options
def command(
    ctx: Context,
    month: str,
    account: str | None,
    all_: bool,
    by: str | None,
    html: Path | None,
    pdf: Path | None,
    xlsx: Path | None,
    bills: tuple[str, ...],
    tolerances: tuple[str, ...],
    format_: str | None,
    paper: str,
    lang: str,
    email: bool,
    dry_run: bool,
    open_: bool,
) -> None:
    """Render the report and say where it is; exit code 1 where a quantity has no rate."""
    single = (account, html, pdf, xlsx, format_) != (None,) * 5
    if (all_ or by is not None) and (single or (all_ and by is not None)):
        raise UsageError(
            "many reports go into the workspace's reports/",
            place="--all" if all_ else "--by",
            hint="leave out --account, --html, --pdf, --xlsx and --format, and one of --all and --by",
        )
    mail = _mail(ctx, email, dry_run, lacks_pdf=pdf is None and (html or xlsx or format_) is not None)
    if all_ or by is not None:
        ctx.exit(_report_many(ctx, month, by, lang, paper, bills, tolerances, mail))
    if html is None and pdf is None and xlsx is None and format_ is None:
        html, pdf = default_paths(ctx.workspace.reports, month, account, lang)
    written = write_report(
        ctx, month, account=account, html=html, pdf=pdf, xlsx=xlsx, lang=lang, paper=paper, bills=bills, tolerances=tolerances,
    )  # fmt: skip
    mailed = None if mail is None else mail.send(written.data, [written_json(written, lang)], lang)
    _print_written(ctx, written, lang, format_, mailed)
    if open_ and (shown := written.html or written.pdf or written.xlsx):
        click.launch(shown.resolve().as_uri())
    ctx.exit(_judged(ctx, written.data) or int(mailed is not None and bool(mailed.failed)))


def _mail(ctx: Context, email: bool, dry_run: bool, *, lacks_pdf: bool) -> ReportMail | None:
    """The mail that reports go into; None where none is wanted."""
    if dry_run and not email:
        raise UsageError("only mail can be tried", place="--dry-run", hint="add --email, or leave it out")
    if not email:
        return None
    if lacks_pdf:
        raise UsageError(
            "a mail carries the PDF", place="--email", hint="add --pdf FILE, or leave out the other files"
        )
    from billing.cli.report_mail import ReportMail

    return ReportMail(ctx, dry_run)


def _print_written(
    ctx: Context, written: Written, lang: str, format_: str | None, mailed: Mailed | None
) -> None:
    """Print the document, the answer as JSON, or the files' paths, and what became of the mail."""
    if format_ == "json":
        from reports.document import document

        ctx.print_json(document(written.data))
        return
    if ctx.json:
        mail = {} if mailed is None else {"mail": mailed.to_json()}
        ctx.print_json({**written_json(written, lang), **mail})
        return
    for path in (written.html, written.pdf, written.xlsx):
        if path is not None:
            click.echo(path)
    if mailed is not None:
        mailed.print(ctx)


def _judged(ctx: Context, data: ReportData) -> int:
    """Say what is bad about a report's month, and give the exit code: 1 where something is."""
    if not data.bill.complete:
        ctx.warn(
            f"the total is incomplete: {len(data.bill.unrated)} quantities have no rate; the report names them"
        )
    found = data.reconciliation
    if found is not None and not found.reconciles:
        from rules.money import plain

        ctx.warn(
            f"the bill does not reconcile: the sides disagree by {plain(found.disagreement)}; the report says why"
        )
    return 0 if data.bill.complete and (found is None or found.reconciles) else 1


def _report_many(
    ctx: Context,
    month: str,
    by: str | None,
    lang: str,
    paper: str,
    bills: tuple[str, ...],
    tolerances: tuple[str, ...],
    mail: ReportMail | None,
) -> int:
    """Write the overview and the report of every account, or of every value of a tag, print where, and give the exit code."""
    from billing.cli.report_all import write_all

    many = write_all(ctx, month, by=by, lang=lang, paper=paper, bills=bills, tolerances=tolerances)
    answers = many.answers
    mailed = None if mail is None else mail.send(many.overview.data, answers, lang)
    if ctx.json:
        parts = "accounts" if by is None else "tags"
        shown = {} if mailed is None else {"mail": mailed.to_json()}
        ctx.print_json({"overview": answers[0], parts: answers[1:], **shown})
    else:
        for answer in answers:
            click.echo(answer["html"])
            click.echo(answer["pdf"])
        if mailed is not None:
            mailed.print(ctx)
    bad = not answers[0]["complete"] or answers[0]["reconciles"] is False
    return int(bad or (mailed is not None and bool(mailed.failed)))


def default_paths(folder: Path, month: str, account: str | None, lang: str) -> tuple[Path, Path]:
    """Where a report goes that was given no file: named after its month, account and language."""
    whose = "" if account is None else f"-{harmless_part(account)}"
    language = "" if lang == "en" else f".{lang}"
    stem = f"imcost-{harmless_part(month)}{whose}{language}"
    return folder / f"{stem}.html", folder / f"{stem}.pdf"


def write_report(
    ctx: Context,
    month: str,
    *,
    account: str | None,
    html: Path | None,
    pdf: Path | None,
    xlsx: Path | None = None,
    lang: str,
    paper: str = "a4",
    bills: tuple[str, ...] = (),
    tolerances: tuple[str, ...] = (),
) -> Written:
    """Gather the month and write the forms that have a path; nothing is written where any of them can't be made."""
    from billing.alerting.reading import read_alerts
    from billing.cli.reconcile import tolerance_of
    from billing.quotas.settings import quota_settings
    from reports.data import gather
    from rules.period import parse_month

    if bills and account is not None:
        raise UsageError(
            "a bill is of all accounts",
            place="--bill",
            hint="leave out --account, or --bill, for one account",
        )
    if pdf is not None:
        import_module("reports.pdf")  # A missing Pango is said before anything is gathered.
    store = ctx.open_store()
    watched = read_alerts(ctx.settings(), ctx.workspace.settings)
    with store.reader() as reader:
        data = gather(
            store,
            reader,
            parse_month(month),
            as_of=ctx.as_of,
            tariff=ctx.load_tariff(),
            account=account,
            budgets=[each.budget for each in watched.budgets],
            quota=quota_settings(ctx.settings(), ctx.workspace.settings),
            bills=bills,
            tolerance=tolerance_of(tolerances) if tolerances else None,
            explain=html is not None,
        )
    return write_forms(ctx, data, lang=lang, paper=paper, html=html, pdf=pdf, xlsx=xlsx)


def write_forms(
    ctx: Context,
    data: ReportData,
    *,
    lang: str,
    paper: str,
    html: Path | None,
    pdf: Path | None,
    xlsx: Path | None = None,
) -> Written:
    """Write the forms of a report that have a path; nothing is written where any of them can't be made."""
    contents, advice = _rendered(data, lang, paper, _look(ctx), html=html, pdf=pdf, xlsx=xlsx)
    if advice is not None:
        ctx.warn(advice)
    for path, content in contents:
        _write(path, content)
    return Written(data, html, pdf, xlsx)


def _look(ctx: Context) -> Look:
    """The workspace's branding and its own templates."""
    from reports.branding import read_branding
    from reports.overrides import Overrides
    from reports.page import Look

    workspace = ctx.workspace
    return Look(read_branding(ctx.settings(), workspace.settings), Overrides(workspace.templates))


def _rendered(
    data: ReportData,
    lang: str,
    paper: str,
    look: Look,
    *,
    html: Path | None,
    pdf: Path | None,
    xlsx: Path | None,
) -> tuple[list[tuple[Path, bytes]], str | None]:
    """What belongs into each file, and what to say about fonts that are missing."""
    from reports.page import render_for_print, render_page

    contents: list[tuple[Path, bytes]] = []
    advice = None
    if html is not None:
        contents.append((html, render_page(data, lang, look).encode()))
    if pdf is not None:
        from reports.document import attachments
        from reports.pdf import font_advice, render_pdf

        page = render_for_print(data, lang, look)
        printed = render_pdf(page, attached=attachments(data), created=data.bill.as_of, paper=paper)
        contents.append((pdf, printed.content))
        advice = font_advice(printed.missing_glyphs)
    if xlsx is not None:
        from reports.workbook import workbook

        contents.append((xlsx, workbook(data, lang)))
    return contents, advice


def written_json(written: Written, lang: str) -> dict[str, Any]:
    """What was written, and the amounts that it says."""
    from rules.money import plain

    data = written.data
    return {
        "month": data.bill.month.label,
        "account": data.account,
        **({} if data.tag is None else {"tag": {"key": data.tag.key, "value": data.tag.value}}),
        "lang": lang,
        "html": None if written.html is None else str(written.html),
        "pdf": None if written.pdf is None else str(written.pdf),
        "xlsx": None if written.xlsx is None else str(written.xlsx),
        "currency": data.bill.currency,
        "total": plain(data.bill.total),
        "corrections": plain(data.settled.corrections),
        "rounding_adjustment": plain(data.settled.adjustment),
        "payable": f"{data.settled.payable:.2f}",
        "complete": data.bill.complete,
        "reconciles": None if data.reconciliation is None else data.reconciliation.reconciles,
    }


def _write(path: Path, content: bytes) -> None:
    """Write a file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
