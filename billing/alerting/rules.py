"""Alert rules as values: levels with their conditions, what a rule watches, and to whom changes are told."""

from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from fractions import Fraction
from hashlib import sha256
from typing import Literal

from billing.alerting.thresholds import Threshold

Severity = Literal["warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("warning", "critical")

Measure = Literal["value", "forecast", "within"]
"""What a condition looks at: the value itself, what it is expected to become, or when it is expected to reach the limit."""

FORECAST_BAND = Fraction(5, 4)
"""A forecast alert clears when the limit is expected a quarter later than what fires it: forecasts move a little each day."""

_WHOLE = Fraction(100)


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to reach a level: at or above `threshold`, or within `within_s` seconds.

    `clear` is in points of the share; of an absolute threshold it is that percentage of the threshold itself, so that it
    clears whatever the limit is.
    """

    measure: Measure
    threshold: Threshold | None = None
    clear: Fraction = Fraction(0)
    within_s: int = 0

    @property
    def text(self) -> str:
        """The threshold as it was written."""
        return "" if self.threshold is None else self.threshold.text

    def clears_below(self, limit: Decimal | None) -> Fraction | None:
        """The value below which a level that is on goes off; None where the threshold is a share of a limit that isn't known."""
        assert self.threshold is not None
        at = self.threshold.at(limit)
        if at is None:
            return None
        whole = at if limit is None or self.threshold.percent is None else Fraction(limit)
        return at - whole * self.clear / _WHOLE


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a rule, reached when any of its conditions is; `name` is unique in the rule."""

    name: str
    severity: Severity
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What fires when: levels, the lowest first; each must hold `for_s` seconds before it fires.

    `label` names the rule in every output and is a part of its alerts' identity; thresholds are not, so that changing one
    leaves what is firing as it is.
    """

    label: str
    levels: tuple[Level, ...]
    for_s: int = 0

    @property
    def digest(self) -> str:
        """What tells one set of thresholds from another."""
        return sha256(repr((self.levels, self.for_s)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """A rule for quotas: of one kind or `*`, of the accounts and regions that these patterns match."""

    rule: Rule
    quota: str
    account: str
    region: str

    def watches(self, account_id: str, region: str, quota: str) -> bool:
        """Whether the rule is about that quota."""
        patterns = ((quota, self.quota), (account_id, self.account), (region, self.region))
        return all(fnmatchcase(text, pattern) for text, pattern in patterns)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a month may cost, for everything that its filters leave: amounts are in `currency`, None for the tariff's own.

    `cache` is a pattern of ids or names; `tag` one key and its value.
    """

    name: str
    monthly: Decimal
    currency: str | None = None
    account: str | None = None
    region: str | None = None
    cache: str | None = None
    tag: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class BudgetRule:
    """A rule for a budget: its value is the month's spending so far, its limit what the month may cost."""

    rule: Rule
    budget: Budget


@dataclass(frozen=True, slots=True)
class Health:
    """Rules about the workspace itself, each None unless the settings ask for it."""

    stale: Rule | None = None
    checks: Rule | None = None
    unrated: Rule | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Whom to tell: addresses and the webhooks' secret as written, which may name the environment; 0 never repeats."""

    urls: tuple[str, ...] = ()
    repeat_s: int = 0
    language: str = "en"
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Everything that the settings say about alerts, understood and checked."""

    quotas: tuple[QuotaRule, ...]
    budgets: tuple[BudgetRule, ...]
    health: Health
    notify: Notify
