"""Another project's allocations come out alike: whole units by largest remainder, ties by name, exactly the whole."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rules.money import spread, spread_cents

FILE = Path(__file__).parents[3] / "shared" / "data" / "peer-allocation" / "openmeter_allocation.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["cases"] if FILE.exists() else []

pytestmark = pytest.mark.skipif(not CASES, reason=f"{FILE} is not here")


def by_key(case: dict[str, Any]) -> tuple[list[str], list[int], dict[str, Decimal]]:
    """The keys, their weights as whole numbers, and what each should get."""
    weights = [Decimal(each["weight"]) * 1000 for each in case["weights"]]
    expected = {each["key"]: Decimal(each["amount"]) for each in case["expected"]}
    return [each["key"] for each in case["weights"]], [int(weight) for weight in weights], expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_units_are_shared_by_largest_remainder(case: dict[str, Any]) -> None:
    """The currency's smallest unit stands for the smallest unit of an amount."""
    keys, weights, expected = by_key(case)
    unit = Decimal(10) ** (10 - case["decimals"])
    shares = spread(Decimal(case["amount"]) / unit, weights, keys)
    assert {key: share * unit for key, share in zip(keys, shares, strict=True) if share} == expected


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["decimals"] == 2], ids=lambda case: case["id"]
)
def test_cents_of_a_statement_go_back_to_its_lines_alike(case: dict[str, Any]) -> None:
    keys, weights, expected = by_key(case)
    payable = Decimal(case["amount"])
    lines = spread(payable, weights, keys)
    shares = spread_cents(payable, lines, keys)
    assert {key: share for key, share in zip(keys, shares, strict=True) if share} == expected
