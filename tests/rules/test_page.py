"""docs/charges.md is what the declarations, examples and tariffs say now."""

from pathlib import Path

from rules.charges.page import page

PAGE = Path(__file__).parents[2] / "docs" / "charges.md"


def test_the_page_about_the_charges_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "stale: run python -m rules.charges > docs/charges.md"
