"""The nine declarations: complete, consistent, and as the interface names them."""

from decimal import Decimal
from itertools import product

import pytest

from rules.charges import CHARGES, PHASES, RATE_UNITS, VALUE_NAMES, Charge, charge
from rules.charges.expression import Column, Constant, Excess, Expression, Known, Times, Value
from rules.errors import RulesError
from rules.source import TRUST
from rules.units import UNITS

CACHE_COLUMNS = {
    "size_gib", "snapshot_gib", "snapshot_copies", "flash_copies", "created_at", "build_end_at", "ready_at",
    "snapshot_begin_at", "until_at", "local_snapshot_end_at",
}  # fmt: skip
INSTANCE_COLUMNS = {"extra_ephemeral_gib", "started_at", "until_at"}


def test_the_charges_are_the_nine_of_the_interface_in_its_order() -> None:
    assert [declared.id for declared in CHARGES] == [
        "creation.instance_vcpu",
        "creation.instance_memory",
        "creation.disk",
        "creation.snapshot",
        "creation.local_snapshot",
        "creation.local_snapshot_enabling",
        "creation.automatic",
        "usage.cache_disk",
        "usage.ephemeral_storage",
    ]


@pytest.mark.parametrize("declared", CHARGES, ids=lambda declared: declared.id)
def test_a_declaration_is_complete_and_consistent(declared: Charge) -> None:
    assert declared.id.startswith(f"{declared.phase}.")
    assert declared.phase in PHASES
    assert set(declared.title) == {"en", "zh"}
    assert all(declared.title.values())
    own = (
        CACHE_COLUMNS
        if declared.record == "cache"
        else INSTANCE_COLUMNS | {f"cache.{n}" for n in CACHE_COLUMNS}
    )
    assert declared.held.columns() | {declared.begin, declared.end} | set(declared.estimated_when) <= own
    assert declared.unit in UNITS
    assert (declared.time == "event") == (declared.begin == declared.end)
    assert (declared.time == "started_hour") == declared.unit.endswith("-hour")
    assert (declared.time == "second") == declared.unit.endswith("-second")
    assert (
        declared.free
        == (declared.rate is None)
        == (declared.creation_method == "automatic" and declared.record == "cache")
    )
    assert declared.source.page
    assert declared.source.read
    assert declared.source.trust in TRUST
    assert charge(declared.id) is declared


def test_rates_and_values_are_those_that_the_charges_need() -> None:
    assert RATE_UNITS == {
        "eci.vcpu": "vCPU-second",
        "eci.memory": "GiB-second",
        "ebs.essd_pl1": "GiB-second",
        "ebs.snapshot": "GiB-hour",
        "ebs.instant_access": "GiB-second",
        "ebs.instant_access.enabling": "enabling",
        "eci.ephemeral_storage": "GiB-second",
    }
    assert VALUE_NAMES == (
        "included_ephemeral_gib",
        "temporary_instance_memory_gib",
        "temporary_instance_vcpu",
    )
    units = {(declared.rate, declared.unit) for declared in CHARGES if declared.rate}
    assert len(units) == len(RATE_UNITS), "a rate is multiplied with one unit only"


def test_an_unknown_charge_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(RulesError) as refused:
        charge("usage.cache_disks")
    assert str(refused.value) == "there is no charge 'usage.cache_disks': did you mean 'usage.cache_disk'?"


A, B = Column("a"), Value("b")


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (Constant(3), lambda a, b: 3),
        (A, lambda a, b: a),
        (B, lambda a, b: b),
        (Known(A, otherwise=B), lambda a, b: b if a is None else a),
        (Excess(A, over=B), lambda a, b: None if a is None or b is None else max(0, a - b)),
        (Times(A, B), lambda a, b: None if a is None or b is None else a * b),
        (
            Known(A, otherwise=Excess(Constant(9), over=B)),
            lambda a, b: a if a is not None else None if b is None else max(0, 9 - b),
        ),
    ],
    ids=lambda value: "meant" if callable(value) else str(value),
)
def test_an_expression_is_unknown_where_what_it_needs_is(held: Expression, expected: object) -> None:
    assert callable(expected)
    for a, b in product([None, Decimal(0), Decimal("2.5"), Decimal(20)], repeat=2):
        assert held.evaluate({"a": a}, {} if b is None else {"b": b}) == expected(a, b)


def test_an_expression_says_what_it_depends_on() -> None:
    held = Known(Column("a"), otherwise=Excess(Column("b"), over=Value("c")))
    assert held.columns() == {"a", "b"}
    assert held.values() == {"c"}
    assert str(held) == "(a, where not known max(0, b − c))"


def test_a_column_that_the_record_does_not_have_is_an_error_not_an_unknown() -> None:
    with pytest.raises(KeyError):
        Column("size").evaluate({"size_gib": Decimal(1)}, {})
