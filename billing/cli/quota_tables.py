"""Quotas on the terminal: how full each is, what happens when it is full, and its history day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from billing.alerting.thresholds import length_text, percent_text
from billing.quotas.history import by_day
from rules.money import plain, round_amount
from rules.period import date_label, epoch_s, rfc3339

if TYPE_CHECKING:
    from fractions import Fraction

    from rich.table import Table

    from billing.cli.options import Context
    from billing.quotas import Forecast, QuotaStep, QuotaUse
    from billing.quotas.overview import Overview

VICTIMS_SHOWN = 5
"""Of the caches that would go next; --json has more."""

ROWS_SHOWN = 10

BAR_CELLS = 20
UNKNOWN = "unknown"


def print_overview(ctx: Context, found: Overview, *, at: datetime, currency: str) -> None:
    """Print one row for each quota, then what is to be said about each, then what else comes near a limit."""
    ctx.console.print(f"[bold]Quotas[/bold]  as of {rfc3339(at)}")
    if not found.uses:
        ctx.console.print("no quota is known: import caches, or the provider's ListUsage")
        return
    _print_uses(ctx, found.uses)
    for use in found.uses:
        _print_use(ctx, found, use, currency)
    _print_near_limits(ctx, found)
    _print_expiring(ctx, found)


def print_history(ctx: Context, steps: Sequence[QuotaStep]) -> None:
    """Print each quota day by day: what was used at the day's end, the most in it, and a bar of the share."""
    from rich.table import Table

    if not steps:
        ctx.console.print("no quota is known: import caches, or the provider's ListUsage")
    for subject, days in by_day(steps).items():
        table = Table(
            title=_name(ctx, subject), title_justify="left", title_style="bold", box=None, pad_edge=False
        )
        table.add_column("day")
        for header in ("used", "most", "counted", "observed", "limit", "share"):
            table.add_column(header, justify="right")
        table.add_column("")
        for day in days:
            step = day.last
            share = _share(step.used, step.limit)
            table.add_row(
                date_label(day.from_s),
                str(step.used),
                str(day.most),
                str(step.counted),
                "" if step.observed is None else str(step.observed),
                UNKNOWN if step.limit is None else str(step.limit) + ("?" if step.limit_assumed else ""),
                "" if share is None else percent_text(share),
                _bar(share),
            )
        ctx.console.print(table)
        ctx.console.print()


def _print_uses(ctx: Context, uses: Sequence[QuotaUse]) -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("account", overflow="fold")
    table.add_column("region", overflow="fold")
    table.add_column("quota", no_wrap=True)
    for header in ("used", "limit", "share", "free", "peak"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("full on", no_wrap=True)
    for use in uses:
        table.add_row(
            ctx.safe(use.account_id),
            ctx.safe(use.region),
            use.quota.removesuffix("_image_caches"),
            f"{use.used}{'~' if use.stale else ''}",
            UNKNOWN if use.limit is None else str(use.limit),
            "" if use.share is None else percent_text(use.share),
            "" if use.free_places is None else str(use.free_places),
            str(use.peak),
            _when(use),
        )
    ctx.console.print(table)
    if any(use.stale for use in uses):
        ctx.console.print("[dim]~ the latest observation is old[/dim]")


def _when(use: QuotaUse) -> str:
    """The forecast in a few words."""
    if use.limit is None:
        return UNKNOWN
    if use.forecast.reaches is None:
        return "no forecast" if use.forecast.slope_per_day is None else "not in sight"
    return "now" if use.used >= use.limit else date_label(epoch_s(use.forecast.reaches))[:10]


def _print_use(ctx: Context, found: Overview, use: QuotaUse, currency: str) -> None:
    """What is to be said about one quota, sentence by sentence."""
    ctx.console.print()
    ctx.console.print(f"[bold]{_name(ctx, use.subject)}[/bold]")
    for sentence in (
        *_use_sentences(use),
        *_difference_sentences(found, use),
        forecast_sentence(use.forecast),
    ):
        ctx.console.print(f"  {sentence}")
    if use.at_limit == "refused":
        ctx.console.print("  at the limit: the next creation is refused: no cache is marked LRU")
        return
    if not use.victims:
        ctx.console.print("  at the limit: the least recently used cache is evicted; no record says which")
        return
    ctx.console.print("  at the limit: caches are evicted, the least recently used first:")
    ctx.console.print(_victims(ctx, found, use, currency))
    if len(use.victims) > VICTIMS_SHOWN:
        ctx.console.print(f"  … and {len(use.victims) - VICTIMS_SHOWN} more (all of them: --json)")


def _use_sentences(use: QuotaUse) -> list[str]:
    said = []
    if use.limit is None:
        said.append("the limit is unknown: import the provider's ListUsage")
    if use.observed is not None and use.observed_at is not None:
        old = ", which is old" if use.stale else ""
        said.append(f"{use.observed} observed at {rfc3339(use.observed_at)}{old}; {use.counted} counted now")
    else:
        said.append(f"{use.counted} counted; nothing was observed")
    said.append(f"the month's peak was {use.peak} at {rfc3339(use.peak_at)}")
    if use.above_s:
        said.append(f"80 % of the limit or more was used for {length_text(use.above_s)} of the month")
    if use.full_s:
        said.append(f"the quota was full for {length_text(use.full_s)} of the month")
    if use.evicted:
        said.append(f"{use.evicted} caches were deleted while it was full, probably to make room")
    return said


def _difference_sentences(found: Overview, use: QuotaUse) -> list[str]:
    said = []
    if use.difference and use.differs_since is not None:
        more = f"{use.difference} more" if use.difference > 0 else f"{-use.difference} fewer"
        said.append(f"{more} observed than counted, since {rfc3339(use.differs_since)}")
    return [*said, *(f"  · {sentence}" for sentence in found.explanations.get(use.subject, ()))]


def forecast_sentence(found: Forecast) -> str:
    """A forecast as a sentence."""
    if found.slope_per_day is None or found.slope_per_day_low is None or found.slope_per_day_high is None:
        return f"no forecast: {found.reason}"
    slope = f"{_signed(found.slope_per_day)} caches a day"
    between = f"({_signed(found.slope_per_day_low)} to {_signed(found.slope_per_day_high)})"
    if found.reaches is None:
        return f"trend: {slope} {between}; {found.reason}"
    until = "later than can be said" if found.latest is None else rfc3339(found.latest)
    early = "" if found.earliest is None else rfc3339(found.earliest)
    return f"trend: {slope} {between}; reaches the limit at {rfc3339(found.reaches)}, between {early} and {until}"


def _victims(ctx: Context, found: Overview, use: QuotaUse, currency: str) -> Table:
    """The caches that would go next; a column in which nothing is known is left out."""
    from rich.table import Table

    victims = use.victims[:VICTIMS_SHOWN]
    losses = [found.losses[victim.cache_key] for victim in victims]
    columns = {
        "cache": [ctx.safe(victim.cache_id) for victim in victims],
        "last matched": [_minute(victim.last_matched_at) for victim in victims],
        "created": [_minute(victim.created_at)[:10] for victim in victims],
        "uses": [str(loss.uses) for loss in losses],
        "pull": ["" if loss.pull_s is None else f"~{length_text(loss.pull_s)}" for loss in losses],
        "rebuild": ["" if loss.rebuild_s is None else length_text(loss.rebuild_s) for loss in losses],
        currency: [plain(loss.rebuild_amount) if loss.rebuild_amount else "" for loss in losses],
    }
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", width=1)
    for header, cells in columns.items():
        if any(cells):
            left = header in ("cache", "last matched", "created")
            table.add_column(
                header, justify="left" if left else "right", no_wrap=header != "cache", overflow="fold"
            )
    for row in zip(*(cells for cells in columns.values() if any(cells)), strict=True):
        table.add_row("", *row)
    return table


def _print_near_limits(ctx: Context, found: Overview) -> None:
    if not found.near_limits:
        return
    ctx.console.print("\n[bold]Caches near a limit of one cache[/bold]")
    for each in found.near_limits[:ROWS_SHOWN]:
        beyond = "  beyond it" if each.beyond else ""
        ctx.console.print(
            f"  {ctx.safe(each.cache_id)}: {each.what} {plain(each.value)} of {each.least} to {each.most}{beyond}"
        )
    _more(ctx, len(found.near_limits))


def _print_expiring(ctx: Context, found: Overview) -> None:
    if not found.expiring:
        return
    ctx.console.print("\n[bold]Caches that expire within a week and are used[/bold]")
    for each in found.expiring[:ROWS_SHOWN]:
        ctx.console.print(
            f"  {ctx.safe(each.cache_id)}: expires at {rfc3339(each.expires_at)}, {each.running} instances run,"
            f" {each.started_lately} started in the last week"
        )
    _more(ctx, len(found.expiring))


def _more(ctx: Context, count: int) -> None:
    if count > ROWS_SHOWN:
        ctx.console.print(f"  … and {count - ROWS_SHOWN} more (all of them: --json)")


def _name(ctx: Context, subject: tuple[str, str, str]) -> str:
    account_id, region, quota = subject
    return f"{ctx.safe(account_id)}  {ctx.safe(region)}  {quota}"


def _share(used: int, limit: int | None) -> Fraction | None:
    from fractions import Fraction

    return Fraction(used, limit) if limit else None


def _bar(share: Fraction | None) -> str:
    """The share as a bar of twenty cells; what is beyond the limit is not drawn."""
    if share is None:
        return ""
    filled = min(BAR_CELLS, int(share * BAR_CELLS))
    return "█" * filled + "░" * (BAR_CELLS - filled)


def _minute(at: datetime | None) -> str:
    return "never" if at is None else rfc3339(at)[:16].replace("T", " ")


def _signed(value: Fraction) -> str:
    rounded = round_amount(round(value * 100), 100)
    return f"{'+' if rounded > 0 else ''}{plain(rounded)}"
