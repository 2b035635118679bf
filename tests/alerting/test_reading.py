"""Alert settings: defaults, what each key may be, and what is refused with file, line, key, value and what is allowed."""

from fractions import Fraction
from pathlib import Path

import pytest

from billing.alerting.channels import channel_names, make_channels
from billing.alerting.channels.making import mask, redact
from billing.alerting.reading import read_alerts
from billing.alerting.rules import AlertSettings, Notify
from billing.alerting.thresholds import length_text, parse_length, percent_text, share_text
from billing.settings import SettingsError, read_settings
from rules.period import DAY_S, HOUR_S


def read(folder: Path, text: str) -> AlertSettings:
    """The alert settings of a file with this text."""
    path = folder / "imcost.toml"
    path.write_text(text, encoding="utf-8")
    return read_alerts(read_settings(path), path)


def test_without_settings_the_defaults_hold(tmp_path: Path) -> None:
    found = read(tmp_path, "")
    [each] = found.quotas
    assert (each.quota, each.account, each.region) == ("*", "*", "*")
    warning, critical = each.rule.levels
    assert [condition.text for condition in warning.conditions] == ["80%", ""]
    assert warning.conditions[1].within_s == 7 * DAY_S
    assert critical.conditions[0].text == "95%"
    assert {condition.clear for condition in (warning.conditions[0], *critical.conditions)} == {Fraction(5)}
    assert each.rule.for_s == 0
    assert found.budgets == ()
    assert (found.health.stale, found.health.checks, found.health.unrated) == (None, None, None)
    assert (found.notify.urls, found.notify.repeat_s) == ((), 4 * HOUR_S)
    assert read(tmp_path, "[[alerts.quota]]\n").quotas == found.quotas


def test_a_rule_may_name_quota_account_and_region(tmp_path: Path) -> None:
    [each] = read(
        tmp_path,
        '[[alerts.quota]]\nquota = "manual_image_caches"\naccount = "42"\nregion = "cn-*"\nforecast = "0m"',
    ).quotas
    assert each.rule.label == "quota manual_image_caches account=42 region=cn-*"
    assert each.watches("42", "cn-hangzhou", "manual_image_caches")
    assert not each.watches("43", "cn-hangzhou", "manual_image_caches")
    assert not each.watches("42", "us-east-1", "manual_image_caches")
    assert not each.watches("42", "cn-hangzhou", "automatic_image_caches")
    assert len(each.rule.levels[0].conditions) == 1


BUDGET = '[[alerts.budget]]\nname = "search team"\nmonthly = "5000"\n'


def test_a_budgets_levels_are_ordered_and_beyond_it_is_critical(tmp_path: Path) -> None:
    text = BUDGET + 'tag = { team = "search" }\nactual = ["120%", "80%", "100%", "4500"]\nforecast = ["100%"]'
    [each] = read(tmp_path, text).budgets
    assert [(level.name, level.severity) for level in each.rule.levels] == [
        ("actual 80%", "warning"),
        ("actual 4500", "warning"),
        ("forecast 100%", "warning"),
        ("actual 100%", "critical"),
        ("actual 120%", "critical"),
    ]
    assert each.budget.tag == ("team", "search")


QUOTA = "[[alerts.quota]]\n"

WRONG = {
    QUOTA + 'quota = "manual_image_cache"': (
        2,
        "alerts.quota.quota is 'manual_image_cache', which is no quota",
        "did you mean 'manual_image_caches'?",
    ),
    QUOTA + 'warning = "120%"': (2, "alerts.quota.warning is '120%'", 'write at most "100%"'),
    QUOTA + '\nwarning = "eighty"': (3, "alerts.quota.warning is 'eighty'", 'write a share such as "80%"'),
    QUOTA + 'warning = "0%"': (2, "alerts.quota.warning is '0%'", "above zero"),
    QUOTA + 'warning = "-5"': (2, "alerts.quota.warning is '-5'", "above zero"),
    QUOTA + 'warning = "5%"': (2, "is '5%', not above what clears it", "it would never resolve"),
    QUOTA + 'warning = "4%"\nclear = "5%"': (2, "is '4%', not above what clears it", "a smaller clear"),
    QUOTA + 'warning = "96%"': (2, "is '96%', above critical, '95%'", "write a lower one"),
    QUOTA + 'clear = "5"': (
        2,
        "alerts.quota.clear is '5'",
        'write points of the share below 100, such as "5%"',
    ),
    QUOTA + 'clear = "100%"': (2, "alerts.quota.clear is '100%'", "below 100"),
    QUOTA + 'for = "soon"': (2, "alerts.quota.for is 'soon'", 'such as "30m", "4h" or "7d"'),
    QUOTA + 'for = "-5m"': (2, "alerts.quota.for is '-5m'", "write a length of time"),
    QUOTA + 'forecast = "7"': (2, "alerts.quota.forecast is '7'", "write a length of time"),
    QUOTA + QUOTA: (2, "says 'quota *' once more", "write one rule for it"),
    '[[alerts.budget]]\nmonthly = "5"': (1, "alerts.budget.name is missing", 'write name = "…"'),
    '[[alerts.budget]]\nname = "x"': (1, "alerts.budget.monthly is missing", 'write monthly = "…"'),
    '[[alerts.budget]]\nname = "x"\nmonthly = "5,000"': (3, "monthly is '5,000'", "an amount above zero"),
    '[[alerts.budget]]\nname = "x"\nmonthly = "0"': (3, "monthly is '0'", "an amount above zero"),
    BUDGET: (1, "actual is empty, and so is forecast", "write thresholds"),
    BUDGET + "actual = [80]": (4, "actual has 80 in it", "write a list of texts"),
    BUDGET + 'actual = ["80 percent"]': (4, "actual is '80 percent'", 'such as "80%"'),
    BUDGET + 'actual = ["80%"]\ntag = { a = "1", b = "2" }': (5, "tag has 2 keys", "write one key"),
    BUDGET + 'actual = ["80%"]\n' + BUDGET + 'actual = ["80%"]': (
        6,
        "'budget search team' once more",
        "name another",
    ),
    '[alerts.health]\nstale = "yes"': (
        2,
        "alerts.health.stale is 'yes'",
        "write one of off, warning, critical",
    ),
    '[notify]\nlanguage = "de"': (2, "notify.language is 'de'", "write one of en, zh"),
    '[notify]\nrepeat = "often"': (2, "notify.repeat is 'often'", "write a length of time"),
    "[notify]\nurls = [5]": (2, "notify.urls has 5 in it", "write a list of texts"),
}


@pytest.mark.parametrize("text", WRONG)
def test_bad_settings_say_file_line_key_value_and_what_is_allowed(tmp_path: Path, text: str) -> None:
    line, said, allowed = WRONG[text]
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, text)
    message = str(refused.value)
    assert said in message
    assert allowed in message
    assert f"({tmp_path / 'imcost.toml'}, line {line})" in message


def test_the_line_is_that_of_the_right_table(tmp_path: Path) -> None:
    text = QUOTA + 'warning = "70%"\n\n' + QUOTA + '# another\nquota = "manual_image_caches"\nwarning = "x"\n'
    with pytest.raises(SettingsError, match="line 7"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "length_s"), [("0m", 0), ("90m", 5400), ("7d", 7 * DAY_S), ("1d12h", 36 * HOUR_S), ("30s", 30)]
)
def test_lengths(text: str, length_s: int) -> None:
    assert parse_length(text) == length_s


def test_shares_and_lengths_are_shown_briefly() -> None:
    assert [percent_text(Fraction(part, 1000)) for part in (799, 800, 1205)] == ["79.9%", "80%", "120.5%"]
    assert percent_text(Fraction(79999, 100000)) == "79.9%"
    assert share_text(Fraction(5, 6)) == "0.8333"
    assert share_text(None) is None
    assert [length_text(length_s) for length_s in (0, 59, 3600, 90000, 90061)] == [
        "0m",
        "59s",
        "1h",
        "1d 1h",
        "1d 1h",
    ]


MASKED = {
    "https://hooks.example.com/services/T000/B000/secret": "https://hooks.example.com/…",
    "json://user:pass@10.0.0.1:8080/x?token=1": "json://10.0.0.1:8080/…",
    "mailto://user:pass@example.com?to=a@b.c": "mailto://example.com/…",
    "slack://TokenA/TokenB/TokenC": "slack://…",
    "dingtalk://token/secret": "dingtalk://…",
    "tgram://123:abc/42": "tgram://…",
    "${SLACK_URL}": "${SLACK_URL}",
    "https://${HOST}/x": "https://…",
    "nonsense with secret": "…",
}


@pytest.mark.parametrize("url", MASKED)
def test_an_address_is_shown_without_its_secrets(url: str) -> None:
    assert mask(url) == MASKED[url]


def test_addresses_that_look_the_same_are_numbered() -> None:
    notify = Notify(("slack://a/b/c", "slack://d/e/f", "https://x.example/1"))
    assert channel_names(notify) == ["slack://…", "slack://… #2", "https://x.example/…"]


def test_secrets_come_from_the_environment_and_one_that_is_missing_is_named() -> None:
    notify = Notify(("https://x.example/${TOKEN}",), secret="${SECRET}")
    [channel] = make_channels(notify, {"TOKEN": "t0k3n", "SECRET": "s"}, place="imcost.toml")
    assert channel.name == "https://x.example/…"
    with pytest.raises(SettingsError) as refused:
        make_channels(notify, {"SECRET": "s"}, place="imcost.toml")
    assert str(refused.value) == (
        "TOKEN is not set in the environment (imcost.toml, notify.urls): set it where the command runs"
    )


@pytest.mark.parametrize("url", ["nosuch://host", "hello", "https://", "mailto://"])
def test_an_address_that_nobody_understands_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        make_channels(Notify((url,)), {}, place="imcost.toml")
    assert "imcost.toml, notify.urls" in str(refused.value)


def test_what_a_library_says_is_shown_without_secrets() -> None:
    assert redact("could not send to\nhttps://x/t0k3n by user", ["t0k3n", "x", "user"]) == (
        "could not send to https://x/*** by ***"
    )
