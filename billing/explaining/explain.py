"""What a target's number consists of: a line, a cache's lines, an instance's shares, or a month's total by account and charge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from billing.bill import exact_sum
from billing.books.statement import Statement
from billing.errors import UsageError
from billing.explaining.corrections import Corrections
from billing.explaining.finding import (
    LINE_ID,
    MONTH,
    Key,
    candidates,
    find_line,
    keys_of_cache,
    keys_of_instance,
)
from billing.explaining.line import LineExplanation, by_batch, explain_lines
from billing.explaining.records import MOST_LISTED, Listed, Paths
from billing.explaining.source import MonthSource, Sources
from billing.store import Store
from rules.charges import CHARGES
from rules.money import plain
from rules.period import Month, epoch_s


@dataclass(frozen=True, slots=True)
class Explained:
    """The number of a cache or an instance in a month: the lines behind it, and the share of each that is meant."""

    kind: str
    id: str
    month: Month
    currency: str
    lines: tuple[LineExplanation, ...]
    shares: tuple[Decimal, ...]

    @property
    def amount(self) -> Decimal:
        """The exact sum of the shares."""
        return exact_sum(self.shares)

    def to_json(self) -> dict[str, Any]:
        """The number with its lines, each whole and with its share."""
        return {
            self.kind: self.id,
            "month": self.month.label,
            "currency": self.currency,
            "amount": plain(self.amount),
            "lines": [
                {"share": plain(share), **line.to_json()}
                for line, share in zip(self.lines, self.shares, strict=True)
            ],
        }


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a month's total; `parts` sum to `amount`. A line has its id as label, and can be explained by it."""

    label: str
    amount: Decimal
    parts: tuple["Group", ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The part with its own parts."""
        return {
            "label": self.label,
            "amount": plain(self.amount),
            "parts": [each.to_json() for each in self.parts],
        }


def explain_target(
    store: Store,
    sources: Sources,
    target: str,
    *,
    month: Month | None,
    account: str | None = None,
    region: str | None = None,
    records: int = MOST_LISTED,
) -> LineExplanation | Explained:
    """The explanation of a line id, a cache or an instance; a UsageError where nothing of that name costs anything.

    records: how many of each line are listed; the others are summed up.
    """
    listed = Listed(records)
    paths = by_batch(store.batches())
    if LINE_ID.fullmatch(target):
        found = find_line(sources, target, month)
        lines = explain_lines(found.source, found.key, paths, only=target, listed=listed)
        if not lines and found.source.close is not None:
            lines = explain_lines(
                sources.by_now(found.source.close), found.key, paths, only=target, listed=listed
            )
        if not lines:
            raise UsageError(
                f"{found.key.cache_id} has no line {target} in {found.source.month.label} any more",
                hint="its records have changed; imcost charges shows what there is",
            )
        return _corrected(sources, lines[0], found.key, paths)
    if target.startswith("ln-"):
        raise UsageError(f"{target} is no line id", hint="one is ln- and twenty hexadecimal digits")
    for each in candidates(sources, month):
        source = sources.of(each)
        for view in (source,) if source.close is None else (source, sources.by_now(source.close)):
            if (explained := _named(view, target, account, region, paths, listed)) is not None:
                return explained
    where = "any month" if month is None else month.label
    raise UsageError(
        f"nothing costs anything that is called {target}, in {where}",
        hint="name a line id, a cache, an instance or a month",
    )


def _corrected(sources: Sources, found: LineExplanation, key: Key, paths: Paths) -> LineExplanation:
    """A line with its corrections, those that the first open month carries included."""
    corrections = Corrections(sources.reader, sources.ledger, sources.trail, paths)
    line = found.line
    made = corrections.of_line(
        found.source.month,
        line.line_id,
        key,
        as_of_s=epoch_s(sources.as_of),
        from_s=line.period_from,
        until_s=line.period_until,
    )
    return replace(found, corrections=made)


def _named(
    source: MonthSource, target: str, account: str | None, region: str | None, paths: Paths, listed: Listed
) -> Explained | None:
    """What a cache or instance of this name costs in a month; None where it costs nothing."""
    of_cache = keys_of_cache(source.reader, target, account, region)
    keys = of_cache or keys_of_instance(source, target, account, region)
    _refuse_several(target, keys)
    for key in keys:
        if key.cache_id is None:
            raise UsageError(
                f"{target} used no cache in {source.month.label}", hint="nothing is charged for it here"
            )
        lines = explain_lines(source, key, paths, listed=listed if of_cache else Listed(record=target))
        if not of_cache:
            lines = [line for line in lines if any(part.record.id == target for part in line.records)]
        if lines:
            shares = [line.line.amount if of_cache else _share(line, target) for line in lines]
            kind = "cache" if of_cache else "instance"
            return Explained(kind, target, source.month, source.tariff.currency, tuple(lines), tuple(shares))
    return None


def _refuse_several(target: str, keys: Sequence[Key]) -> None:
    if len(keys) > 1:
        places = ", ".join(f"{key.account_id} {key.region}" for key in keys)
        raise UsageError(
            f"{target} stands in several places: {places}", hint="choose with --account and --region"
        )


def _share(line: LineExplanation, instance_id: str) -> Decimal:
    return exact_sum(part.amount for part in line.records if part.record.id == instance_id)


def is_month(target: str) -> bool:
    """Whether a target is a month, whose total is meant."""
    return MONTH.fullmatch(target) is not None


def explain_total(statements: Sequence[Statement], month: Month) -> Group:
    """The month's total over all statements: by account, then by charge or month corrected, then line by line."""
    accounts = tuple(_account(statement.document) for statement in statements)
    return _group(month.label, accounts)


def _account(document: Mapping[str, Any]) -> Group:
    by_charge: dict[str, list[Group]] = {}
    for line in document["lines"]:
        by_charge.setdefault(line["charge"], []).append(Group(line["line_id"], Decimal(line["amount"])))
    parts = [_group(charge.id, tuple(by_charge[charge.id])) for charge in CHARGES if charge.id in by_charge]
    corrections: dict[str, list[Group]] = {}
    for each in document["corrections"]:
        corrections.setdefault(each["corrects_month"], []).append(
            Group(each["line_id"], Decimal(each["amount"]))
        )
    parts += [_group(f"corrections of {month}", tuple(found)) for month, found in sorted(corrections.items())]
    made = _group(document["account_id"], tuple(parts))
    assert made.amount == Decimal(document["total"]), (
        f"the parts of {document['statement_id']} don't sum to it"
    )
    return made


def _group(label: str, parts: tuple[Group, ...]) -> Group:
    return Group(label, exact_sum(part.amount for part in parts), parts)
