"""An error is one line: what is wrong, where, and what to do."""

import pytest

from rules.errors import ImcostError, nearest, suggestion


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ImcostError("no price"), "no price"),
        (ImcostError("no price", place="acme.toml:6"), "no price (acme.toml:6)"),
        (ImcostError("no price", hint="add one"), "no price: add one"),
        (ImcostError("no price", place="acme.toml:6", hint="add one"), "no price (acme.toml:6): add one"),
        (ImcostError("no\nprice\r\n\tat all"), "no price at all"),
    ],
)
def test_an_error_is_one_line(error: ImcostError, line: str) -> None:
    assert str(error) == line


def test_a_name_that_is_not_known_suggests_the_nearest_or_all() -> None:
    known = ("manual", "automatic")
    assert nearest("manuel", known) == "manual"
    assert nearest("both", known) is None
    assert suggestion("manuel", known) == "did you mean 'manual'?"
    assert suggestion("both", known) == "use one of manual, automatic"
