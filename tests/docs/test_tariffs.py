"""The tariff that docs/tariffs.md puts together block by block is one that a bill can be made with."""

import re
from pathlib import Path

from rules.charges import RATE_UNITS, VALUE_NAMES
from rules.tariff import load

PAGE = (Path(__file__).parents[2] / "docs" / "tariffs.md").read_text(encoding="utf-8")


def test_the_shown_tariff_is_fine(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("\n".join(re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)))
    tariff = load(str(file))
    assert (tariff.id, tariff.currency) == ("ours", "CNY")
    disks = [row for row in tariff.rows() if row.name == "ebs.essd_pl1" and row.region == "ap-southeast-1"]
    assert [str(row.list_price.amount) for row in disks] == ["0.0024", "0.0022"]


def test_every_rate_and_value_is_named() -> None:
    assert [name for name in (*RATE_UNITS, *VALUE_NAMES) if f"`{name}`" not in PAGE] == []
