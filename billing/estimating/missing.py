"""The TOML that would add the prices that an estimate lacks: a tariff of one's own, ready to be filled in."""

import json
from collections.abc import Iterable

from billing.estimating.options import PricedOption
from billing.estimating.pricing import PRICED
from rules.tariff import Tariff

_PER = {"vCPU-second": "vCPU-second", "GiB-second": "GiB-hour", "GiB-hour": "GiB-month"}
"""The quantity that the provider quotes a price for, where it isn't the base unit."""


def missing_prices_toml(options: Iterable[PricedOption], tariff: Tariff) -> list[str]:
    """The lines of a tariff file with an entry for each rate that is missing; empty where none is.

    The prices are for the user to fill in: PRICE is no number, so that a file that was forgotten is refused.
    """
    charges = {charge.id: charge for charge in PRICED}
    wanted: dict[tuple[str, str], tuple[str, str]] = {}
    for item in (item for option in options for item in option.unrated):
        charge, (said, _, since) = charges[item.charge], item.reason.rpartition(" from ")
        if charge.rate is not None and said.startswith("no rate"):
            per = _PER.get(charge.unit, charge.unit)
            key = charge.rate, item.region
            wanted[key] = per, min(since[:10], wanted.get(key, (per, since[:10]))[1])
    entries = [
        f"  {{ rate = {_text(rate)}, region = {_text(region)}, price = PRICE, per = {_text(per)}, from = {since},"
        f' source = "SOURCE", read = "{since[:7]}", trust = "own" }},'
        for (rate, region), (per, since) in wanted.items()
    ]
    return (
        [f'tariff = {{ id = "ours", base = {_text(tariff.id)} }}', "rates = [", *entries, "]"]
        if entries
        else []
    )


def _text(text: str) -> str:
    """A text as TOML writes it: JSON's escapes are TOML's, too."""
    return json.dumps(text, ensure_ascii=True)
