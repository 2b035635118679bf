"""What replays save, what caches cost, what their lives and budgets come to: numbers that other commands show as well."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from billing.bill import Line, exact_difference, exact_sum
from billing.budgets import BudgetState
from billing.lives import CacheLife
from billing.recommending import Recommendation
from reports.caches import LIVES_SHOWN
from reports.explained import dearest
from reports.explanations.article import Key, Row, Table, Writing
from reports.explanations.groups import line_rows
from reports.i18n import Words, name
from reports.sections.findings import what_costs, what_saves
from rules.charges import CHARGES
from rules.money import round_amount, round_fraction
from rules.period import HOUR_S


def write_choices(w: Writing) -> None:
    """The articles of recommendations, findings, lives, free creations and budgets."""
    _recommendations(w)
    _findings(w)
    _lives(w)
    _free(w)
    for number, state in enumerate(w.data.budgets):
        _budget(w, number, state)


def _words(w: Writing, section: str) -> Words:
    """The messages of another section."""
    from reports.sections import FOLDER

    return Words(w.f.language, FOLDER / section)


def _recommendations(w: Writing) -> None:
    found, t = w.data.recommendations, _words(w, "recommendations")
    for one in (*found.each, *((found.together,) if found.together else ())):
        key = ("recommendation", one.kind)
        title = (
            w.t("together")
            if one.kind == "together"
            else t("do_" + one.kind, days=dict(one.settings).get("retention_days", ""))
        )
        _replayed(w, key, title, one, one.command(w.month, None), back="recommendations")


def _replayed(
    w: Writing, key: Key, title: Markup | str, one: Recommendation, command: str, *, back: str
) -> None:
    """A replay: the month as it was, the month as replayed, and what the additional pulls cost."""
    t, was = w.t, w.data.bill.total
    pulls = one.pull_amount or Decimal(0)
    rows = (
        Row(t("as_it_was"), was, ("total",)),
        Row(t("as_replayed"), -exact_difference(was, one.saving)),
    )
    note = t.count("misses", one.misses, count=w.f.number(one.misses))
    then = (Row(t("less_pulls"), -pulls, note=note),)
    table = Table(rows, w.total(one.saving, "saved"), then, w.total(one.net, "saved_net"))
    said = t("pulls_unpriced") if one.pull_amount is None and one.misses else ""
    shown = Markup("{}{}").format(command, _account_option(w))
    w.add("choices", key, title, table, back=back, said=[t("replay_is"), said], command=shown)


def _account_option(w: Writing) -> Markup:
    account = w.data.account
    return Markup("") if account is None else Markup(" --account {}").format(name(account, 40))


def _findings(w: Writing) -> None:
    t, caches = _words(w, "findings"), w.data.caches
    for number, saving in enumerate(caches.savings):
        _replayed(
            w,
            ("saving", number),
            what_saves(saving, t, w.f),
            saving.replayed,
            saving.command(w.month),
            back="findings",
        )
    for cost in caches.costs:
        rows = [
            Row(_life_name(life), amount, ("cache", *life.name))
            for life, amount in zip(cost.caches, cost.amounts, strict=True)
        ]
        table = Table(w.largest(rows, "rest_caches"), w.total(cost.amount))
        command = Markup("imcost findings {} --kind {}{}").format(w.month, cost.kind, _account_option(w))
        key, said = ("cost", cost.kind), [t("means_" + cost.kind)]
        w.add("choices", key, what_costs(cost, t, w.f), table, back="findings", said=said, command=command)


def _life_name(life: CacheLife) -> Markup:
    return name(life.cache_name or life.cache_id, 28)


def _lives(w: Writing) -> None:
    """Each life that is drawn, the others, and all of them."""
    t, lives = w.t, w.data.caches.lives
    if not lives:
        return
    for life in lives[:LIVES_SHOWN]:
        rows = (Row(t("creation"), life.creation), Row(t("usage"), life.usage))
        total = Row(t("total"), life.amount, ("cache", *life.name))
        said = _life_said(w, (life,))
        if life.use.starts and life.use.pull_s is not None:
            hours = w.f.fixed(round_amount(life.use.pull_s, HOUR_S), 1)
            each_s = w.f.number(life.use.pull_s // life.use.starts)
            said.append(t("pull_is", starts=w.f.number(life.use.starts), seconds=each_s, hours=hours))
        if life.use.pull_amount is not None:
            said.append(t("pull_value_is", amount=w.f.price(life.use.pull_amount)))
        w.add(
            "lives", ("life", *life.name), _life_name(life), Table(rows, total), back="cache-lives", said=said,
            about=name(life.cache_id, 28),
        )  # fmt: skip
    others = lives[LIVES_SHOWN:]
    if others:
        title = t.count("rest_caches", len(others), count=w.f.number(len(others)))
        _all_lives(w, ("lives", "rest"), title, others)
    _all_lives(w, ("lives", "total"), t("all_lives"), lives)


def _all_lives(w: Writing, key: Key, title: Markup | str, lives: Sequence[CacheLife]) -> None:
    """The sums over many lives: what they cost, and what the pulling that they saved is worth."""
    t = w.t
    rows = [Row(_life_name(life), life.amount, _life_key(w, life)) for life in lives]
    tables = [Table(w.largest(rows, "rest_caches"), w.total(exact_sum(life.amount for life in lives)))]
    values = [
        Row(_life_name(life), life.use.pull_amount, _life_key(w, life))
        for life in lives
        if life.use.pull_amount is not None
    ]
    if values:
        total = Row(t("pull_value"), exact_sum(row.amount for row in values))
        tables.append(Table(w.largest(values, "rest_caches"), total))
    w.add("lives", key, title, *tables, back="cache-lives", said=_life_said(w, lives))


def _life_key(w: Writing, life: CacheLife) -> Key:
    key = ("life", *life.name)
    return key if w.made.at(*key) else ("cache", *life.name)


def _life_said(w: Writing, lives: Sequence[CacheLife]) -> list[Markup | str]:
    """What a start cost."""
    starts, amount = sum(life.use.starts for life in lives), exact_sum(life.amount for life in lives)
    if not starts:
        return []
    each = round_fraction(Fraction(amount) / starts)
    return [w.t("per_start_is", amount=w.f.price(amount), starts=w.f.number(starts), each=w.f.price(each))]


def _free(w: Writing) -> None:
    free = w.data.free_creations
    of_charge: dict[str, list[Line]] = {}
    for line in free.lines:
        of_charge.setdefault(line.charge, []).append(line)
    if not of_charge:
        return
    rows = []
    for declared in CHARGES:
        lines = of_charge.get(declared.id, [])
        if lines:
            amount = exact_sum(line.amount for line in lines)
            rows.append(Row(w.f.charge(declared.id), amount, ("free", declared.id)))
            table = Table(w.largest(_unbilled(w, lines), "other_lines"), w.total(amount))
            w.add("free", ("free", declared.id), w.f.charge(declared.id), table, back="free-creations")
    said = [w.t("free_is")]
    w.add(
        "free",
        ("free",),
        w.t("free_title"),
        Table(tuple(rows), w.total(free.total)),
        back="free-creations",
        said=said,
    )


def _unbilled(w: Writing, lines: Sequence[Line]) -> list[Row]:
    """Lines that no bill has, each with its quantity and price."""
    rows = line_rows(w, dearest(lines))
    return [
        row._replace(
            leads=None,
            note=w.t(
                "quantity_at",
                quantity=w.f.price(line.quantity, least=0),
                unit=w.t("unit_" + line.unit),
                price=w.f.price(line.rate, least=0),
            ),
        )
        for row, line in zip(rows, dearest(lines), strict=True)
    ]


def _budget(w: Writing, number: int, state: BudgetState) -> None:
    """What is left of a budget; while the month is running, what the forecast adds up, too."""
    t, f = w.t, w.f
    whole = state.actual == w.data.bill.total
    rows = (
        Row(t("budget_is"), state.budget.monthly),
        Row(t("less_spent"), -state.actual, ("total",) if whole else None),
    )
    tables = [Table(rows, w.total(state.remaining, "left"))]
    said: list[Markup | str] = [t("budget_set")]
    if w.data.running:
        parts = [Row(t("spent"), state.actual), Row(t("runs_on"), state.running)]
        if state.usual is not None:
            parts.append(Row(t("usual_rest"), state.usual))
        tables.append(Table(tuple(parts), w.total(state.forecast, "expected")))
        if state.remaining_per_day is not None:
            said.append(
                t(
                    "per_day_is",
                    amount=f.price(state.remaining_per_day),
                    left=f.price(max(Decimal(0), state.remaining)),
                )
            )
    about = " · ".join(
        part for part in (state.budget.account, state.budget.region, state.budget.cache) if part
    )
    w.add(
        "budgets", ("budget", number), name(state.budget.name, 44), *tables, back="budgets", said=said,
        about=name(about, 60) if about else "", command="imcost alerts list",
    )  # fmt: skip
