"""What an estimate must hold to: limits of a month and of its increase, and what manual caches need.

A policy that is broken says which resource breaks it, and by how much.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from billing.bill import exact_sum
from billing.estimating.plan_estimate import PlanEstimate
from billing.estimating.values import read_amount
from rules.money import plain


class Policy(NamedTuple):
    """One table [[policies]], or what an option asks for; limits are in the tariff's currency, None: not set."""

    name: str
    max_monthly: Decimal | None = None
    max_increase: Decimal | None = None
    manual_needs_retention: bool = False
    manual_needs_users: bool = False


class Finding(NamedTuple):
    """How an estimate stands to one rule of a policy; `value` and `limit` where it is about an amount."""

    policy: str
    rule: str
    broken: bool
    message: str
    value: Decimal | None = None
    limit: Decimal | None = None
    address: str | None = None

    @property
    def over(self) -> Decimal | None:
        """By how much the limit is exceeded: 0 where it isn't, None where there is none."""
        if self.value is None or self.limit is None:
            return None
        return exact_sum((self.value, self.limit.copy_negate())) if self.broken else Decimal(0)

    def to_json(self) -> dict[str, Any]:
        """The finding, decimals as text."""
        return {
            "policy": self.policy,
            "rule": self.rule,
            "broken": self.broken,
            "message": self.message,
            "address": self.address,
            **{
                name: None if amount is None else plain(amount)
                for name, amount in (("value", self.value), ("limit", self.limit), ("over", self.over))
            },
        }


def policies_of(tables: Sequence[Mapping[str, Any]], place: str) -> tuple[Policy, ...]:
    """The policies of a settings file, whose keys are checked already."""
    found = []
    for number, table in enumerate(tables, start=1):
        where = f"{place}, [[policies]] {number}"
        limits = {
            key: read_amount(table[key], f"{where}, {key}")
            for key in ("max_monthly", "max_increase")
            if key in table
        }
        found.append(Policy(**{"name": f"policy {number}", **table, **limits}))
    return tuple(found)


def check_policies(
    policies: Sequence[Policy], estimate: PlanEstimate, increase: Decimal | None
) -> tuple[Finding, ...]:
    """The findings of every rule that is set; `increase` is that against an earlier estimate, None: the plan's own."""
    return tuple(
        finding
        for policy in policies
        for finding in (
            *_limits(policy, estimate, estimate.difference if increase is None else increase),
            *_needs(policy, estimate),
        )
    )


def _limits(policy: Policy, estimate: PlanEstimate, increase: Decimal) -> Iterator[Finding]:
    currency = estimate.tariff.currency
    for rule, what, value, limit in (
        ("max_monthly", "a month costs", estimate.monthly_after, policy.max_monthly),
        ("max_increase", "a month costs more than before:", increase, policy.max_increase),
    ):
        if limit is None:
            continue
        broken = value > limit
        over = plain(exact_sum((value, limit.copy_negate())))
        tail = (
            f", {over} more than {rule} {plain(limit)} allows"
            if broken
            else f", within {rule} {plain(limit)}"
        )
        yield Finding(
            policy=policy.name,
            rule=rule,
            broken=broken,
            message=f"{policy.name}: {what} {plain(value)} {currency}{tail}",
            value=value,
            limit=limit,
        )


def _needs(policy: Policy, estimate: PlanEstimate) -> Iterator[Finding]:
    for priced in estimate.resources:
        planned = priced.resource.after
        if planned is None or planned.option != "manual":
            continue
        address, question = priced.resource.address, planned.question
        for rule, wanted, broken, said in (
            (
                "manual_needs_retention",
                policy.manual_needs_retention,
                question.keep_s is None,
                "is kept for good",
            ),
            ("manual_needs_users", policy.manual_needs_users, question.instances == 0, "has no users"),
        ):
            if wanted and broken:
                yield Finding(
                    policy=policy.name,
                    rule=rule,
                    broken=True,
                    message=f"{policy.name}: the manual cache {address} {said}, against {rule}",
                    address=address,
                )
