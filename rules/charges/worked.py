"""The worked examples: what each charge comes to for given usage, computed by hand from the provider's pages.

One TOML file for each charge, and one for the examples that several charges make up. They are written by hand and
never by the program, so that the program can be held to them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rules.charges.declarations import CHARGES
from rules.period import epoch_s

_FOLDER = Path(__file__).parent / "examples"
REGION = "cn-hangzhou"
"""Where every worked example takes place: the only region with published prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One amount, from the record's columns (absent: not known) in [from_s, until_s), under a shipped tariff.

    price, per: None where the charge is free. hand: the calculation. page_says: what the page prints where it slips.
    payable: what is to be paid, by settlement rule, where the page says so.
    """

    charge: str
    title: str
    tariff: str
    columns: Mapping[str, Decimal | int | None]
    from_s: int
    until_s: int
    held: Decimal
    quantity: Decimal
    price: Decimal | None
    per: str | None
    hand: str
    amount: Decimal
    source: str
    page_says: str | None
    payable: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Sum:
    """An example of the provider's that several charges make up; `page_says` is what its page prints."""

    title: str
    page_says: str
    amount: Decimal
    parts: tuple[Example, ...]


def examples() -> tuple[Example, ...]:
    """All worked examples, in the order of the charges."""
    return tuple(
        _example(charge.id, charge.held.columns(), found)
        for charge in CHARGES
        for found in _content(charge.id)["examples"]
    )


def sums() -> tuple[Sum, ...]:
    """The provider's examples that several charges make up."""
    named = {(example.charge, example.title): example for example in examples()}
    return tuple(
        Sum(
            title=found["title"],
            page_says=found["page_says"],
            amount=Decimal(found["amount"]),
            parts=tuple(named[part["charge"], part["example"]] for part in found["parts"]),
        )
        for found in _content("together")["sums"]
    )


def _content(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)


def _example(charge: str, columns: frozenset[str], found: dict[str, Any]) -> Example:
    said = {
        name: value if isinstance(value, int) else Decimal(value) for name, value in found["columns"].items()
    }
    price = found.get("price")
    return Example(
        charge=charge,
        title=found["title"],
        tariff=found["tariff"],
        columns=dict.fromkeys(columns) | said,
        from_s=epoch_s(found["from"]),
        until_s=epoch_s(found["until"]),
        held=Decimal(found["held"]),
        quantity=Decimal(found["quantity"]),
        price=None if price is None else Decimal(price),
        per=found.get("per"),
        hand=found["hand"],
        amount=Decimal(found["amount"]),
        source=found["source"],
        page_says=found.get("page_says"),
        payable={rule: Decimal(amount) for rule, amount in found.get("payable", {}).items()},
    )
