"""What an estimate must hold to: the largest monthly total; each policy says by how much it is broken."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.bill import exact_sum
from billing.estimating.estimate import Estimate
from billing.estimating.options import TITLES
from billing.estimating.question import Option
from rules.money import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The limits that are set; None: not set."""

    max_monthly: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How an estimate stands to one policy: value and limit, `over` what is too much, and a sentence."""

    policy: str
    limit: Decimal
    value: Decimal
    message: str

    @property
    def broken(self) -> bool:
        """Whether the limit is exceeded."""
        return self.value > self.limit

    @property
    def over(self) -> Decimal:
        """By how much the limit is exceeded, 0 where it is not."""
        return exact_sum((self.value, self.limit.copy_negate())) if self.broken else Decimal(0)

    def to_json(self) -> dict[str, Any]:
        """The finding, decimals as text."""
        return {
            "policy": self.policy,
            "limit": plain(self.limit),
            "value": plain(self.value),
            "over": plain(self.over),
            "broken": self.broken,
            "message": self.message,
        }


def check_policies(policies: Policies, estimate: Estimate, chosen: Option) -> tuple[Finding, ...]:
    """The findings about one option of an estimate, one for each policy that is set."""
    if policies.max_monthly is None:
        return ()
    value, limit = estimate.option(chosen).monthly_total, policies.max_monthly
    currency = estimate.tariff.currency
    said = f"{TITLES[chosen]} costs {plain(value)} {currency} in its month"
    if value > limit:
        said += (
            f", {plain(exact_sum((value, limit.copy_negate())))} more than the {plain(limit)} of max_monthly"
        )
    return (Finding(policy="max_monthly", limit=limit, value=value, message=said),)
