"""A tariff as one text, and back: what a closed month keeps, so that its prices hold whatever becomes of the tariff's files."""

import json
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from rules.money import plain
from rules.tariff.entries import Dated, DatedValue, Discount, PriceEntry, SettlementEntry
from rules.tariff.regions import Regions
from rules.tariff.tariff import Layer, Tariff
from rules.units import Price

_KINDS: Mapping[str, type[Dated]] = {
    "prices": PriceEntry,
    "discounts": Discount,
    "values": DatedValue,
    "settlements": SettlementEntry,
}


def freeze(tariff: Tariff) -> str:
    """Everything that the tariff says, with its sources, as JSON with sorted keys; decimals and shares are texts."""
    layers = [
        {"tariff": layer.tariff}
        | {kind: [_frozen_entry(entry) for entry in getattr(layer, kind)] for kind in _KINDS}
        for layer in tariff.layers
    ]
    head = {name: getattr(tariff, name) for name in ("id", "title", "currency", "zone")}
    return json.dumps(head | {"layers": layers}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def thaw(content: str) -> Tariff:
    """The tariff that `freeze` made the text of: equal to it, and with the same digest."""
    document = json.loads(content)
    layers = tuple(
        Layer(
            tariff=layer["tariff"],
            groups={},
            **{
                kind: tuple(_thawed_entry(type_, entry) for entry in layer[kind])
                for kind, type_ in _KINDS.items()
            },
        )
        for layer in document.pop("layers")
    )
    return Tariff(layers=layers, **document)


def _frozen_entry(entry: Dated) -> dict[str, Any]:
    return {part.name: _frozen(getattr(entry, part.name)) for part in fields(entry)}


def _frozen(value: object) -> Any:
    match value:
        case Price(amount, per):
            return {"amount": plain(amount), "per": per}
        case Regions(label, match, excluded):
            return {"label": label, "match": match, "excluded": excluded}
        case Decimal():
            return plain(value)
        case Fraction():
            return str(value)
    return value


def _thawed_entry(type_: type[Dated], entry: Mapping[str, Any]) -> Any:
    return type_(**{name: _thawed(name, value) for name, value in entry.items()})


def _thawed(name: str, value: Any) -> Any:
    if value is None:
        return None
    match name:
        case "price":
            return Price(Decimal(value["amount"]), value["per"])
        case "where":
            return Regions(value["label"], tuple(value["match"]), tuple(value["excluded"]))
        case "value":
            return Decimal(value)
        case "off":
            return Fraction(cast(str, value))
    return value
