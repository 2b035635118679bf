"""Metrics as a text file for Prometheus, such as node_exporter's textfile collector reads; written whole or not at all.

Names follow Prometheus's conventions: base units last, ratios from 0 to 1, instants as seconds since 1970. What isn't known has
no sample: an unknown limit is never a zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from billing.alerting.check import Checked
from billing.alerting.thresholds import share_of
from billing.alerting.watched import Seen
from billing.store.alert_models import OutboxMessage
from billing.whole_files import write_whole
from rules.money import plain, round_fraction
from rules.period import epoch_s


class Metric(NamedTuple):
    """One metric: its name and what it means; all are gauges."""

    name: str
    help: str


QUOTA_USED = Metric("imcost_quota_used_caches", "Image caches that hold a place in the quota.")
QUOTA_LIMIT = Metric("imcost_quota_limit_caches", "Image caches that the quota allows.")
QUOTA_RATIO = Metric("imcost_quota_used_ratio", "Share of the quota that is used, 1 for all of it.")
QUOTA_REACHES = Metric(
    "imcost_quota_limit_reached_timestamp_seconds", "When the quota is expected to be used up."
)
QUOTA_OBSERVED = Metric("imcost_quota_observed_timestamp_seconds", "When the quota was observed last.")
BUDGET_MONTHLY = Metric("imcost_budget_monthly_amount", "What the month may cost, in the currency.")
BUDGET_ACTUAL = Metric("imcost_budget_spent_amount", "What the month has cost so far, in the currency.")
BUDGET_FORECAST = Metric(
    "imcost_budget_forecast_amount", "What the month is expected to cost, in the currency."
)
ALERT_FIRING = Metric("imcost_alert_firing", "1 while the alert fires, else 0.")
ALERT_ACKED = Metric("imcost_alert_acknowledged", "1 while somebody takes care of the firing alert, else 0.")
ALERT_SILENCED = Metric("imcost_alert_silenced", "1 while nothing is told of the alert, else 0.")
WAITING = Metric("imcost_alert_messages_waiting", "Messages that are neither sent nor given up.")
FAILED = Metric("imcost_alert_messages_undelivered", "Messages that failed and were not sent since.")
CHECKED = Metric("imcost_alert_last_check_timestamp_seconds", "When alerts were checked last.")

METRICS = (
    QUOTA_USED, QUOTA_LIMIT, QUOTA_RATIO, QUOTA_REACHES, QUOTA_OBSERVED, BUDGET_MONTHLY, BUDGET_ACTUAL, BUDGET_FORECAST,
    ALERT_FIRING, ALERT_ACKED, ALERT_SILENCED, WAITING, FAILED, CHECKED,
)  # fmt: skip

Labels = Mapping[str, str]


class Sample(NamedTuple):
    """One value of a metric."""

    metric: Metric
    labels: Labels
    value: Decimal | int


def metrics_text(seen: Seen, checked: Checked, *, waiting: int, undelivered: Sequence[OutboxMessage]) -> str:
    """All metrics in the exposition format, in the order of METRICS; one without samples is left out."""
    samples: dict[str, list[Sample]] = {}
    for sample in _samples(seen, checked, waiting, undelivered):
        samples.setdefault(sample.metric.name, []).append(sample)
    lines = []
    for metric in METRICS:
        if metric.name in samples:
            lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} gauge"]
            lines += map(_line, samples[metric.name])
    return "\n".join(lines) + "\n"


def write_metrics(
    file: Path, seen: Seen, checked: Checked, *, waiting: int, undelivered: Sequence[OutboxMessage]
) -> None:
    """Write the metrics, whole, so that a scrape never sees half of them."""
    text = metrics_text(seen, checked, waiting=waiting, undelivered=undelivered)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, text, mode=0o644)


def _samples(
    seen: Seen, checked: Checked, waiting: int, undelivered: Sequence[OutboxMessage]
) -> Iterator[Sample]:
    yield from _quotas(seen)
    for state in seen.budgets:
        labels = {"budget": state.budget.name, "currency": state.currency}
        yield Sample(BUDGET_MONTHLY, labels, state.budget.monthly)
        yield Sample(BUDGET_ACTUAL, labels, state.actual)
        yield Sample(BUDGET_FORECAST, labels, state.forecast)
    for outcome in checked.outcomes:
        shown = outcome.shown
        subject = {name: text for name, text in outcome.watched.subject.items() if name != "health"}
        labels = {"alert_id": shown["id"], "rule": shown["rule"], "severity": shown["severity"], **subject}
        yield Sample(ALERT_FIRING, labels, int(outcome.state.name == "firing"))
        yield Sample(ALERT_ACKED, labels, int(shown["acked"]))
        yield Sample(ALERT_SILENCED, labels, int(shown["silenced_until"] is not None))
    yield Sample(WAITING, {}, waiting)
    yield Sample(FAILED, {}, len(undelivered))
    yield Sample(CHECKED, {}, epoch_s(checked.at))


def _quotas(seen: Seen) -> Iterator[Sample]:
    for use in seen.quotas:
        labels = {"account_id": use.account_id, "region": use.region, "quota": use.quota}
        yield Sample(QUOTA_USED, labels, use.used)
        if use.limit is not None:
            yield Sample(QUOTA_LIMIT, labels, use.limit)
        share = share_of(Decimal(use.used), None if use.limit is None else Decimal(use.limit))
        if share is not None:
            yield Sample(QUOTA_RATIO, labels, _decimal(share))
        if use.forecast.reaches is not None:
            yield Sample(QUOTA_REACHES, labels, epoch_s(use.forecast.reaches))
        if use.observed_at is not None:
            yield Sample(QUOTA_OBSERVED, labels, epoch_s(use.observed_at))


def _decimal(share: Fraction) -> Decimal:
    return round_fraction(share)


def _line(sample: Sample) -> str:
    labels = ",".join(f'{name}="{_escaped(text)}"' for name, text in sorted(sample.labels.items()))
    value = plain(sample.value) if isinstance(sample.value, Decimal) else str(sample.value)
    return f"{sample.metric.name}{{{labels}}} {value}" if labels else f"{sample.metric.name} {value}"


def _escaped(text: str) -> str:
    return (
        text.encode(errors="replace").decode().replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    )
