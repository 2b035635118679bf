"""A replay of alerts on the terminal, and as a drawing with the thresholds in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from billing.alerting.replay import Replayed
    from billing.alerting.rules import AlertSettings, Rule
    from billing.cli.options import Context
    from billing.quotas import QuotaStep

QUOTA_KEYS = ("warning", "critical", "clear", "for", "forecast")
"""What --set may try."""

STYLES = {"critical": "bold red", "warning": "yellow"}


def replayed(
    ctx: Context, from_text: str, until_text: str | None, every: str, sets: Sequence[str]
) -> Replayed:
    """The replay that the options ask for; it ends at the present moment at the latest."""
    from billing.alerting.replay import replay
    from billing.alerting.thresholds import UnreadableError, parse_length
    from billing.errors import UsageError
    from billing.quotas.settings import quota_settings
    from rules.period import epoch_s

    from_s = epoch_s(_instant("--from", from_text))
    until_s = epoch_s(ctx.as_of if until_text is None else _instant("--until", until_text))
    if until_s > epoch_s(ctx.as_of):
        ctx.warn("--until lies after the present moment: the replay ends now")
        until_s = epoch_s(ctx.as_of)
    if from_s >= until_s:
        raise UsageError("there is nothing to replay", place="--from", hint="name an instant before --until")
    try:
        every_s = parse_length(every)
    except UnreadableError as error:
        raise UsageError(f"{every!r} is no length of time", place="--every", hint=str(error)) from None
    if every_s < 60:
        raise UsageError(f"{every} is too short", place="--every", hint="write at least 1m")
    store, settings = ctx.open_store(), _settings(ctx, sets)
    with store.reader() as reader:
        return replay(
            store,
            reader,
            settings,
            from_s=from_s,
            until_s=until_s,
            every_s=every_s,
            quota=quota_settings(ctx.settings(), ctx.workspace.settings),
            tariff=ctx.load_tariff,
        )


def print_replay(ctx: Context, found: Replayed) -> None:
    """A row for each change, then what it comes to."""
    from rich.table import Table

    from billing.alerting.thresholds import length_text, percent_text, share_of
    from billing.cli.alert_tables import subject_text
    from rules.money import plain
    from rules.period import rfc3339

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("at", "change", "severity", "use", "of", "share", "by", "subject"):
        table.add_column(name, justify="right" if name in ("use", "of", "share") else "left", overflow="fold")
    for change in found.changes:
        style = STYLES[change.severity] if change.change != "resolved" else "green"
        share = share_of(change.value, change.limit)
        table.add_row(
            rfc3339(change.at_s)[:16].replace("T", " "),
            f"[{style}]{change.change}[/]",
            change.severity,
            "" if change.value is None else plain(change.value),
            "" if change.limit is None else plain(change.limit),
            "" if share is None else percent_text(share),
            change.threshold,
            ctx.safe(subject_text(change.subject)),
        )
    if found.changes:
        ctx.console.print(table)
    fired = [watch for watch in found.watches if watch.changes]
    for watch in fired:
        ctx.console.print(
            f"{ctx.safe(subject_text(watch.subject))}: {_messages(len(watch.changes))},"
            f" firing for {length_text(watch.firing_s)}"
        )
    ctx.console.print(
        f"{len(found.watches) - len(fired)} of {len(found.watches)} alerts would have been quiet"
    )


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


def draw(found: Replayed, file: Path) -> None:
    """Draw every quota of the replay with its limit and thresholds, one below the other."""
    from reports.charts import step_drawing
    from reports.step_line import StepLine

    lines = []
    for subject, steps in found.steps.items():
        rule = _rule_of(found, subject)
        if rule is None:
            continue
        lines.append(
            StepLine(
                title="  ".join(subject),
                moments=tuple(_at(found, step.at) for step in steps),
                end=_at(found, steps[-1].until),
                values=tuple(step.used for step in steps),
                limits=tuple(step.limit for step in steps),
                thresholds=tuple(_line(rule, index, steps) for index in range(len(rule.levels))),
            )
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(step_drawing(lines), encoding="utf-8")


def _at(found: Replayed, at: datetime) -> datetime:
    """An instant of the history inside the replay."""
    from rules.period import instant

    return max(instant(found.from_s), min(instant(found.until_s), at))


def _rule_of(found: Replayed, subject: tuple[str, str, str]) -> Rule | None:
    """The first rule that is about a quota."""
    for watch in found.watches:
        if tuple(watch.subject.get(key) for key in ("account_id", "region", "quota")) == subject:
            return watch.rule
    return None


def _line(rule: Rule, index: int, steps: Sequence[QuotaStep]) -> tuple[Decimal | None, ...]:
    """A level's threshold at each step of the history, as a number of caches."""
    from decimal import Decimal

    from rules.money import round_fraction

    threshold = rule.levels[index].conditions[0].threshold
    values = []
    for step in steps:
        at = None if threshold is None else threshold.at(None if step.limit is None else Decimal(step.limit))
        values.append(None if at is None else round_fraction(at))
    return tuple(values)


def _settings(ctx: Context, sets: Sequence[str]) -> AlertSettings:
    """The workspace's alert settings, with other values in every quota rule where they are to be tried."""
    from billing.alerting.reading import read_alerts
    from billing.errors import UsageError
    from rules.errors import suggestion

    tried: dict[str, Any] = {}
    for text in sets:
        key, equals, value = text.partition("=")
        if key not in QUOTA_KEYS or not equals:
            raise UsageError(f"{text!r} can't be tried", place="--set", hint=suggestion(key, QUOTA_KEYS))
        tried[key] = value
    settings = ctx.settings()
    if tried:
        tables = [{**table, **tried} for table in settings.alerts.get("quota", [{}])]
        settings = replace(settings, alerts={**settings.alerts, "quota": tables})
    return read_alerts(settings, ctx.workspace.settings)


def _instant(option: str, text: str) -> datetime:
    from rules.errors import PeriodError
    from rules.period import parse_date_or_instant

    try:
        return parse_date_or_instant(text)
    except PeriodError as error:
        raise PeriodError(error.message, place=option, hint=error.hint) from None
