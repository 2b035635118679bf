"""Prices a question's three options and says of each what its reader must know."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from billing.bill import Line, Unrated, exact_sum
from billing.estimating.pricing import PRICED, PULLING, price, pull_price
from billing.estimating.question import MONTH_S, YEAR_S, Option, Question
from billing.estimating.records import Records, records
from billing.rating import Rated
from rules.charges import PULL_SAMPLE
from rules.durations import duration_label
from rules.money import plain, round_fraction
from rules.period import HOUR_S
from rules.retention import MATCHED, NEVER_MATCHED
from rules.tariff import Tariff

TITLES = {"manual": "manual", "automatic": "automatic", "no_cache": "no cache"}
"""The options in words."""

MOST_MONTHS = 120
"""How many months a total comes apart into: ten years."""


class PricedOption(NamedTuple):
    """What one option costs.

    `total` is the exact sum of the lines, `months` its parts by months of 720 hours from the instant at which the cache is
    ready; the build belongs to the first, and the last of 120 has what comes later. `year_total`: of a permanent cache, kept
    for 365 days. `saved_s`, `saved_amount`: what the instances no longer pull, against having no cache; None where the time
    to pull is not known or has no price.
    """

    option: Option
    lines: tuple[Line, ...]
    unrated: tuple[Unrated, ...]
    months: tuple[Decimal, ...]
    year_total: Decimal | None
    saved_s: int | None
    saved_amount: Decimal | None
    notes: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether everything has a price."""
        return not self.unrated

    @property
    def without_price(self) -> frozenset[str]:
        """The charges that arise and have no price: they are in no total."""
        return frozenset(item.charge for item in self.unrated)

    @property
    def total(self) -> Decimal:
        """The exact sum of the lines."""
        return exact_sum(line.amount for line in self.lines)

    @property
    def monthly_total(self) -> Decimal:
        """The dearest month."""
        return max(self.months)

    @property
    def estimated_total(self) -> Decimal:
        """The exact sum of the lines that rest on an estimate."""
        return exact_sum(line.amount for line in self.lines if line.estimated)

    @property
    def total_by_charge(self) -> dict[str, Decimal]:
        """The exact sum of each charge that has lines, in the order of the charges."""
        return {
            charge.id: exact_sum(amounts)
            for charge in PRICED
            if (amounts := [line.amount for line in self.lines if line.charge == charge.id])
        }

    def to_json(self) -> dict[str, Any]:
        """The option as interface.md has it, and what else is known."""
        answer: dict[str, Any] = {
            "option": self.option,
            "lines": [line.to_json() for line in self.lines],
            "unrated": [item.to_json() for item in self.unrated],
            "total": plain(self.total),
            "complete": self.complete,
            "total_by_charge": {charge: plain(amount) for charge, amount in self.total_by_charge.items()},
            "estimated_total": plain(self.estimated_total),
            "monthly_total": plain(self.monthly_total),
            "months": [plain(amount) for amount in self.months],
        }
        if self.year_total is not None:
            answer["year_total"] = plain(self.year_total)
        if self.saved_s is not None:
            answer["saved_s"] = str(self.saved_s)
            answer["saved_amount"] = None if self.saved_amount is None else plain(self.saved_amount)
        return answer | {"notes": list(self.notes)}


def price_option(question: Question, option: Option, tariff: Tariff) -> PricedOption:
    """The option's lines, totals and notes."""
    behind = records(question, option)
    rated = price(behind, tariff)
    lines = rated.lines
    if question.pull is not None and question.pull.estimated:
        lines = tuple(map(_marked, lines))
    year_total = None
    if question.keep_s is None and option == "manual":
        year = price(records(question, option, kept_s=YEAR_S), tariff)
        year_total = exact_sum(line.amount for line in year.lines)
    saved_s, saved_amount = _saved(question, option, rated, tariff)
    return PricedOption(
        option=option,
        lines=lines,
        unrated=rated.unrated,
        months=tuple(_months(question, behind, tariff, exact_sum(line.amount for line in lines))),
        year_total=year_total,
        saved_s=saved_s,
        saved_amount=saved_amount,
        notes=tuple(_notes(question, option, tariff)),
    )


def _months(question: Question, behind: Records, tariff: Tariff, total: Decimal) -> Iterator[Decimal]:
    """The total by months: differences of what all of it costs up to the end of each."""
    runs_s = max((group.start_s + group.run_s for group in question.groups), default=0)
    last_s = max(question.kept_s if behind.caches else 0, runs_s)
    count = min(MOST_MONTHS, max(1, -(-last_s // MONTH_S)))
    before = Decimal(0)
    for month in range(1, count + 1):
        until_s = question.at_s + month * MONTH_S
        lines = () if month == count else price(behind, tariff, until_s=until_s).lines
        running = total if month == count else exact_sum(line.amount for line in lines)
        yield exact_sum((running, before.copy_negate()))
        before = running


def _marked(line: Line) -> Line:
    """A line of pulling, marked as an estimate in whole."""
    if line.charge not in PULLING:
        return line
    return line._replace(estimated=True, estimated_quantity=line.quantity)


def _saved(
    question: Question, option: Option, rated: Rated, tariff: Tariff
) -> tuple[int | None, Decimal | None]:
    """The seconds of pulling that an option spares its instances, and what those would have cost."""
    if question.pull is None:
        return None, None
    pulling = {"manual": 0, "automatic": min(1, question.instances), "no_cache": question.instances}
    saved_s = (question.instances - pulling[option]) * question.pull.seconds
    without = price(records(question, "no_cache"), tariff)
    if without.unrated or any(item.charge in PULLING for item in rated.unrated):
        return saved_s, None
    spent, now = (
        exact_sum(line.amount for line in found.lines if line.charge in PULLING) for found in (without, rated)
    )
    return saved_s, exact_sum((spent, now.copy_negate()))


def _notes(question: Question, option: Option, tariff: Tariff) -> Iterator[str]:
    if option == "manual":
        yield from _manual_notes(question, tariff)
    elif option == "automatic":
        yield from _automatic_notes(question, tariff)
    if option != "manual":
        yield from _pull_notes(question, option, tariff)


def _manual_notes(question: Question, tariff: Tariff) -> Iterator[str]:
    if question.snapshot_gib is None:
        yield "the snapshot's own size is not known: its cost is an upper bound, estimated on the cache size"
    if question.keep_s is None:
        yield "kept for good: the total counts a month of 720 hours, the year 365 days"
    elif question.at_s % HOUR_S == 0 and question.keep_s:
        hour = price(records(question, "manual", kept_s=question.keep_s + 1), tariff)
        now = price(records(question, "manual"), tariff)
        more = exact_sum(
            (*(line.amount for line in hour.lines), *(line.amount.copy_negate() for line in now.lines))
        )
        if question.keep_s % HOUR_S == 0 and more:
            yield (
                "snapshots count started clock hours: from another start than a full hour the same time can count"
                f" one hour more, {plain(more)} {tariff.currency}"
            )
    if question.instant and question.standard_snapshot_s is None:
        yield "how long the local snapshot is needed is not known: only its enabling is counted, not its time"


def _automatic_notes(question: Question, tariff: Tariff) -> Iterator[str]:
    yield (
        f"kept {NEVER_MATCHED.length.days} days where it is never used, else {MATCHED.length.days} days after the last use,"
        " and evicted at the quota; its creation and snapshot are free"
    )
    if question.keep_s is not None:
        yield "an automatic cache has no retention: --keep is not for it"
    if question.instant:
        yield "an automatic cache is never instant: instant is not for it"
    included = tariff.value("included_ephemeral_gib", question.at_s)
    for group in question.groups:
        extra = group.extra_ephemeral_gib
        if included is None or extra is None or included.value + extra >= question.size_gib:
            continue
        yield (
            f"an automatic cache holds {plain(included.value + extra)} GiB here, less than the {plain(question.size_gib)} GiB"
            " of the manual one: declare more extra ephemeral storage, or a smaller size"
        )
        break


def _pull_notes(question: Question, option: Option, tariff: Tariff) -> Iterator[str]:
    pull = question.pull
    behind = records(question, "no_cache")
    if option == "automatic":
        behind = behind._replace(instances=tuple(replace(group, count=1) for group in behind.instances[:1]))
    per_second = pull_price(behind, tariff, question.at_s)
    if pull is None:
        count = question.instances if option == "no_cache" else min(1, question.instances)
        said = "its price is not known"
        if per_second is not None:
            amount = round_fraction(per_second)
            said = f"each second of it costs {plain(amount)} {tariff.currency} for {_instances(count)}"
        yield (
            f"the time to pull images is not in the total: {said}; give --pull-time or --image-size"
            f" ({PULL_SAMPLE.image_mb} MB took the provider {PULL_SAMPLE.seconds} s)"
        )
        return
    if pull.estimated:
        yield (
            f"pulling takes {duration_label(pull.seconds)} by estimate: the provider's {PULL_SAMPLE.seconds} s for"
            f" {PULL_SAMPLE.image_mb} MB, scaled"
        )
    if option == "automatic" and question.instances:
        yield "the first instance finds no cache and pulls; the others are taken to start when the cache is ready"


def _instances(count: int) -> str:
    return "1 instance" if count == 1 else f"{count} instances"
