"""A tariff as one text says everything that the tariff says, and comes back as the same tariff."""

from pathlib import Path

import pytest

from rules.tariff import Tariff, freeze, load, shipped, thaw
from tests.laws.own_tariff import OWN_TOML


def own(folder: Path) -> Tariff:
    """A tariff with prices, discounts, dated values and a base."""
    (folder / "own-cn.toml").write_text(OWN_TOML, encoding="utf-8")
    return load("own-cn", [folder])


@pytest.mark.parametrize("name", shipped())
def test_shipped_tariffs_come_back(name: str) -> None:
    tariff = load(name)
    assert thaw(freeze(tariff)) == tariff
    assert thaw(freeze(tariff)).digest == tariff.digest


def test_a_tariff_of_ones_own_comes_back_with_its_rates(tmp_path: Path) -> None:
    tariff = own(tmp_path)
    thawed = thaw(freeze(tariff))
    assert (thawed, freeze(thawed)) == (tariff, freeze(tariff))
    assert thawed.rows() == tariff.rows()
    assert thawed.value_rows() == tariff.value_rows()
    assert any(row.discount is not None for row in thawed.rows())
