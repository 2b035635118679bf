"""Our side of the comparison: what each instance, build and region costs in each hour, day or month, out of the one metering.

The pipeline's metering leaves the caches as they are known in its connection; the declarations of the charges say what is held
from when until when. Hours are rounded one by one here, a line of the bill only once: the remainder is a rounding of its own.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from billing.metering import Slice
from billing.metering.compile import held_sql, stored
from billing.reconciling.items import BY_REGION, FAMILIES
from billing.warehouse import Connection, sql_file
from rules.charges import CHARGES, Charge
from rules.money import AMOUNT_PLACES
from rules.period import DAY_S, HOUR_S
from rules.tariff import Tariff
from rules.units import MICRO

Grain = Literal["hour", "day", "month"]
"""What the bill's rows are for: the finest that all of them say."""


class Buckets(NamedTuple):
    """A grain as SQL over epoch seconds: the bucket of an instant, and from when until when the bucket `b.bucket` is."""

    of: str
    from_s: str
    until_s: str

    def holding(self, instant_s: str) -> str:
        """The bucket that an instant lies in."""
        return self.of.format(instant_s)

    def after(self, instant_s: str) -> str:
        """The first bucket that begins at or after an instant."""
        return f"{self.of.format(f'{instant_s} - 1')} + 1"


BILLING_OFFSET_S = 8 * HOUR_S


def buckets(grain: Grain) -> Buckets:
    """The grain's arithmetic; days are those of the billing zone."""
    if grain == "hour":
        return Buckets(f"(({{}}) // {HOUR_S})", f"b.bucket * {HOUR_S}", f"b.bucket * {HOUR_S} + {HOUR_S}")
    if grain == "day":
        begin = f"b.bucket * {DAY_S} - {BILLING_OFFSET_S}"
        return Buckets(f"((({{}}) + {BILLING_OFFSET_S}) // {DAY_S})", begin, f"{begin} + {DAY_S}")
    return Buckets("(0 * ({}))", "cast(-9000000000000 as bigint)", "cast(9000000000000 as bigint)")


def span_s(first: int, last: int, grain: Grain) -> tuple[int, int]:
    """From when until when the buckets `first` to `last` are, in epoch seconds; of a month, all time."""
    if grain == "month":
        return -(1 << 40), 1 << 40
    length_s, offset_s = (HOUR_S, 0) if grain == "hour" else (DAY_S, BILLING_OFFSET_S)
    return first * length_s - offset_s, (last + 1) * length_s - offset_s


def lay_out_ours(
    connection: Connection, tariff: Tariff, slices: Sequence[Slice], regions: Sequence[str], grain: Grain
) -> None:
    """Make `positions` and `ours` (see their SQL), and `shares`, what each cache holds of what is billed by region."""
    _make_prices(connection, tariff, slices, regions)
    bounds = {"from_s": slices[0].from_s, "until_s": slices[-1].until_s}
    connection.execute(sql_file("billing.reconciling", "known_caches"))
    last_s = slices[-1].until_s
    full_hour_s = -(-last_s // HOUR_S) * HOUR_S
    connection.execute(
        "create or replace temp table cuts as"
        f" select * replace (case when until_s = {last_s} then {full_hour_s} else until_s end as until_s) from slices"
    )
    connection.execute(sql_file("billing.reconciling", "runs").format(**bounds))
    connection.execute(
        "create or replace temp table shares (family varchar, account_id varchar, region varchar, cache_id varchar,"
        " held_micro bigint, begin_s bigint, end_s bigint, per bigint)"
    )
    spans = [
        _spans_sql(connection, index, charge, **bounds)
        for index, charge in enumerate(CHARGES)
        if charge.id in FAMILIES
    ]
    connection.execute("create or replace temp table spans as " + "\nunion all\n".join(spans))
    connection.execute(sql_file("billing.reconciling", "positions"))
    alone, several = (_pieces_sql(grain, which) for which in ("p.spans = 1", "p.spans > 1"))
    connection.execute(sql_file("billing.reconciling", "ours").format(alone=alone, several=several))


def _pieces_sql(grain: Grain, which: str) -> str:
    cut = buckets(grain)
    return sql_file("billing.reconciling", "pieces").format(
        which=which,
        first=cut.holding("s.begin_s"),
        after=cut.after("s.end_s"),
        bucket_from=cut.from_s,
        bucket_until=cut.until_s,
    )


def count_pieces(connection: Connection, grain: Grain) -> int:
    """How many rounded amounts our side was laid out in: one for each bucket and slice of what is held."""
    cut = buckets(grain)
    sql = f"select coalesce(sum({cut.after('end_s')} - {cut.holding('begin_s')}), 0) from spans"
    (count,) = connection.execute(sql).fetchone() or (0,)
    return int(count)


def _make_prices(
    connection: Connection, tariff: Tariff, slices: Sequence[Slice], regions: Sequence[str]
) -> None:
    """The price of a millionth of each charge's unit as a fraction, numbered, for each region and slice that has one.

    Beside it the same in units of the tenth decimal, and the most that may be multiplied with that in 64 bits.
    """
    connection.execute(
        "create or replace temp table prices (charge integer, region varchar, slice integer, price integer,"
        " num hugeint, den hugeint, unit_num bigint, unit_den bigint, most bigint)"
    )
    rows: list[tuple[int | str, ...]] = []
    numbers: dict[Fraction, int] = {}
    for index, charge in enumerate(CHARGES):
        for region in regions if charge.rate is not None and charge.id in FAMILIES else ():
            for cut in slices:
                rate = tariff.rate(charge.rate or "", region, cut.from_s)
                if rate is not None:
                    price = rate.price.per_unit(charge.unit) / MICRO
                    number = numbers.setdefault(price, len(numbers))
                    rows.append((index, region, cut.index, number, *price.as_integer_ratio(), *_units(price)))
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into prices values ({marks})", rows)


def _units(price: Fraction) -> tuple[int, int, int]:
    """A price in units of the tenth decimal as a fraction, and the largest quantity q for which 2 x q x num + den has 63 bits."""
    units = price * 10**AMOUNT_PLACES
    num, den = units.as_integer_ratio()
    return num, den, max(0, ((1 << 63) - 1 - 2 * den) // (2 * num)) if num else 0


def _spans_sql(connection: Connection, index: int, charge: Charge, *, from_s: int, until_s: int) -> str:
    """One charge's spans: what is held in each slice, from when until when."""
    family = FAMILIES[charge.id]
    own = charge.record == "instance"
    begin = "i.begin_s" if own else f"c.{stored(charge.begin)}"
    known_end = "i.end_s" if own else f"c.{stored(charge.end)}"
    end = known_end if own else f"least({known_end}, {until_s})"
    # greatest() and least() skip nulls: what has not begun, or has no known end, is held for no time at all.
    where = [
        f"c.creation_method = '{charge.creation_method}'",
        f"{begin} is not null",
        f"{known_end} is not null",
    ]
    if charge.time == "started_hour":
        begin, end = f"(({begin}) // {HOUR_S} * {HOUR_S})", f"(({end} + {HOUR_S - 1}) // {HOUR_S} * {HOUR_S})"
    if charge.time == "event":
        end = f"{begin} + 1"
    if charge.requires is not None:
        where.append(f"c.{charge.requires}")
    if family in BY_REGION:
        resource = "c.region"
    elif own:
        resource = "i.instance_id"
    else:
        resource = "coalesce(c.container_group_id, c.cache_id)"
    spans = sql_file("billing.reconciling", "spans").format(
        subjects="runs as i inner join known_caches as c on i.cache_key = c.cache_key"
        if own
        else "known_caches as c",
        resource=resource,
        held=held_sql(charge),
        begin=f"greatest({begin}, {from_s})",
        end=end,
        applies=" and ".join(where),
    )
    per = HOUR_S if charge.time == "started_hour" else 1
    if family in BY_REGION:
        connection.execute(
            f"insert into shares select '{family}', s.account_id, s.region, k.cache_id, s.held_micro, s.begin_s, s.end_s, {per}"
            f" from ({spans}) as s inner join (select distinct number, cache_id from known_caches) as k on s.cache = k.number"
        )
        spans = sql_file("billing.reconciling", "together").format(spans=spans)
    return f"select {index} as charge, '{family}' as family, {per} as per, * from ({spans}) as of_charge"
