"""The mail that brings a report: a subject and a short text that says what the first page says; the PDF is attached to it."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from reports import i18n
from reports.data import ReportData
from reports.i18n import Formats, Words
from reports.names import clean
from reports.page import page_title

HERE = Path(__file__).parent
SAVINGS_NAMED, PARTS_NAMED = 3, 100


class Part(NamedTuple):
    """One of many reports: an account or a tag's value (None: what lacks the tag), and what it pays."""

    name: str | None
    payable: Decimal


class Letter(NamedTuple):
    """A mail's subject, on one line, and its text, without markup."""

    subject: str
    text: str


def letter(data: ReportData, parts: Sequence[Part], left_out: Sequence[str], language: str) -> Letter:
    """The mail about a report, and about the reports of its parts; `left_out` are files too large to be attached."""
    t = Words(language, HERE)
    f = Formats(language, currency=data.bill.currency, places=i18n.places_for(data.bill.total))
    payable = _plain(f.headline(data.settled.payable))
    lines = [_plain(t("payable", amount=payable)), _plain(t(_state(data)))]
    if data.previous is not None:
        month = f.month(data.bill.month.previous().from_s)
        change, percent = data.previous.change, data.previous.before.total
        lines.append(
            _plain(
                t("against", month=month, change=f.change(change), share=f.percent_change(change, percent))
            )
        )
    if data.bill.unrated:
        lines.append(
            _plain(t.count("unrated", len(data.bill.unrated), count=f.number(len(data.bill.unrated))))
        )
    lines += _savings(data, t, f)
    if parts:
        lines += ["", _plain(t("parts")), *_parts(parts, t, f)]
    if left_out:
        lines += ["", _plain(t("left_out", files=", ".join(map(clean, left_out))))]
    lines += ["", _plain(t("attached") if not left_out else t("attached_partly"))]
    return Letter(f"{page_title(data, language)}: {payable}", "\n".join(lines) + "\n")


def _state(data: ReportData) -> str:
    return "running" if data.running else "closed" if data.closed else "open"


def _savings(data: ReportData, t: Words, f: Formats) -> list[str]:
    """The dearest recommendations; the report says how each is proved."""
    found = data.recommendations.each[:SAVINGS_NAMED]
    if not found:
        return []
    count = len(data.recommendations.each)
    amounts = " · ".join(_plain(f.shown(one.saving)) for one in found)
    return [_plain(t.count("savings", count, count=f.number(count), amounts=amounts))]


def _parts(parts: Sequence[Part], t: Words, f: Formats) -> list[str]:
    """One line for each part, those that pay most first."""
    ordered = sorted(parts, key=lambda part: (-part.payable, part.name is None, part.name or ""))
    lines = [
        f"  {_plain(f.headline(part.payable))}  {_plain(t('without')) if part.name is None else clean(part.name)[:80]}"
        for part in ordered[:PARTS_NAMED]
    ]
    if further := ordered[PARTS_NAMED:]:
        amount = sum((part.payable for part in further), Decimal(0))
        said = t.count("further", len(further), count=f.number(len(further)))
        lines.append(f"  {_plain(f.headline(amount))}  {_plain(said)}")
    return lines


def _plain(text: str) -> str:
    """The text without tags and no-break spaces, which some mail programs show as signs."""
    return Markup(text).striptags().replace("\u00a0", " ")
