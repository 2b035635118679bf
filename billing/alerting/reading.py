"""Alert settings, read strictly: what can't be meant is refused with file, line, key, value and what is allowed."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from billing.alerting.rules import (
    AlertSettings,
    Budget,
    BudgetRule,
    Condition,
    Health,
    Level,
    Measure,
    Notify,
    QuotaRule,
    Rule,
    Severity,
)
from billing.alerting.thresholds import (
    Threshold,
    UnreadableError,
    parse_length,
    parse_points,
    parse_threshold,
)
from billing.settings import Settings, SettingsError
from rules.errors import suggestion
from rules.quota import QUOTAS

QUOTA_DEFAULTS = {
    "quota": "*",
    "account": "*",
    "region": "*",
    "warning": "80%",
    "critical": "95%",
    "clear": "5%",
    "for": "0m",
    "forecast": "7d",
}
BUDGET_CLEAR = "5%"
NOTIFY_DEFAULTS = {"repeat": "4h", "language": "en"}
LANGUAGES = ("en", "zh")
HEALTH_SEVERITIES = ("off", "warning", "critical")

_ALL = Fraction(100)
_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,10})?")
_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

T = TypeVar("T")


class _Table:
    """One table of the settings, that can say where a key of it stands."""

    def __init__(self, path: Path, name: str, values: Mapping[str, Any], index: int = 0) -> None:
        self.path, self.name, self.values, self.index = path, name, values, index

    def text(self, key: str, default: str) -> str:
        found: str = self.values.get(key, default)
        return found

    def read(self, key: str, default: str, reader: Callable[[str], T]) -> T:
        text = self.text(key, default)
        try:
            return reader(text)
        except UnreadableError as error:
            raise self.wrong(key, f"is {text!r}", str(error)) from None

    def texts(self, key: str) -> list[str]:
        found = self.values.get(key, [])
        for item in found:
            if not isinstance(item, str) or not item:
                raise self.wrong(key, f"has {item!r} in it", 'write a list of texts: ["…"]')
        return list(found)

    def wrong(self, key: str, said: str, hint: str) -> SettingsError:
        return SettingsError(f"{self.name}.{key} {said}", place=self._place(key), hint=hint)

    def _place(self, key: str) -> str:
        """The line of the key in this table, or that of the table where the key isn't written."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return str(self.path)
        header = re.compile(rf"\s*\[\[?\s*{re.escape(self.name)}\s*\]\]?")
        begins = [number for number, line in enumerate(lines, start=1) if header.match(line)]
        if self.index >= len(begins):
            return str(self.path)
        begin = begins[self.index]
        for number in range(begin + 1, len(lines) + 1):
            line = lines[number - 1]
            if line.lstrip().startswith("["):
                break
            if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line):
                return f"{self.path}, line {number}"
        return f"{self.path}, line {begin}"


def read_alerts(settings: Settings, path: Path) -> AlertSettings:
    """What the settings, which stand in the file at `path`, say about alerts; the defaults where they say nothing."""
    tables = settings.alerts.get("quota", [{}])
    quotas = [_quota(_Table(path, "alerts.quota", values, index)) for index, values in enumerate(tables)]
    budgets = [
        _budget(_Table(path, "alerts.budget", values, index))
        for index, values in enumerate(settings.alerts.get("budget", []))
    ]
    _refuse_twice(path, "alerts.quota", "quota", [each.rule.label for each in quotas])
    _refuse_twice(path, "alerts.budget", "name", [each.rule.label for each in budgets])
    return AlertSettings(
        tuple(quotas),
        tuple(budgets),
        _health(_Table(path, "alerts.health", settings.alerts.get("health", {}))),
        _notify(_Table(path, "notify", settings.notify)),
    )


def expand(text: str, environment: Mapping[str, str], *, place: str) -> str:
    """The text with every ${NAME} replaced from the environment; a name that isn't set there is refused."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in environment:
            raise SettingsError(
                f"{match[1]} is not set in the environment",
                place=place,
                hint="set it where the command runs",
            )
        return environment[match[1]]

    return _SECRET.sub(value, text)


def _refuse_twice(path: Path, name: str, key: str, labels: Sequence[str]) -> None:
    for index, label in enumerate(labels):
        if label in labels[:index]:
            raise _Table(path, name, {}, index).wrong(
                key, f"says {label!r} once more", "write one rule for it, or name another"
            )


def _quota(table: _Table) -> QuotaRule:
    quota, account, region = (table.text(key, QUOTA_DEFAULTS[key]) for key in ("quota", "account", "region"))
    known = [each.id for each in QUOTAS]
    if quota != "*" and quota not in known:
        raise table.wrong("quota", f"is {quota!r}, which is no quota", suggestion(quota, [*known, "*"]))
    clear = table.read("clear", QUOTA_DEFAULTS["clear"], parse_points)
    warning, critical = (
        _condition(table, key, table.text(key, QUOTA_DEFAULTS[key]), "value", clear, most=_ALL)
        for key in ("warning", "critical")
    )
    low, high = warning.threshold, critical.threshold
    assert low is not None
    assert high is not None
    for one, other in ((low.percent, high.percent), (low.count, high.count)):
        if one is not None and other is not None and one > other:
            raise table.wrong(
                "warning", f"is {low.text!r}, above critical, {high.text!r}", "write a lower one"
            )
    within_s = table.read("forecast", QUOTA_DEFAULTS["forecast"], parse_length)
    forecast = (Condition("within", within_s=within_s),) if within_s else ()
    label = " ".join(
        [f"quota {quota}"]
        + [f"{key}={text}" for key, text in (("account", account), ("region", region)) if text != "*"]
    )
    levels = (
        Level("warning", "warning", (warning, *forecast)),
        Level("critical", "critical", (critical,)),
    )
    for_s = table.read("for", QUOTA_DEFAULTS["for"], parse_length)
    return QuotaRule(Rule(label, levels, for_s), quota, account, region)


def _budget(table: _Table) -> BudgetRule:
    for key in ("name", "monthly"):
        if key not in table.values:
            raise table.wrong(key, "is missing", f'write {key} = "…"')
    name, monthly = table.text("name", ""), table.text("monthly", "")
    if not _AMOUNT.fullmatch(monthly) or not Decimal(monthly):
        raise table.wrong(
            "monthly", f"is {monthly!r}", 'write an amount above zero, such as "5000" or "99.50"'
        )
    clear = table.read("clear", BUDGET_CLEAR, parse_points)
    measures: tuple[tuple[str, Measure], ...] = (("actual", "value"), ("forecast", "forecast"))
    actual, forecast = (
        [_condition(table, key, text, measure, clear, most=None) for text in table.texts(key)]
        for key, measure in measures
    )
    if not actual and not forecast:
        raise table.wrong("actual", "is empty, and so is forecast", 'write thresholds: ["80%", "100%"]')
    whole = Fraction(monthly)
    levels = [
        (condition.threshold.at(Decimal(monthly)) or whole, name_, condition)
        for name_, conditions in (("forecast", forecast), ("actual", actual))
        for condition in conditions
        if condition.threshold is not None
    ]
    ranked = sorted(
        (
            (
                _budget_severity(name_, at, whole),
                at,
                Level(f"{name_} {condition.text}", "warning", (condition,)),
            )
            for at, name_, condition in levels
        ),
        key=lambda each: (each[0] == "critical", each[1], each[2].name),
    )
    rule = Rule(
        f"budget {name}",
        tuple(Level(level.name, severity, level.conditions) for severity, _, level in ranked),
    )
    filters = {key: table.values.get(key) for key in ("currency", "account", "region", "cache")}
    return BudgetRule(rule, Budget(name, Decimal(monthly), tag=_tag(table), **filters))


def _budget_severity(measure: str, at: Fraction, whole: Fraction) -> Severity:
    """Money that is spent beyond the budget is critical; whatever else a budget warns of, isn't yet."""
    return "critical" if measure == "actual" and at >= whole else "warning"


def _tag(table: _Table) -> tuple[str, str] | None:
    tags = table.values.get("tag", {})
    for value in tags.values():
        if not isinstance(value, str):
            raise table.wrong(
                "tag", f"has {value!r} in it", 'write one key and its value: { team = "search" }'
            )
    if len(tags) > 1:
        raise table.wrong("tag", f"has {len(tags)} keys", 'write one key and its value: { team = "search" }')
    return next(iter(tags.items()), None)


def _condition(
    table: _Table, key: str, text: str, measure: Measure, clear: Fraction, *, most: Fraction | None
) -> Condition:
    threshold: Threshold
    try:
        threshold = parse_threshold(text)
    except UnreadableError as error:
        raise table.wrong(key, f"is {text!r}", str(error)) from None
    if threshold.percent is not None:
        if most is not None and threshold.percent > most:
            raise table.wrong(key, f"is {text!r}, which no quota reaches", 'write at most "100%"')
        if threshold.percent <= clear:
            raise table.wrong(
                key,
                f"is {text!r}, not above what clears it",
                "it would never resolve: write a higher one, or a smaller clear",
            )
    return Condition(measure, threshold, clear)


def _health(table: _Table) -> Health:
    rules = {}
    for key, count in (("stale", "100%"), ("checks", "1"), ("unrated", "1")):
        said = table.text(key, "off")
        if said not in HEALTH_SEVERITIES:
            raise table.wrong(key, f"is {said!r}", f"write one of {', '.join(HEALTH_SEVERITIES)}")
        severity: Severity = "critical" if said == "critical" else "warning"
        level = Level(severity, severity, (Condition("value", parse_threshold(count)),))
        rules[key] = None if said == "off" else Rule(f"health {key}", (level,))
    return Health(**rules)


def _notify(table: _Table) -> Notify:
    language = table.text("language", NOTIFY_DEFAULTS["language"])
    if language not in LANGUAGES:
        raise table.wrong("language", f"is {language!r}", f"write one of {', '.join(LANGUAGES)}")
    repeat_s = table.read("repeat", NOTIFY_DEFAULTS["repeat"], parse_length)
    return Notify(tuple(table.texts("urls")), repeat_s, language, table.values.get("secret"))
