"""The SQL made from the declarations says what the declarations say, and survives the way to Spark."""

from decimal import Decimal

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.metering.compile import (
    held_sql,
    quantities_sql,
    sliced_usage_sql,
    template,
    usage_patterns_sql,
)
from billing.metering.slices import Slice, make_slices
from rules.charges import CHARGES, PHASES, VALUE_NAMES, Charge
from rules.period import Month
from rules.tariff import load
from rules.units import to_micro

DUCKDB = duckdb.connect()
OCTOBER = Month("2026-10")
SIZES = st.decimals(0, 32768, places=6)
SLICES = tuple(
    Slice(index, begin_s, begin_s + 3600, dict.fromkeys(VALUE_NAMES, Decimal(2)))
    for index, begin_s in enumerate((1_700_000_000, 1_700_003_600, 1_700_007_200))
)
DAYS = make_slices(
    load("alibaba-cn"), OCTOBER.from_s, OCTOBER.until_s, [day.from_s for day in OCTOBER.days()]
)


@pytest.mark.parametrize("charge", CHARGES, ids=lambda charge: charge.id)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_sql_and_declaration_hold_the_same(charge: Charge, data: st.DataObject) -> None:
    columns = {
        name: data.draw(
            st.integers(1, 9).map(Decimal)
            if name.endswith("_copies")
            else st.none() | SIZES
            if "cache." not in name
            else SIZES
        )
        for name in charge.held.columns()
    }
    values = {name: data.draw(st.none() | SIZES) for name in charge.held.values()}
    expected = charge.held.evaluate(
        columns, {name: value for name, value in values.items() if value is not None}
    )

    def stored(name: str, number: Decimal | None) -> str:
        plain_name = name.removeprefix("cache.")
        if plain_name.endswith("_copies"):
            return f"{number}::bigint as {plain_name}"
        scaled = "null" if number is None else to_micro(number)
        return f"{scaled}::bigint as {plain_name.removesuffix('_gib')}_micro"

    def row(numbers: dict[str, Decimal | None], alias: str) -> str:
        fields = ", ".join(stored(name, number) for name, number in numbers.items()) or "1 as one"
        return f"(select {fields}) as {alias}"

    on_instance = {name: number for name, number in columns.items() if name == "extra_ephemeral_gib"}
    on_cache = {name: number for name, number in columns.items() if name not in on_instance}
    sql = f"select {held_sql(charge)} from {row(on_cache, 'c')}, {row(on_instance, 'i')}, {row(values, 's')}"
    found = DUCKDB.execute(sql).fetchone()
    assert found == (None if expected is None else to_micro(expected),)


@pytest.mark.parametrize(
    "sql",
    [
        usage_patterns_sql(SLICES, with_tags=True, selected=True),
        usage_patterns_sql(DAYS, with_tags=False, selected=False),
        sliced_usage_sql(DAYS, selected=True),
        template("usage").format(from_s=SLICES[0].from_s, tag="p.tags"),
        template("current_caches").format(
            creation_method="p.creation_method", tag="p.tags ->> 'team'", selected=""
        ),
        template("used_caches").format(as_of_s=1, asked_for=template("caches_without_end")),
        template("instance_counts").format(tag="p.tags"),
        template("overlapping_caches").format(from_s=0, until_s=1),
        template("subjects"),
        quantities_sql(PHASES),
    ],
    ids=[
        "usage_patterns",
        "usage_patterns by day",
        "sliced_usage",
        "usage",
        "current_caches",
        "used_caches",
        "instance_counts",
        "overlapping_caches",
        "subjects",
        "quantities",
    ],
)
def test_metering_survives_the_way_to_spark(sql: str) -> None:
    spark = sqlglot.transpile(sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)[
        0
    ]
    back = sqlglot.parse_one(spark, read="spark")
    kinds = {kind.this for kind in back.find_all(sqlglot.exp.DataType)}
    floats = {sqlglot.exp.DataType.Type.DOUBLE, sqlglot.exp.DataType.Type.FLOAT}
    assert not kinds & floats, "an integer became a binary float on the way"
    assert not list(back.find_all(sqlglot.exp.Div)), "a whole division became a fraction on the way"
