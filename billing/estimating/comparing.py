"""The difference against an earlier estimate, resource by resource."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from billing.bill import exact_sum
from billing.errors import UsageError
from billing.estimating.plan_estimate import PlanEstimate
from billing.estimating.reading import MIB, listed, mapping, read_bytes, read_json, text
from billing.estimating.values import read_amount
from rules.money import plain

MOST_BYTES = 64 * MIB


class Row(NamedTuple):
    """One resource's month in the earlier estimate and in this one; None where it isn't in it."""

    address: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """After minus before, where what is not there costs nothing."""
        return exact_sum((self.after or Decimal(0), (self.before or Decimal(0)).copy_negate()))

    def to_json(self) -> dict[str, Any]:
        """The row, decimals as text."""
        return {
            "address": self.address,
            "before": None if self.before is None else plain(self.before),
            "after": None if self.after is None else plain(self.after),
            "difference": plain(self.difference),
        }


class Comparison(NamedTuple):
    """An earlier estimate beside this one: rows in this one's order, then what is gone."""

    tariff_changed: bool
    rows: tuple[Row, ...]

    @property
    def before(self) -> Decimal:
        """The earlier month."""
        return exact_sum(row.before or Decimal(0) for row in self.rows)

    @property
    def after(self) -> Decimal:
        """This estimate's month."""
        return exact_sum(row.after or Decimal(0) for row in self.rows)

    @property
    def difference(self) -> Decimal:
        """After minus before."""
        return exact_sum(row.difference for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """The comparison, decimals as text."""
        return {
            "before": plain(self.before),
            "after": plain(self.after),
            "difference": plain(self.difference),
            "tariff_changed": self.tariff_changed,
            "resources": [row.to_json() for row in self.rows],
        }


def compare_to(path: Path, estimate: PlanEstimate) -> Comparison:
    """The comparison with the JSON of an earlier estimate in the same currency."""
    document = mapping(read_json(read_bytes(path, MOST_BYTES), str(path)))
    if "resources" not in document or "currency" not in document:
        raise UsageError(
            "the file is no estimate", place=str(path), hint="write one with imcost estimate --json"
        )
    currency = text(document["currency"])
    if currency != estimate.tariff.currency:
        raise UsageError(
            f"the earlier estimate is in {currency}, this one in {estimate.tariff.currency}",
            place=str(path),
            hint="use the same tariff",
        )
    earlier = dict(_amount(mapping(each), str(path)) for each in listed(document["resources"]))
    now = {each.resource.address: each.monthly_after for each in estimate.resources if each.after is not None}
    addresses = dict.fromkeys((*now, *earlier))
    return Comparison(
        tariff_changed=mapping(document.get("tariff")).get("digest") != estimate.tariff.digest,
        rows=tuple(Row(address, earlier.get(address), now.get(address)) for address in addresses),
    )


def _amount(resource: Mapping[str, Any], place: str) -> tuple[str, Decimal]:
    address, amount = text(resource.get("address")), text(resource.get("after"))
    if address is None or amount is None:
        raise UsageError(
            "a resource of it has no address or amount",
            place=place,
            hint="write it with imcost estimate --json",
        )
    return address, read_amount(amount, f"{place}, {address}")
