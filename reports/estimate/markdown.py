"""An estimate as Markdown: a comment under a pull request, with the result first and the details folded.

The same estimate gives the same text. Names come from other people: whatever could be markup, a link or a mention is written
as a character reference, and what moves or hides text as its escape.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from billing.estimating.break_even import sentence
from billing.estimating.comparing import Comparison
from billing.estimating.estimate import Estimate
from billing.estimating.options import TITLES, PricedOption
from billing.estimating.plan_estimate import PlanEstimate, PricedResource
from billing.estimating.policies import Finding
from reports.estimate.curves import curves
from reports.names import clean
from rules.money import plain
from rules.period import rfc3339

LONGEST_NAME, LONGEST_NOTE = 120, 600
MOST_ROWS, MOST_DETAILS = 200, 20
"""A comment has a largest size everywhere: rows of the table, and resources whose options are shown."""

PALETTE = "#1f5a96, #dd9a2b, #5a6473"


def render(estimate: PlanEstimate, comparison: Comparison | None, findings: Sequence[Finding]) -> str:
    """The comment: heading, broken policies, the resources, then options, break-even and notes folded."""
    parts = [
        _headline(estimate, comparison),
        *_policies(findings),
        *_summary(estimate),
        *_resources(estimate),
        *_compared(comparison, estimate.tariff.currency),
        *_details(estimate),
        *_notes(estimate),
        _foot(estimate),
    ]
    return "\n\n".join(parts) + "\n"


def safe(text: str, longest: int = LONGEST_NAME) -> str:
    """Text on one line that Markdown shows as it is; what is longer is cut."""
    cleaned = clean(text)
    cut = cleaned if len(cleaned) <= longest else cleaned[: longest - 1] + "…"
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", cut)


_MARKUP = re.compile(r"(?<![0-9])\.|\.(?![0-9])|:(?! )|[^\w\s.:,;'()%/…×–-]|_")
"""What could be markup, an address or a mention. A point inside a number and a colon before a space can't."""


def _headline(estimate: PlanEstimate, comparison: Comparison | None) -> str:
    currency, amount = estimate.tariff.currency, estimate.monthly_after
    change = estimate.difference if comparison is None else comparison.difference
    incomplete = "" if estimate.complete else " (incomplete: a price is missing)"
    changed = (
        "" if comparison is None and not _has_before(estimate) else f", {_signed(change)} against before"
    )
    return f"### Image caches: {plain(amount)} {currency} a month{changed}{incomplete}"


def _policies(findings: Sequence[Finding]) -> Iterator[str]:
    for broken, mark in ((True, "❌"), (False, "✅")):
        lines = [f"- {mark} {safe(each.message, LONGEST_NOTE)}" for each in findings if each.broken is broken]
        if lines:
            yield "\n".join(lines)


def _summary(estimate: PlanEstimate) -> Iterator[str]:
    counts = [
        f"{count} {word}"
        for action, word in (
            ("create", "new"),
            ("change", "changed"),
            ("delete", "deleted"),
            ("keep", "as before"),
        )
        if (count := sum(each.resource.action == action for each in estimate.resources))
    ]
    cheaper = sum(each.cheaper is not None for each in estimate.resources)
    tip = f" For {cheaper} of them another choice would cost less." if cheaper else ""
    yield f"{', '.join(counts)}.{tip}" if counts else "Nothing that is priced."
    for each in estimate.unpriced:
        yield f"- ⚠️ {safe(each.address)} is not priced: {safe(each.reason, LONGEST_NOTE)}"


def _resources(estimate: PlanEstimate) -> Iterator[str]:
    before = _has_before(estimate)
    head = [
        "resource",
        "choice",
        *(("before",) if before else ()),
        "a month",
        *(("change",) if before else ()),
        "cheapest",
    ]
    rows = []
    for each in estimate.resources[:MOST_ROWS]:
        planned = each.resource.after or each.resource.before
        choice = "deleted" if each.resource.after is None else TITLES[planned.option] if planned else ""
        amounts = [plain(each.monthly_after)]
        if before:
            amounts = [plain(each.monthly_before), *amounts, _signed(each.difference)]
        rows.append(
            [
                safe(each.resource.address),
                choice,
                *amounts,
                "" if each.cheaper is None else TITLES[each.cheaper],
            ]
        )
    total = [plain(estimate.monthly_after)]
    if before:
        total = [plain(estimate.monthly_before), *total, _signed(estimate.difference)]
    rows.append(["**total**", "", *(f"**{amount}**" for amount in total), ""])
    table = _table(head, rows, numbers=range(2, len(head) - 1))
    left = len(estimate.resources) - MOST_ROWS
    yield table if left <= 0 else f"{table}\n\n… and {left} more, in the total."


def _compared(comparison: Comparison | None, currency: str) -> Iterator[str]:
    if comparison is None:
        return
    changed = [row for row in comparison.rows if row.difference or row.before is None or row.after is None]
    rows = [
        [safe(row.address), _amount(row.before), _amount(row.after), _signed(row.difference)]
        for row in changed[:MOST_ROWS]
    ]
    rows.append(
        [
            "**total**",
            f"**{plain(comparison.before)}**",
            f"**{plain(comparison.after)}**",
            f"**{_signed(comparison.difference)}**",
        ]
    )
    table = _table(["resource", "earlier", "now", f"change, {currency}"], rows, numbers=range(1, 4))
    tariff = "\n\nThe tariff has changed since, too." if comparison.tariff_changed else ""
    yield _folded(f"Against the earlier estimate: {len(changed)} changed", table + tariff)


def _details(estimate: PlanEstimate) -> Iterator[str]:
    shown = [each for each in estimate.resources if each.estimate is not None]
    for each in shown[:MOST_DETAILS]:
        found = each.estimate
        if found is not None:
            yield _folded(f"{safe(each.resource.address)}: all choices", _choices(found))
    if len(shown) > MOST_DETAILS:
        yield f"The choices of {len(shown) - MOST_DETAILS} more resources: `imcost estimate … --json`"


def _choices(found: Estimate) -> str:
    """The options' charges side by side, the cheapest, and the break-even with its charts."""
    charges = found.charges
    rows = [[charge, *(_of_charge(option, charge) for option in found.options)] for charge in charges]
    rows.append(["**total**", *(_total(option) for option in found.options)])
    table = _table(["", *(TITLES[option.option] for option in found.options)], rows, numbers=range(1, 4))
    best = "not known" if found.cheapest is None else TITLES[found.cheapest]
    said = [f"- by {each.variable.unit}: {sentence(each, TITLES)}" for each in found.break_evens]
    parts = [table, f"~ rests on an estimate. Cheapest: **{best}**."]
    if said:
        parts.append("What is cheapest when only this changes:\n" + "\n".join(said))
    return "\n\n".join([*parts, *(_chart(found, index) for index in range(len(found.break_evens[:1])))])


def _total(option: PricedOption) -> str:
    return f"**{plain(option.total)}**{'' if option.complete else ' (incomplete)'}"


def _of_charge(option: PricedOption, charge: str) -> str:
    lines = [line for line in option.lines if line.charge == charge]
    if charge in option.without_price:
        return "no price"
    if not lines:
        return "–"
    amount = "free" if lines[0].free else plain(option.total_by_charge[charge])
    return f"{amount} ~" if any(line.estimated for line in lines) else amount


def _chart(found: Estimate, index: int) -> str:
    """A chart that GitHub and GitLab draw: cost over the number of instances."""
    drawn = curves(found.break_evens[index])
    theme = '%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "' + PALETTE + '"}}}}%%'
    lines = [f"    line [{plain(each.first)}, {plain(each.last)}]" for each in drawn.curves]
    colours = zip(("blue", "amber", "grey"), (each.title for each in drawn.curves), strict=False)
    legend = ", ".join(f"{colour}: {title}" for colour, title in colours)
    return "\n".join(
        [
            "```mermaid",
            theme,
            "xychart-beta",
            f'    title "{legend}"',
            f'    x-axis "{drawn.unit}" {plain(drawn.from_x)} --> {plain(drawn.until_x)}',
            f'    y-axis "{found.tariff.currency}"',
            *lines,
            "```",
        ]
    )


def _notes(estimate: PlanEstimate) -> Iterator[str]:
    notes = [
        f"- {safe(each.resource.address)}: {safe(note, LONGEST_NOTE)}"
        for each in estimate.resources
        for note in each.resource.notes
    ]
    planned: list[PricedResource] = [each for each in estimate.resources if each.after is not None]
    general = dict.fromkeys(note for each in planned if each.after is not None for note in each.after.notes)
    notes += [f"- {safe(note, LONGEST_NOTE)}" for note in general]
    if notes:
        left = len(notes) - MOST_ROWS
        shown = notes[:MOST_ROWS] + ([f"- … and {left} more"] if left > 0 else [])
        yield _folded(f"What this assumes: {len(notes)} notes", "\n".join(shown))


def _foot(estimate: PlanEstimate) -> str:
    first = next(iter(estimate.estimates), None)
    since = "" if first is None else f", {safe(first.question.region)}, ready {rfc3339(first.question.at_s)}"
    digest = estimate.tariff.digest.removeprefix("sha256:")[:12]
    return f"<sub>imcost estimate, a month is 720 hours, tariff {safe(estimate.tariff.id)} ({digest}){since}</sub>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: range) -> str:
    rule = ["--:" if index in numbers else "---" for index in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _amount(amount: Decimal | None) -> str:
    return "–" if amount is None else plain(amount)


def _signed(amount: Decimal) -> str:
    return f"+{plain(amount)}" if amount > 0 else plain(amount)


def _has_before(estimate: PlanEstimate) -> bool:
    return any(each.before is not None for each in estimate.resources)
