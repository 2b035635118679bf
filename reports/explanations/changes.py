"""Why a month changed, and what the months before were: differences of two bills, and statements that were closed."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from billing.bill import Line, exact_difference, exact_sum
from billing.comparing import CacheChange, ChargeChange, ChargeUsage, Comparison
from billing.trend import MonthCost
from reports.explained import StatedMonth
from reports.explanations.article import Key, Row, Table, Writing
from reports.explanations.groups import cache_name
from reports.i18n import name
from reports.sections.change import CACHES_SHOWN
from rules.charges import charge
from rules.money import round_fraction

_HOUR_S = 3600
STATEMENTS_NAMED = 3


def write_changes(w: Writing) -> None:
    """The articles of the changes, of the caches that moved, and of the trend's months."""
    data = w.data
    if data.previous is not None:
        _change(w, ("change",), data.previous, back="change")
        used = data.previous.usage()
        for row in data.previous.charges:
            _of_charge(w, row, data.previous, used[row.charge])
        _moved(w, data.previous)
    if data.year_ago is not None:
        _change(w, ("year-ago",), data.year_ago, back="summary")
    for cost in data.trend:
        if cost.total is not None:
            _month(w, cost)


def _change(w: Writing, key: Key, found: Comparison, *, back: str) -> None:
    """A whole change: by charge, and by price, quantity and mix."""
    t, before = w.t, w.f.month(found.before.month.from_s)
    led = key == ("change",)
    rows = tuple(
        Row(w.f.charge(row.charge), row.change, ("change", row.charge) if led else None)
        for row in found.charges
    )
    parts = tuple(Row(t("part_" + part), getattr(found, part)) for part in ("price", "quantity", "mix"))
    now = Row(w.f.month(found.now.month.from_s), found.now.total, ("total",))
    then = Row(t("less_before", month=before), -found.before.total, ("month", found.before.month.label))
    total = w.total(found.change, "change")
    w.add(
        "changes",
        key,
        t("change_against", month=before),
        Table((now, then), total),
        Table(rows, total),
        Table(parts, total),
        back=back,
        said=[t("change_span", until=w.f.instant(found.before.as_of))] if w.data.running else (),
        command=f"imcost explain --diff {found.before.month.label} {w.month}",
    )


def _of_charge(
    w: Writing, row: ChargeChange, found: Comparison, used: tuple[ChargeUsage, ChargeUsage]
) -> None:
    """One charge's change, with the numbers that its parts follow from."""
    t, month = w.t, w.f.month(found.before.month.from_s)
    total = w.total(row.change, "change")
    sides = (
        Row(w.f.month(found.now.month.from_s), row.now, ("charge", row.charge) if row.now else None),
        Row(t("less_before", month=month), -row.before),
    )
    parts = (
        Row(t("part_price"), row.price, note=t("price_is") if row.price else ""),
        Row(t("part_quantity"), row.quantity, note=_quantity_note(w, row.charge, *used)),
        Row(t("part_mix"), row.mix, note=t("mix_is") if row.mix else ""),
    )
    w.add(
        "changes",
        ("change", row.charge),
        w.f.charge(row.charge),
        Table(sides, total),
        Table(parts, total),
        about=t("change_against", month=month),
        back="change",
    )


def _quantity_note(w: Writing, id: str, before: ChargeUsage, now: ChargeUsage) -> Markup | str:
    """The two quantities, and the average price before, in the unit that people read."""
    unit, per = charge(id).unit, Fraction(1)
    if unit.endswith("-second"):
        unit, per = unit.removesuffix("second") + "hour", Fraction(_HOUR_S)
    quantities = [_rounded(w, used.quantity / per) for used in (now, before)]
    if not before.quantity:
        return w.t("quantity_new", now=quantities[0], unit=w.t("unit_" + unit))
    average = round_fraction(before.cost / before.quantity * per)
    return w.t(
        "quantity_is",
        now=quantities[0],
        before=quantities[1],
        unit=w.t("unit_" + unit),
        price=w.f.price(average),
    )


def _rounded(w: Writing, value: Fraction) -> str:
    return w.f.price(round_fraction(value), least=0)


def _moved(w: Writing, found: Comparison) -> None:
    """The caches that came, went, and cost more or less; and each of those that moved most."""
    movements = found.movements
    shown = found.caches[:CACHES_SHOWN]
    for kind in ("came", "went", "more", "less"):
        rows = [
            Row(cache_name(w, one.cache), one.change, _cache_key(one, shown)) for one in found.of_kind(kind)
        ]
        table = Table(w.largest(rows, "rest_caches"), w.total(movements[kind].amount))
        w.add("changes", ("moved", kind), w.t("moved_" + kind), table, back="change")
    of_cache: dict[tuple[str, str, str], tuple[list[Line], list[Line]]] = {
        one.cache: ([], []) for one in shown
    }
    for side, bill in enumerate((found.before, found.now)):
        for line in bill.lines:
            sides = of_cache.get((line.account_id, line.region, line.cache_id))
            if sides is not None:
                sides[side].append(line)
    for one in shown:
        w.add(
            "changes",
            ("moved-cache", *one.cache),
            cache_name(w, one.cache),
            Table(tuple(_by_charge(w, *of_cache[one.cache])), w.total(one.change, "change")),
            about=name(one.cache[2], 28),
            back="change",
        )


def _cache_key(one: CacheChange, shown: tuple[CacheChange, ...]) -> Key:
    return ("moved-cache", *one.cache) if one in shown else ("cache", *one.cache)


def _by_charge(w: Writing, before: list[Line], now: list[Line]) -> Iterator[Row]:
    """What each charge of a cache was and is."""
    amounts: dict[str, tuple[list[Decimal], list[Decimal]]] = {}
    for side, lines in enumerate((before, now)):
        for line in lines:
            if not line.free:
                amounts.setdefault(line.charge, ([], []))[side].append(line.amount)
    for id, sides in amounts.items():
        old, new = (exact_sum(side) for side in sides)
        if not old and not new:
            continue
        note = w.t("from_to", before=w.f.price(old), now=w.f.price(new))
        yield Row(w.f.charge(id), exact_difference(new, old), note=note)


def _month(w: Writing, cost: MonthCost) -> None:
    """A month of the trend: its phases, and the statements that it was closed as."""
    assert cost.total is not None
    t, label = w.t, cost.month.label
    rows = (Row(t("creation"), cost.creation or Decimal(0)), Row(t("usage"), cost.usage or Decimal(0)))
    found = w.data.explanations
    stated = None if found is None else found.months.get(label)
    w.add(
        "months",
        ("month", label),
        w.f.month(cost.month.from_s),
        Table(rows, Row(t("total"), cost.total, ("total",) if label == w.month else None)),
        back="trend",
        said=_said(w, stated),
        command=f"imcost explain {label} --depth 2",
    )


def _said(w: Writing, stated: StatedMonth | None) -> list[Markup]:
    """What a month's numbers are: those of its bill, and whether statements were closed of it; a tag's value has none."""
    if w.data.tag is not None:
        return [w.t("month_share")]
    return [w.t("month_is_open")] if stated is None else _stated(w, stated)


def _stated(w: Writing, found: StatedMonth) -> list[Markup]:
    """The statements of a closed month with their digests."""
    said = [
        w.t.count(
            "month_is_closed",
            len(found.statements),
            count=w.f.number(len(found.statements)),
            payable=w.f.price(found.payable),
        )
    ]
    for id, sha256 in found.statements[:STATEMENTS_NAMED]:
        said.append(Markup('<code class="wrap">{} · SHA-256 {}</code>').format(name(id, 60), sha256))
    return said
