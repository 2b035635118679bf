"""Bills made by hand, so that reports are tested on values alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.alerting.firings import Firing
from billing.alerting.rules import Budget
from billing.bill import CACHE_OUTCOMES, INSTANCE_OUTCOMES, Bill, Counts, Line, Notice, Unrated
from billing.books import Statement
from billing.books.corrections import DESCRIBING, USAGE_REASONS, Correction, Pending
from billing.books.statement import documents
from billing.budgets import BudgetState
from billing.explaining.line import RecordPart
from billing.explaining.records import Behind, Version
from billing.explaining.summaries import LineSummary
from billing.grouping import group
from billing.metering import Slice, make_slices
from billing.pipeline import MeteredBill
from billing.quotas import QuotaStep, QuotaUse
from billing.quotas.forecast import Point, forecast
from billing.quotas.history import QuotaDay
from billing.rating import Part
from billing.recommending import Recommendation, Recommendations
from billing.reconciling import Difference, Reconciliation
from billing.reconciling.reasons import reason
from reports.books import settled_statements
from reports.data import FreeCreations, Provenance, ReportData, TagGroups, assemble
from reports.explained import Explanations
from reports.quotas import MonthQuota
from reports.records import CacheRef
from rules.charges import charge
from rules.money import AMOUNT_PLACES, cut_cents, round_amount, spread, unscaled
from rules.period import DAY_S, HOUR_S, Month, instant
from rules.tariff import load
from tests.reports.build_caches import caches

OCTOBER = Month("2026-10")
SEPTEMBER = OCTOBER.previous()
AFTER = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
TARIFF = load("alibaba-cn")
SLICES: tuple[Slice, ...] = make_slices(
    TARIFF, OCTOBER.from_s, OCTOBER.until_s, [day.from_s for day in OCTOBER.days()]
)


def line(
    id: str,
    cache_id: str,
    quantity: int | str,
    *,
    account_id: str = "1001",
    region: str = "cn-hangzhou",
    estimated: bool = False,
    month: Month = OCTOBER,
) -> Line:
    """A line of a charge at the shipped tariff's price."""
    declared = charge(id)
    rate = None if declared.rate is None else TARIFF.rate(declared.rate, "cn-hangzhou", month.from_s)
    amount = Decimal(0)
    if rate is not None:
        price = rate.price.per_unit(declared.unit) * Decimal(quantity).as_integer_ratio()[0]
        amount = round_amount(price.numerator, price.denominator)
    return Line(
        charge=id,
        phase=declared.phase,
        account_id=account_id,
        region=region,
        cache_id=cache_id,
        creation_method=declared.creation_method,
        quantity=Decimal(quantity),
        unit=declared.unit,
        rate=Decimal(0) if rate is None else rate.price.amount,
        per=declared.unit if rate is None else rate.price.per,
        rate_from=None if rate is None else rate.from_label,
        amount=amount,
        free=declared.free,
        estimated=estimated,
        estimated_quantity=Decimal(quantity) if estimated else Decimal(0),
        period_from=month.from_s,
        period_until=month.until_s,
    )


def metered(
    lines: Sequence[Line],
    *,
    unrated: Sequence[Unrated] = (),
    notices: Sequence[Notice] = (),
    caches: Mapping[str, int] | None = None,
    instances: Mapping[str, int] | None = None,
    as_of: datetime = AFTER,
    month: Month = OCTOBER,
    weights: Sequence[int] = (),
) -> MeteredBill:
    """The bill of those lines, each spread over the days by the weights (evenly where there are none)."""
    days = weights or [1] * len(SLICES)
    labels = [f"{index:03}" for index in range(len(days))]
    parts = tuple(
        tuple(
            Part(None, cut.index, 0, 0, unscaled(amount, AMOUNT_PLACES))
            for cut, amount in zip(SLICES, spread(one.amount, days, labels), strict=True)
        )
        for one in lines
    )
    counts = Counts(
        dict.fromkeys(CACHE_OUTCOMES, 0) | dict(caches or {}),
        dict.fromkeys(INSTANCE_OUTCOMES, 0) | dict(instances or {}),
    )
    bill = Bill(month, as_of, TARIFF, tuple(lines), tuple(unrated), tuple(notices), counts)
    return MeteredBill(bill, parts, SLICES)


def report(
    found: MeteredBill,
    *,
    account: str | None = None,
    previous: Bill | None = None,
    year_ago: Bill | None = None,
    earlier: Mapping[Month, Bill] | None = None,
    recommendations: Recommendations | None = None,
    by_tag: tuple[TagGroups, ...] = (),
    further_tag_keys: tuple[str, ...] = (),
    cache_names: dict[CacheRef, str] | None = None,
    free: FreeCreations | None = None,
    rejected_rows: int = 0,
    quotas: tuple[MonthQuota, ...] = (),
) -> ReportData:
    """The report's data around a bill."""
    return assemble(
        found,
        account=account,
        previous=previous,
        year_ago=year_ago,
        earlier=earlier or ({} if previous is None else {previous.month: previous}),
        recommendations=recommendations or Recommendations(),
        by_day=group(found, "day"),
        by_tag=by_tag,
        further_tag_keys=further_tag_keys,
        cache_names=cache_names or {},
        free_creations=free or FreeCreations(0, ()),
        provenance=Provenance(3, rejected_rows, AFTER),
        quotas=quotas,
    )


def month_quota(account: str = "1001", **given: Any) -> MonthQuota:
    """A quota in October: 40 of 50 used, full for three hours, two a day more; the rest as given."""
    at = instant(OCTOBER.until_s - 1)
    usual: dict[str, Any] = {
        "account_id": account, "region": "cn-hangzhou", "quota": "manual_image_caches", "at": at, "counted": 40,
        "observed": None, "observed_at": None, "stale": False, "limit": 50, "limit_observed_at": at, "peak": 50,
        "peak_at": instant(OCTOBER.from_s), "above_s": 3 * DAY_S, "full_s": 3 * HOUR_S, "evicted": 0, "difference": 0,
        "differs_since": None, "at_limit": "refused", "victims": (),
        "forecast": forecast(
            [Point(OCTOBER.until_s - 1 - day * DAY_S, 40 - 2 * day) for day in range(9, -1, -1)],
            at_s=OCTOBER.until_s - 1, used=40, limit=given.get("limit", 50),
        ),
    }  # fmt: skip
    use = QuotaUse(**usual | given)
    step = QuotaStep(*use.subject, instant(OCTOBER.from_s), at, use.counted, None, None, use.limit, False)
    return MonthQuota(use, tuple(QuotaDay(day.from_s, step, use.counted) for day in OCTOBER.days()))


HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    '"><img src=x onerror=alert(1)>',
    "a\x1b[31mred\x00",
    "\u202egnp.exe",
    "=cmd|' /C calc'!A0",
    "\ud800 lone",
    "مخزن الصور 训练 👩‍💻",
    "x" * 10_000,
    "</style></title><script>",
)
"""Names that other people may give to caches, accounts and tags."""


def full(names: tuple[str, ...] = ("flink", "spark")) -> ReportData:
    """A month with something in every section, whose caches, accounts and tags have these names."""
    lines, cache_names = [], {}
    for index, name in enumerate(names):
        account, cache = name, f"imc-{index}"
        cache_names[CacheRef(account, "cn-hangzhou", cache)] = name
        lines += [
            line("creation.snapshot", cache, 1488, account_id=account, estimated=index == 0),
            line("usage.cache_disk", cache, 20_000_000 + index, account_id=account),
        ]
    lines += [
        line("creation.automatic", "imc-auto", 1, account_id=names[0], region="cn-beijing"),
        line("usage.ephemeral_storage", "imc-auto", 7_000, account_id=names[0], region="cn-beijing"),
    ]
    lines.sort(key=lambda one: (one.account_id, one.region, one.cache_id))
    reason = TARIFF.missing_reason("ebs.essd_pl1", "cn-x", OCTOBER.from_s)
    found = metered(
        lines,
        unrated=[
            Unrated("usage.cache_disk", names[0], "cn-x", names[-1], Decimal(3600), "GiB-second", reason)
        ],
        notices=[Notice("unknown_cache", names[0], "cn-hangzhou", names[-1], 4, "…")],
        caches={"charged": len(names), "free": 1},
        instances={"charged": 40, "unknown_cache": 4},
        weights=range(1, 32),
    )
    before = metered(
        [one._replace(amount=cut_cents(one.amount)) for one in lines if one.charge != "creation.snapshot"],
        month=SEPTEMBER,
        caches={"charged": 1},
    )
    by_tag = tuple(
        TagGroups(
            name, tuple(replace(one, columns=(f"tag:{name}",), key=(name,)) for one in group(found, "charge"))
        )
        for name in names[:2]
    )
    free = FreeCreations(
        1, (line("creation.disk", "imc-auto", 9000), line("creation.snapshot", "imc-auto", 60))
    )
    data = report(
        found,
        previous=before.bill,
        recommendations=recommendations(),
        by_tag=by_tag,
        further_tag_keys=names,
        cache_names=cache_names,
        free=free,
        rejected_rows=2,
        quotas=tuple(month_quota(name) for name in names),
    )
    return _with_the_rest(data, names)


def _with_the_rest(data: ReportData, names: tuple[str, ...]) -> ReportData:
    """The data with budgets, alerts, statements and a bill of the provider."""
    stated = statements(data, [correction(name) for name in names])
    return replace(
        data,
        caches=caches(names),
        explanations=explanations(data),
        budgets=budgets(names),
        firings=firings(names),
        reconciliation=reconciliation(*(difference("price", "1", name) for name in names)),
        statements=stated,
        settled=settled_statements(stated),
    )


def recommendations() -> Recommendations:
    """One of each kind, and all that go together."""
    return Recommendations(
        (
            Recommendation(
                "automatic", (("creation_method", "automatic"),), Decimal("3.5"), 2, Decimal("0.25"), 1, 3
            ),
            Recommendation("retention", (("retention_days", "7"),), Decimal("1.5"), 0, Decimal(0), 1, 1),
            Recommendation("instant", (("instant", "false"),), Decimal(1), 0, None, 1, 1),
        ),
        Recommendation(
            "together",
            (("retention_days", "7"), ("instant", "false")),
            Decimal("2.25"),
            0,
            Decimal(0),
            2,
            2,
        ),
    )


def budgets(names: tuple[str, ...]) -> tuple[BudgetState, ...]:
    """A budget of each name, the first one exceeded."""
    return tuple(
        BudgetState(
            budget=Budget(name, Decimal("5")),
            month=OCTOBER,
            at=AFTER,
            currency="CNY",
            actual=Decimal("7.25") - index,
            running=Decimal(0),
            usual=None,
            complete=True,
        )
        for index, name in enumerate(names)
    )


def firings(names: tuple[str, ...]) -> tuple[Firing, ...]:
    """An alert about each name, the first one critical, acknowledged and over."""
    return tuple(
        Firing(
            alert_id=f"al-{index}",
            rule="quota *",
            subject={"account_id": name, "region": "cn-hangzhou", "quota": "manual_image_caches"},
            severity="warning" if index else "critical",
            fired_s=OCTOBER.from_s + index * 86400,
            resolved_s=None if index else OCTOBER.from_s + 7200,
            peak=Fraction(49, 50),
            acked_by=None if index else name,
        )
        for index, name in enumerate(names)
    )


def difference(class_: str, amount: str, name: str = "eci-1") -> Difference:
    """One difference."""
    return Difference(
        class_,
        Decimal(amount),
        "usage.cache_disk",
        "1001",
        "cn-hangzhou",
        "imc-1",
        name,
        reason("discounts", item=f"because of {name}"),
    )


def reconciliation(*differences: Difference) -> Reconciliation:
    """A reconciliation of these differences, from 100."""
    total = sum((each.amount for each in differences), Decimal(0))
    return Reconciliation(
        month="2026-10",
        currency="CNY",
        as_of="2026-11-10T00:00:00+08:00",
        tariff={"id": "alibaba-cn", "digest": "sha256:0"},
        ours=Decimal(100),
        theirs=100 + total,
        gross=100 + total,
        grain="hour",
        matched=12,
        differences=differences,
        tolerance=Decimal(0),
        files=(),
    )


def statements(data: ReportData, corrections: Sequence[Correction] = ()) -> tuple[Statement, ...]:
    """The statements of a report's open month, which carry these corrections."""
    lines = [
        one._replace(account_id=stored(one.account_id), cache_id=stored(one.cache_id))
        for one in data.bill.lines
    ]
    made = documents(replace(data.bill, lines=tuple(lines)), Pending(tuple(corrections)), version=1)
    return tuple(Statement(document) for document in made)


def stored(name: str) -> str:
    """A name as it can lie in a workspace, which has no lone surrogates."""
    return name.encode(errors="replace").decode()


def closed(found: Statement, *, signed: bool = False) -> Statement:
    """The statement as a close leaves it."""
    frozen = {
        "version": 2, "closed_at": "2026-11-03T09:00:00+08:00", "closed_by": "<b>li</b>", "as_of_s": OCTOBER.until_s,
        "program": "0.1.0", "records": {"caches": 3, "instances": 44},
        "tariff": {"id": "alibaba-cn", "content_sha256": "ab" * 32},
        "marks": ["estimated", "unrated"],
    }  # fmt: skip
    signature = {"algorithm": "ed25519", "public_key": "x", "signature": "y"} if signed else None
    return Statement({**found.document, **frozen}, "closed", "cd" * 32, signature)


def correction(name: str, amount: str = "-0.5") -> Correction:
    """A credit for a cache of this name, incurred in September."""
    name = stored(name)
    corrected = line("usage.cache_disk", name, 21_600, account_id=name, month=SEPTEMBER)
    described = {each: corrected.to_json()[each] for each in DESCRIBING}
    why = USAGE_REASONS["gone"].format(month=SEPTEMBER.label)
    return Correction(
        corrected.line_id, SEPTEMBER, "usage", described, Decimal(-21_600), Decimal(amount), False, why
    )


def explanations(data: ReportData) -> Explanations | None:
    """Every line of a report explained; nothing where a name is none that a workspace can have."""
    if any(stored(one.account_id + one.cache_id) != one.account_id + one.cache_id for one in data.bill.lines):
        return None
    return Explanations({one.line_id: summary(one) for one in data.bill.lines})


def summary(one: Line) -> LineSummary:
    """A line that one record is behind, of a file whose name other people chose, and two more."""
    declared = charge(one.charge)
    rate = None if declared.rate is None else TARIFF.rate(declared.rate, "cn-hangzhou", OCTOBER.from_s)
    price = Fraction(0) if rate is None else rate.price.per_unit(declared.unit)
    version = Version(1, one.cache_id, 7, OCTOBER.from_s, False)
    record = Behind(declared.record, one.cache_id, {}, 1, (version,))
    span = (OCTOBER.from_s - 60, None, OCTOBER.from_s, OCTOBER.until_s)
    part = RecordPart(record, *span, ("cut",), one.quantity, "size", 1, one.quantity, Decimal(0))
    exact = price * Fraction(one.quantity)
    return LineSummary(one, declared, rate, exact, 3, (part,), 1, 2, ("snapshot_gib",))
