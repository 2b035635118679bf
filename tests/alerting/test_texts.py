"""Messages: every language has the same ones with the same blanks, all are used, and each fits the screen of a phone."""

import re
import unicodedata
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

from billing.alerting.describe import message, sentence
from billing.alerting.machine import Notice, Peak, State
from billing.alerting.rules import Budget, Rule
from billing.alerting.texts import LANGUAGES, TextError, Texts, catalogue, money, name
from billing.alerting.watched import Broken, Facts, Seen, Stale, Watched, watch
from billing.budgets import BudgetState
from rules.period import Month, instant
from tests.alerting.made import quota_use
from tests.alerting.soak_driver import settings

SOURCE = Path(__file__).parents[2] / "billing" / "alerting"
NOW = instant(1_800_000_000)
ACCOUNT = "1330921846705532"


def blanks(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def test_every_language_has_the_same_messages_with_the_same_blanks() -> None:
    found = [{id: blanks(text) for id, text in catalogue(language).items()} for language in LANGUAGES]
    assert found[0] == found[1]
    assert all(text for language in LANGUAGES for text in catalogue(language).values())


def test_no_message_is_left_over() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    quoted = set(re.findall(r"""["']([a-z_]+)["']""", code))
    beginnings = tuple(re.findall(r'f"([a-z]+_)\{', code))
    assert {id for id in catalogue("en") if id not in quoted and not id.startswith(beginnings)} == set()


def test_an_unknown_message_is_an_error() -> None:
    with pytest.raises(TextError):
        Texts("en")("no_such_message")


def facts() -> list[Facts]:
    """Something of everything that is told."""
    quota = quota_use(NOW, 123, 150, region="ap-southeast-1", account_id=ACCOUNT, reaches=NOW)
    budget = BudgetState(
        budget=Budget("search team, second platform", Decimal(123456)),
        month=Month("2026-11"),
        at=NOW,
        currency="CNY",
        actual=Decimal("98765.43"),
        running=Decimal("9876.54"),
        usual=Decimal(1),
        complete=False,
    )
    return [
        quota,
        budget,
        Stale(quota, 200_000),
        Broken(3, names=("absent_files", "batch_counts")),
        Broken(2, month="2026-11"),
        None,
    ]


def cells(text: str) -> int:
    """How wide a text is: Chinese characters take two cells."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", ["firing", "raised", "lowered", "added", "resolved", "reminder"])
def test_a_message_fits_a_phone(language: str, notice: Notice) -> None:
    [watched] = watch(settings(), Seen(NOW, quotas=[quota_use(NOW, 123, 150)]))
    state = State(
        name="firing", since_s=0, fired_s=0, peak=Peak(Decimal(5), Decimal(6), 0), severity="critical"
    )
    for each in facts():
        subject = (
            {"budget": "search team, second platform"} if isinstance(each, BudgetState) else watched.subject
        )
        shown = Watched(Rule("quota *", ()), subject, watched.seen, each)
        said = message(shown, state, notice, 1_800_000_000, Texts(language), 3)
        assert cells(said.title) <= 80
        assert len(said.text.splitlines()) <= 9
        assert cells(said.text) <= 560
        assert said.text.endswith(f"{shown.id} #3")
        assert "None" not in said.title + said.text


def test_what_is_said_is_what_is() -> None:
    said = sentence(quota_use(NOW, 45, 50, account_id="42"), Texts("en"))
    assert said == "45 of 50 manual image caches used in cn-hangzhou, account 42"
    assert "the limit is not known" in sentence(quota_use(NOW, 45, None), Texts("en"))


def test_names_of_other_people_are_harmless_and_short() -> None:
    assert name("a\x1b[31m\nb\u202e <@all> `x`") == "a (31m b ‹＠all› ˈxˈ"
    assert len(name("x" * 500)) <= 40
    assert name("") == "?"


def test_money_is_rounded_half_up_for_people() -> None:
    assert [money(Decimal(text)) for text in ("1234.565", "0.004", "-1.005")] == ["1,234.57", "0.00", "-1.01"]
