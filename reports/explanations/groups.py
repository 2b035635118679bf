"""What the totals, charges, caches, days, regions, accounts and tag values of a report are the sums of."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup

from billing.bill import Line, exact_sum
from billing.grouping import Group
from reports.breakdown import ROWS_SHOWN
from reports.data import CACHES_NAMED, largest
from reports.explained import dearest
from reports.explanations.article import Key, Row, Table, Writing
from reports.i18n import name
from reports.records import CacheRef
from reports.sections.by_tag import VALUES_SHOWN
from rules.charges import CHARGES, charge
from rules.period import epoch_s

LINES_OF_CHARGE = 10
"""Lines that the explanation of a charge names, the dearest; the others are summed up."""

LINES_NAMED = 3
"""Lines that stand beside a charge's part of a group, the dearest."""


def write_groups(w: Writing) -> None:
    """The articles of the bill's own numbers."""
    _totals(w)
    _charges(w)
    _caches(w)
    _days(w)
    _places(w)
    _tags(w)


def by_charge(
    w: Writing, totals: Mapping[str, Decimal], lines: Collection[Line] = (), *, led: bool = True
) -> tuple[Row, ...]:
    """One row for each charge that costs something, with its dearest lines where they are given, and the sums of the phases."""
    of_charge: dict[str, list[Line]] = {}
    for line in lines:
        of_charge.setdefault(line.charge, []).append(line)
    rows: list[Row] = []
    phases = []
    for phase in ("creation", "usage"):
        ids = [one.id for one in CHARGES if one.phase == phase and totals.get(one.id)]
        found = [
            Row(
                w.f.charge(id),
                totals[id],
                ("charge", id) if led else None,
                _named_lines(w, of_charge.get(id, [])),
            )
            for id in ids
        ]
        if found:
            phases.append((found, Row(w.t(phase), exact_sum(row.amount for row in found), sums=True)))
    for found, together in phases:
        rows += [*found, together] if len(phases) > 1 else found
    return tuple(rows)


def line_rows(w: Writing, lines: Iterable[Line]) -> list[Row]:
    """One row for each line, by its cache."""
    return [
        Row(
            cache_name(w, (line.account_id, line.region, line.cache_id)),
            line.amount,
            ("line", line.line_id),
            line.line_id,
        )
        for line in lines
    ]


def cache_name(w: Writing, place: tuple[str | None, ...]) -> Markup:
    """A cache by its name, or its id where it has none."""
    cache = CacheRef(*(part or "" for part in place))
    return name(w.data.cache_names.get(cache) or cache.cache_id, 28)


def linked(w: Writing, label: Markup | str, key: Key) -> Markup:
    """A name that leads to its explanation, where it has one."""
    anchor = w.made.at(*key)
    if anchor is None:
        return Markup("{}").format(label)
    return Markup('<a href="#{}">{}</a>').format(anchor, label)


def _named_lines(w: Writing, lines: Sequence[Line]) -> Markup:
    """The dearest lines by their caches, each leading to its explanation, and how many more there are."""
    shown = dearest(lines)[:LINES_NAMED]
    names = [
        linked(w, cache_name(w, (line.account_id, line.region, line.cache_id)), ("line", line.line_id))
        for line in shown
    ]
    more = len(lines) - len(shown)
    if more:
        names.append(w.t.count("more_lines", more, count=w.f.number(more)))
    return Markup(", ").join(names)


def _totals(w: Writing) -> None:
    bill, settled, t = w.data.bill, w.data.settled, w.t
    label = "total" if bill.complete else "total_incomplete"
    w.add(
        "totals",
        ("total",),
        t("total_is"),
        Table(by_charge(w, bill.total_by_charge), w.total(bill.total, label)),
        back="by-charge",
        anchor="x-total",
        command=f"imcost explain {w.month}",
    )
    rows = [
        Row(
            t("total_of_lines"), settled.total, ("total",) if settled.total == bill.total else ("statements",)
        )
    ]
    if settled.corrections:
        rows.append(Row(t("corrections"), settled.corrections, ("corrections",)))
    rows.append(Row(t("rounding"), settled.adjustment))
    w.add(
        "totals",
        ("payable",),
        t("payable_is"),
        Table(tuple(rows), w.total(settled.payable, "payable")),
        back="summary",
        said=[t("settled_" + settled.rule) if w.data.tag is None else t("settled_share")],
        command=f"imcost statement {w.month}",
    )
    estimated = [line for line in bill.lines if line.estimated]
    if estimated:
        totals = _summed(estimated)
        w.add(
            "totals",
            ("estimated",),
            t("estimated_is"),
            Table(by_charge(w, totals, estimated), w.total(bill.estimated_total)),
            back="open-points",
        )


def _charges(w: Writing) -> None:
    bill, t, f = w.data.bill, w.t, w.f
    of_charge: dict[str, list[Line]] = {}
    for line in bill.lines:
        of_charge.setdefault(line.charge, []).append(line)
    for id, amount in bill.total_by_charge.items():
        lines, declared = of_charge[id], charge(id)
        estimated = sum(1 for line in lines if line.estimated)
        page = name(declared.source.page, 70)
        if declared.source.page.startswith("https://"):
            page = Markup('<a href="{}" rel="noreferrer">{}</a>').format(declared.source.page, page)
        said = Markup('{} <code>{}</code> {} <small>{}: {}, {}. <a href="#tariff">{}</a></small>').format(
            t.count("sum_of_lines", len(lines), count=f.number(len(lines))),
            declared.formula,
            t.count("lines_estimated", estimated, count=f.number(estimated)) if estimated else "",
            t("source"),
            page,
            declared.source.read,
            t("prices"),
        )
        rows = w.largest(line_rows(w, dearest(lines)), "other_lines", most=LINES_OF_CHARGE)
        total = w.total(amount) if not declared.free else w.total(amount, "free")
        w.add(
            "charges",
            ("charge", id),
            f.charge(id),
            Table(rows, total),
            about=id,
            back="by-charge",
            said=[said],
            anchor=f"x-{id}",
        )


def _caches(w: Writing) -> None:
    """The caches that the report names, line by line, and the others together."""
    groups = largest(w.data.by_cache)
    of_cache = _by_place(w.data.bill.lines)
    for group in groups[:CACHES_NAMED]:
        _cache(w, group, of_cache.get(group.key, []), back="by-cache")
    others = groups[CACHES_NAMED:]
    if others:
        lines = [line for group in others for line in of_cache.get(group.key, [])]
        _rest(w, "caches", ("rest", "cache"), others, "rest_caches", back="by-cache", lines=lines)


def write_further_caches(w: Writing) -> None:
    """The caches that other articles list and the report doesn't name, each leading back to the first of those articles."""
    wanted: dict[Key, str] = {}
    for article in (each for found in w.made.groups.values() for each in found):
        for row in (row for table in article.tables for row in table.all_rows):
            if row.leads is not None and row.leads[0] == "cache" and w.made.at(*row.leads) is None:
                wanted.setdefault(row.leads[1:], article.anchor)
    if not wanted:
        return
    of_cache = _by_place(w.data.bill.lines)
    for group in w.data.by_cache:
        if group.key in wanted:
            _cache(w, group, of_cache.get(group.key, []), back=wanted[group.key])


def _cache(w: Writing, group: Group, lines: Sequence[Line], *, back: str) -> None:
    """One cache, line by line."""
    rows: list[Row] = []
    for phase in ("creation", "usage"):
        found = [
            Row(w.f.charge(line.charge), line.amount, ("line", line.line_id), line.line_id)
            for line in dearest(lines)
            if line.phase == phase and not line.free
        ]
        rows += found
        if found:
            rows.append(Row(w.t(phase), exact_sum(row.amount for row in found), sums=True))
    account, region, cache = (part or "" for part in group.key)
    about = Markup("{} · {} · {}").format(name(cache, 28), name(account, 28), name(region, 24))
    table = Table(tuple(rows), w.total(group.amount))
    w.add("caches", ("cache", *group.key), cache_name(w, group.key), table, about=about, back=back)


def _days(w: Writing) -> None:
    bill, begun_s = w.data.bill, epoch_s(w.data.bill.as_of)
    begun = {day.label for day in bill.month.days() if day.from_s < begun_s}
    if not any(group.amount for group in w.data.by_day):
        return
    for group in w.data.by_day:
        label = str(group.key[0])
        if label in begun:
            table = Table(by_charge(w, group.total_by_charge), w.total(group.amount))
            said = [w.t("day_is")]
            if group.estimated_amount:
                said.append(w.t("of_it_estimated", amount=w.f.price(group.estimated_amount)))
            w.add(
                "days",
                ("day", label),
                w.f.day(label),
                table,
                back="by-day",
                said=said,
            )


def _places(w: Writing) -> None:
    """Regions and accounts, where there are several of them."""
    data = w.data
    of_region: dict[str, list[Line]] = {}
    for line in data.bill.lines:
        of_region.setdefault(line.region, []).append(line)
    if len(data.by_region) > 1:
        groups = largest(data.by_region)
        for group in groups[:ROWS_SHOWN]:
            own = of_region.get(group.key[0] or "", [])
            table = Table(by_charge(w, group.total_by_charge, own), w.total(group.amount))
            w.add("regions", ("region", *group.key), name(group.key[0] or "", 44), table, back="by-region")
        if others := groups[ROWS_SHOWN:]:
            _rest(w, "regions", ("rest", "region"), others, "rest_groups", back="by-region")
    _accounts(w)


def _accounts(w: Writing) -> None:
    data, t = w.data, w.t
    known = {group.key[0] for group in data.by_account}
    groups = [
        *largest(data.by_account),
        *(
            Group(("account_id",), (one.account_id,), Decimal(0), Decimal(0), {})
            for one in data.settled.accounts
            if one.account_id not in known
        ),
    ]
    if len(groups) < 2:
        return
    settled = {one.account_id: one for one in data.settled.accounts}
    of_account: dict[str, list[Line]] = {}
    for line in data.bill.lines:
        of_account.setdefault(line.account_id, []).append(line)
    for group in groups[:ROWS_SHOWN]:
        own = of_account.get(group.key[0] or "", [])
        rows = by_charge(w, group.total_by_charge, own)
        one = settled.get(group.key[0] or "")
        table = Table(rows, w.total(group.amount))
        if one is not None and one.total == group.amount:
            then = [Row(t("corrections"), one.corrections, ("corrections",))] if one.corrections else []
            then.append(Row(t("rounding"), one.settlement.adjustment))
            table = Table(
                rows, w.total(group.amount), tuple(then), w.total(one.settlement.payable, "payable")
            )
        key = ("account", *group.key)
        w.add("accounts", key, name(group.key[0] or "", 44), table, back="by-account")
    if others := groups[ROWS_SHOWN:]:
        payable = exact_sum(
            settled[group.key[0] or ""].settlement.payable for group in others if group.key[0] in settled
        )
        said = [t("rest_payable", amount=w.f.price(payable))]
        _rest(w, "accounts", ("rest", "account"), others, "rest_groups", back="by-account", said=said)


def _tags(w: Writing) -> None:
    for found in w.data.by_tag:
        groups = largest(found.groups)
        for group in groups[:VALUES_SHOWN]:
            value = group.key[0]
            title = w.t("without") if value is None else name(value, 44)
            table = Table(by_charge(w, group.total_by_charge), w.total(group.amount))
            w.add(
                "tags",
                ("tag", found.key, value),
                title,
                table,
                about=name(found.key, 44),
                back="by-tag",
                said=[w.t("tag_is")] if group is groups[0] else (),
            )
        if others := groups[VALUES_SHOWN:]:
            key = ("rest", "tag", found.key)
            _rest(w, "tags", key, others, "rest_groups", back="by-tag", about=name(found.key, 44))


def _rest(
    w: Writing,
    heading: str,
    key: Key,
    groups: Sequence[Group],
    title: str,
    *,
    back: str,
    lines: Collection[Line] = (),
    said: Sequence[Markup] = (),
    about: Markup | str = "",
) -> None:
    """The groups that a table doesn't name, by charge."""
    totals: dict[str, list[Decimal]] = {}
    for group in groups:
        for id, amount in group.total_by_charge.items():
            totals.setdefault(id, []).append(amount)
    amount = exact_sum(group.amount for group in groups)
    table = Table(
        by_charge(w, {id: exact_sum(found) for id, found in totals.items()}, lines), w.total(amount)
    )
    shown = w.t.count(title, len(groups), count=w.f.number(len(groups)))
    w.add(heading, key, shown, table, back=back, said=said, about=about)


def _summed(lines: Iterable[Line]) -> dict[str, Decimal]:
    amounts: dict[str, list[Decimal]] = {}
    for line in lines:
        amounts.setdefault(line.charge, []).append(line.amount)
    return {id: exact_sum(found) for id, found in amounts.items()}


def _by_place(lines: Iterable[Line]) -> dict[tuple[str | None, ...], list[Line]]:
    found: dict[tuple[str | None, ...], list[Line]] = {}
    for line in lines:
        found.setdefault((line.account_id, line.region, line.cache_id), []).append(line)
    return found
