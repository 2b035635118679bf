"""What statements, corrections of closed months and the reconciliation with the provider's bill are the sums of."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from billing.bill import exact_sum
from billing.books import Statement
from billing.explaining.corrections import CorrectedLine, LateRecord
from billing.reconciling import CLASSES, Difference
from billing.reconciling.result import COMPARED, exact
from reports.books import settled_statements
from reports.explained import shown_corrections
from reports.explanations.article import Key, Row, Table, Writing
from reports.i18n import Words, name
from reports.reconciliation.shown import FOLDER as RECONCILIATION
from reports.reconciliation.shown import sentence
from reports.sections.statements import STATEMENTS_SHOWN
from rules.charges import CHARGES
from rules.period import Month

LATE_SHOWN = 3
"""Late records that a correction names; the others are counted."""


def write_stated(w: Writing) -> None:
    """The articles of statements, corrections and the reconciliation."""
    if w.data.statements:
        _statements(w)
        _corrections(w)
    _reconciliation(w)


def _statements(w: Writing) -> None:
    t, settled = w.t, settled_statements(w.data.statements)
    found = {each.account_id: each for each in w.data.statements}
    ordered = sorted(settled.accounts, key=lambda each: (-each.settlement.payable, each.account_id))
    for one in ordered[:STATEMENTS_SHOWN]:
        statement = found[one.account_id]
        rows = [*_by_charge(w, statement)]
        if one.corrections:
            rows.append(Row(t("corrections"), one.corrections, ("corrections",)))
        document = statement.document
        said = [t("statement_is", lines=w.f.number(len(document["lines"])))]
        if statement.sha256:
            said.append(
                Markup('<code class="wrap">{} · SHA-256 {}</code>').format(
                    name(document["statement_id"], 60), statement.sha256
                )
            )
        key = ("statement", one.account_id)
        w.add(
            "statements",
            key,
            name(one.account_id, 44),
            Table(
                tuple(rows),
                w.total(statement.total),
                (Row(t("rounding"), one.settlement.adjustment),),
                w.total(one.settlement.payable, "payable"),
            ),
            back="statements",
            said=said,
            command=Markup("imcost statement {} --account {}").format(w.month, name(one.account_id, 40)),
        )
        w.also(w.made.at(*key), ("payable", one.account_id))
    payables = [
        Row(name(one.account_id, 28), one.settlement.payable, ("statement", one.account_id))
        for one in ordered
    ]
    totals = [Row(name(one.account_id, 28), one.total, ("statement", one.account_id)) for one in ordered]
    w.add(
        "statements",
        ("statements",),
        t("all_statements"),
        Table(w.largest(totals, "rest_groups"), Row(t("total_of_lines"), settled.total)),
        Table(w.largest(payables, "rest_groups"), w.total(settled.payable, "payable")),
        back="statements",
    )
    further = payables[STATEMENTS_SHOWN:]
    if further:
        rest = exact_sum(row.amount for row in further)
        title = t.count("rest_groups", len(further), count=w.f.number(len(further)))
        table = Table(w.largest(further, "rest_groups"), w.total(rest, "payable"))
        w.add("statements", ("rest", "statements"), title, table, back="statements")


def _by_charge(w: Writing, statement: Statement) -> Iterator[Row]:
    amounts: dict[str, list[Decimal]] = {}
    for line in statement.document["lines"]:
        amounts.setdefault(line["charge"], []).append(Decimal(line["amount"]))
    for declared in CHARGES:
        amount = exact_sum(amounts.get(declared.id, ()))
        if amount:
            yield Row(w.f.charge(declared.id), amount, ("charge", declared.id))


def _corrections(w: Writing) -> None:
    corrections = [each for statement in w.data.statements for each in statement.document["corrections"]]
    months: list[Row] = []
    for label, shown, others in shown_corrections(corrections):
        rows = [
            Row(name(each["cache_id"], 28), Decimal(each["amount"]), correction_key(each)) for each in shown
        ]
        for each in shown:
            _correction(w, each)
        if others:
            count = w.t.count("rest_corrections", len(others), count=w.f.number(len(others)))
            rest = exact_sum(Decimal(each["amount"]) for each in others)
            rows.append(Row(count, rest))
        title, amount = w.f.month(Month(label).from_s), exact_sum(row.amount for row in rows)
        months.append(Row(title, amount, ("corrections", label)))
        table = Table(tuple(rows), w.total(amount))
        w.add("corrections", ("corrections", label), title, table, back="statements")
    if months:
        total = w.total(exact_sum(row.amount for row in months))
        w.add(
            "corrections",
            ("corrections",),
            w.t("all_corrections"),
            Table(tuple(months), total),
            back="statements",
        )


def correction_key(each: Mapping[str, Any]) -> Key:
    """The key of a correction's article."""
    return ("correction", each["line_id"], each["corrects_month"], each["class"])


def _correction(w: Writing, each: Mapping[str, Any]) -> None:
    """One correction: what was stated, what is now, and which records came since."""
    t, f, amount = w.t, w.f, Decimal(each["amount"])
    month = f.month(Month(each["corrects_month"]).from_s)
    found = w.data.explanations
    corrected = (
        None
        if found is None
        else found.corrected.get((each["line_id"], each["corrects_month"], each["class"]))
    )
    said = [t("correction_is", month=month, line=each["line_id"])]
    rows = [Row(t("correction_alone"), amount)]
    total = w.total(amount)
    if corrected is not None:
        unit = t("unit_" + each["unit"])
        rows = [
            Row(t("now"), corrected.now.amount, note=_quantity(w, corrected.now.quantity, unit)),
            Row(
                t("less_stated"), -corrected.stated.amount, note=_quantity(w, corrected.stated.quantity, unit)
            ),
        ]
        said += _late(w, corrected)
    w.add(
        "corrections",
        correction_key(each),
        f.charge(each["charge"]),
        Table(tuple(rows), total),
        about=Markup("{} · {}").format(name(each["cache_id"], 28), each["line_id"]),
        back="statements",
        said=said,
        command=f"imcost explain {each['line_id']}",
    )


def _quantity(w: Writing, quantity: Decimal, unit: str) -> str:
    return f"{w.f.price(quantity, least=0)} {unit}"


def _late(w: Writing, found: CorrectedLine) -> list[Markup]:
    """The records that came, changed or went since the books had last looked."""
    t = w.t
    shown = found.records[:LATE_SHOWN]
    said = [_late_record(w, each) for each in shown]
    more = len(found.records) - len(shown) + found.further
    if more:
        said.append(t.count("more_late", more, count=w.f.number(more)))
    return said


def _late_record(w: Writing, each: LateRecord) -> Markup:
    t, version = w.t, each.version
    at = "" if version.line is None else f":{version.line}"
    place = Markup("{}{}").format(name(version.path, 40), at)
    spans = {
        side: _span(w, span) for side, span in (("was", each.was), ("now", each.now)) if span is not None
    }
    return t("late_" + each.what, record=name(each.id, 28), place=place, **spans)


def _span(w: Writing, span: tuple[int, int | None]) -> str:
    return " – ".join("…" if at is None else w.f.instant(at) for at in span)


def _reconciliation(w: Writing) -> None:
    found = w.data.reconciliation
    if found is None:
        return
    t, words = w.t, Words(w.f.language, RECONCILIATION)
    names = [each for each in CLASSES if each != "matched" and found.count(each)]
    ours = Row(words("class_ours"), found.ours, ("total",) if found.ours == w.data.bill.total else None)
    rows = [ours]
    for each in names:
        differences = [one for one in found.differences if one.class_ == each]
        amount, key = found.amount(each), ("reconciled", each)
        rows.append(Row(words("class_" + each), amount, key))
        table = Table(_differences(w, differences, words), w.total(amount))
        title, said = words("class_" + each), [words("means_" + each), words("advice_" + each)]
        w.add("reconciliation", key, title, table, back="reconciliation", said=said)
    due = Table(tuple(rows), Row(words("class_due"), found.theirs))
    w.add("reconciliation", ("reconciled", "due"), words("class_due"), due, back="reconciliation")
    if found.ours == w.data.bill.total:
        w.also(w.made.at("total"), ("reconciled", "ours"))
    else:
        table = Table((Row(t("ours_is"), found.ours),), Row(words("class_ours"), found.ours))
        w.add("reconciliation", ("reconciled", "ours"), words("class_ours"), table, back="reconciliation")
    apart = [
        Row(words("class_" + each), _unsigned(found.differences, each), ("reconciled", each))
        for each in names
        if each in COMPARED
    ]
    w.add(
        "reconciliation",
        ("reconciled", "disagreement"),
        words("disagree_by"),
        Table(tuple(apart), w.total(found.disagreement)),
        back="reconciliation",
        said=[t("disagreement_is", tolerance=w.f.price(found.tolerance))],
        command=f"imcost reconcile {found.month} …",
    )


def _differences(w: Writing, found: Sequence[Difference], words: Words) -> tuple[Row, ...]:
    rows = [
        Row(
            Markup(" · ").join(name(part, 28) for part in (one.region, one.cache_id, one.instance_id) if part)
            or "–",
            one.amount,
            note=sentence(one.reason, words, w.f),
        )
        for one in found
    ]
    return w.largest(rows, "rest_differences")


def _unsigned(found: Sequence[Difference], class_: str) -> Decimal:
    return exact(abs(one.amount) for one in found if one.class_ == class_)
