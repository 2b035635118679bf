"""Matching in passes; each takes only what the one before left, from what names itself to what merely adds up.

1. By id and item: the row names an instance, the container group of a build, or a cache. Nothing is surer.
2. Snapshots by region and hour: their rows name a region, and what a cache has of them is an allocation.
3. By disk: a row that names a disk that no record knows is matched with a resource that begins and ends in the same hours and
   costs the same; then with the only one that begins and ends so; then with the only one that begins, or ends, so.
4. By product and day: what names nothing at all is compared as one pool of its product, account and region.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from billing.reconciling.items import Item, family_of
from billing.reconciling.ours import Grain, buckets
from billing.reconciling.regions import region_id
from billing.warehouse import Connection, sql_file, temporary_table, text_literal
from rules.period import DAY_S, HOUR_S, Month

ITEM = ("product", "product_name", "product_detail", "commodity", "item_code", "item_name")
SAID = (
    "focus", "cycle", "owner", "payer", *ITEM, "item_type", "subscription", "charge_class", "instance_id", "split_id", "region",
)  # fmt: skip
"""What rows say of what they are for: those that say the same are one subject."""

GROSS = "coalesce(gross, pretax + coalesce(discount, 0) + coalesce(coupons, 0) + coalesce(round_down, 0))"
"""What a row asks for before anything is taken off."""


def grain_of(connection: Connection) -> Grain:
    """What the bill's rows are for: the coarsest of its files, since a month can't be taken apart into hours."""
    hours, days = connection.execute(
        f"""select bool_and(begin_s is not null and timed and coalesce(end_s, begin_s) - begin_s <= {HOUR_S}),
            bool_and(day is not null or (begin_s is not null and coalesce(end_s, begin_s) - begin_s <= {DAY_S}))
        from bill_rows"""
    ).fetchone() or (False, False)
    return "hour" if hours else "day" if days else "month"


def make_subjects(connection: Connection) -> None:
    """Make `bill_subjects`: what the bill's rows say that they are for, and what those that say the same sum to."""
    sql = sql_file("billing.reconciling", "bill_subjects")
    connection.execute(sql.format(texts=", ".join(SAID), gross=GROSS))


def scope_rows(connection: Connection, month: Month, grain: Grain) -> None:
    """Make `subjects` and `scoped_rows`: what every row is for, pass 1 and 2 done."""
    connection.execute(sql_file("billing.reconciling", "known_ids"))
    connection.execute(
        "create or replace temp table known_accounts as select distinct account_id from cache_keys"
    )
    _make_item_families(connection)
    _make_region_ids(connection)
    accounts = connection.execute("select account_id from known_accounts limit 2").fetchall()
    only = text_literal(accounts[0][0]) if len(accounts) == 1 else "cast(null as varchar)"
    of_row = buckets(grain)
    bucket = of_row.holding("begin_s")
    if grain == "day":
        bucket = f"coalesce(day, {bucket})"
    if grain == "month":
        bucket = "cast(0 as bigint)"
    sql = sql_file("billing.reconciling", "subjects")
    connection.execute(sql.format(month=month.label.replace("-", ""), only_account=only))
    connection.execute(sql_file("billing.reconciling", "placed"))
    differing = _differing(connection)
    connection.execute(
        sql_file("billing.reconciling", "scoped_rows").format(
            bucket=bucket,
            gross=GROSS,
            texts=", ".join(SAID),
            same=" and ".join(f"r.{name} = s.{name}" for name in differing),
        )
    )


def _differing(connection: Connection) -> list[str]:
    """The columns in which subjects differ at all: a bill leaves most of them alike, and comparing texts is dear."""
    alike = ", ".join(f"min({name}) is not distinct from max({name})" for name in SAID)
    found = connection.execute(f"select {alike} from bill_subjects").fetchone() or ()
    return [name for name, same in zip(SAID, found, strict=True) if not same] or [SAID[0]]


def _make_item_families(connection: Connection) -> None:
    """Which family each distinct item of the bill is of."""
    columns = ", ".join(ITEM)
    found = connection.execute(f"select distinct {columns} from bill_subjects").fetchall()
    typed = ", ".join(f"{name} varchar" for name in (*ITEM, "family"))
    connection.execute(f"create or replace temp table item_families ({typed})")
    rows = [[*row, family_of(Item(*row))] for row in found]
    _insert(connection, "item_families", rows)


def _make_region_ids(connection: Connection) -> None:
    """The region id for each distinct region name; snapshot rows name theirs as the instance."""
    connection.execute(
        "create or replace temp table region_ids (region varchar, instance_id varchar, region_id varchar)"
    )
    named = connection.execute("select distinct region, '' from bill_subjects").fetchall()
    families = "(select * from item_families where family in ('snapshot', 'local_snapshot', 'enabling'))"
    using = ", ".join(ITEM)
    named += connection.execute(
        f"select distinct region, instance_id from bill_subjects semi join {families} as f using ({using})"
        " where instance_id <> ''"
    ).fetchall()
    _insert(
        connection,
        "region_ids",
        [[region, id, region_id(id.split(";")[0] or region)] for region, id in named],
    )


def _insert(connection: Connection, table: str, rows: Sequence[Sequence[object]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into {table} values ({marks})", [list(row) for row in rows])


def check_zones(connection: Connection, grain: Grain) -> dict[int, int]:
    """The hours by which each file's times are off, where rows meet our usage only when they are shifted; applied at once.

    A bill is in the billing zone; exports made in UTC come eight hours early. Nothing is taken on trust: a shift counts where it
    halves the rows that meet nothing.
    """
    if grain != "hour":
        return {}
    found = connection.execute(sql_file("billing.reconciling", "zones")).fetchall()
    by_file: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for file, shift, rows, hits in found:
        by_file[file][shift] = (rows, hits)
    shifts = {}
    for file, counts in by_file.items():
        misses = {shift: rows - hits for shift, (rows, hits) in counts.items()}
        best = min(misses, key=lambda shift: (misses[shift], abs(shift)))
        rows = counts[best][0]
        if best and misses[best] * 2 <= misses[0] and misses[best] * 2 <= rows:
            shifts[file] = best
            connection.execute(f"update scoped_rows set bucket = bucket + {best} where place >> 40 = {file}")
    return shifts


class Unmatched(NamedTuple):
    """A resource that one side has and the other doesn't, by when it begins and ends and what it costs."""

    family: str
    account_id: str
    region: str
    resource: str
    position: int
    first: int
    last: int
    amount: Decimal
    rows: int


Key = Callable[[Unmatched], Hashable]


def match_unnamed(connection: Connection, ulp: Decimal) -> None:
    """Passes 3 and 4: give rows that name nothing known the resource that they are for, in `subjects` and `ours`."""
    sql = sql_file("billing.reconciling", "unmatched")
    sides = [
        Unmatched._make(row) for row in connection.execute(sql.format(side="theirs", **_THEIRS)).fetchall()
    ]
    theirs = [each for each in sides if each.resource]
    if theirs:
        mine = [
            Unmatched._make(row) for row in connection.execute(sql.format(side="ours", **_OURS)).fetchall()
        ]
        pairs = dict(_by_disk(theirs, mine, ulp))
        _rename(connection, pairs)
    connection.execute(
        "update subjects set verdict = 'own_compute'"
        " where verdict = 'compare' and not resolved and family in ('vcpu', 'memory') and resource <> ''"
    )
    if len(theirs) < len(sides):
        connection.execute(sql_file("billing.reconciling", "pool"))


_THEIRS = {
    "relation": "(select s.position, r.bucket, r.gross as amount from scoped_rows as r"
    " inner join subjects as s on r.subject = s.subject where s.verdict = 'compare' and not s.resolved)",
    "other": "(select 0 where false)",
}
_OURS = {
    "relation": "ours",
    "other": "(select position from subjects where verdict = 'compare' and resolved)",
}


def _by_disk(
    theirs: Sequence[Unmatched], mine: Sequence[Unmatched], ulp: Decimal
) -> Iterable[tuple[Unmatched, Unmatched]]:
    """Pass 3: the pairs, each resource once."""

    def place(each: Unmatched) -> tuple[str, str, str]:
        return each.family, each.account_id, each.region

    exact: Key = lambda each: (*place(each), each.first, each.last)  # noqa: E731
    begin: Key = lambda each: (*place(each), each.first)  # noqa: E731
    end: Key = lambda each: (*place(each), each.last)  # noqa: E731
    left, right = list(theirs), list(mine)
    for key, only_one in ((exact, False), (exact, True), (begin, True), (end, True)):
        found = list(_pairs(left, right, key, ulp, only_one=only_one))
        yield from found
        taken, given = {pair[0] for pair in found}, {pair[1] for pair in found}
        left = [each for each in left if each not in taken]
        right = [each for each in right if each not in given]


def _pairs(
    theirs: Sequence[Unmatched], mine: Sequence[Unmatched], key: Key, ulp: Decimal, *, only_one: bool
) -> Iterable[tuple[Unmatched, Unmatched]]:
    """Pairs with the same key: of one cost, or (`only_one`) the only ones that have it."""
    by_key: dict[Hashable, list[Unmatched]] = defaultdict(list)
    for each in mine:
        by_key[key(each)].append(each)
    groups: dict[Hashable, list[Unmatched]] = defaultdict(list)
    for each in theirs:
        groups[key(each)].append(each)
    for at, group in groups.items():
        others = by_key.get(at, [])
        if only_one:
            if len(group) == 1 and len(others) == 1:
                yield group[0], others[0]
            continue
        group.sort(key=lambda each: (each.amount, each.resource))
        others.sort(key=lambda each: (each.amount, each.resource))
        index = 0
        for each in group:
            bound = (each.rows + 1) * max(ulp, Decimal("0.000001"))
            while index < len(others) and others[index].amount < each.amount - bound:
                index += 1
            if index < len(others) and abs(others[index].amount - each.amount) <= bound:
                yield each, others[index]
                index += 1


def _rename(connection: Connection, pairs: dict[Unmatched, Unmatched]) -> None:
    if not pairs:
        return
    pairs_by_position = [(theirs.position, mine.position) for theirs, mine in pairs.items()]
    temporary_table(connection, "renamed", {"position": "integer", "ours": "integer"}, pairs_by_position)
    connection.execute(
        "update subjects as s set position = n.ours, resource = p.resource, resolved = true"
        " from renamed as n inner join positions as p on n.ours = p.position"
        " where s.position = n.position and not s.resolved"
    )
