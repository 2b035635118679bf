"""A replay on the terminal: each cache's cost before and after, curves with bars beside their numbers, and what is assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from billing.cli.bill_tables import add_numbers, aligned
from billing.whole_files import write_whole
from rules.money import round_amount

if TYPE_CHECKING:
    from rich.table import Table

    from billing.cli.options import Context
    from billing.replaying import MissCurve, Replay, Replayed, Sweep

BAR_WIDTH = 20


def show(ctx: Context, replayed: Replayed, *, rows_shown: int) -> None:
    """Print a replay as JSON or as tables: the caches that differ most first."""
    if ctx.json:
        ctx.print_json(replayed.to_json())
    else:
        _print_heading(ctx, replayed)
        _print_caches(ctx, replayed, rows_shown)
        _print_totals(ctx, replayed)
        _print_assumptions(ctx, replayed.assumptions)
    _warn(ctx, replayed)


def show_sweep(ctx: Context, found: Sweep, chart: Path | None) -> None:
    """Print a sweep as JSON or as a table whose bars are the totals, and draw it where a chart is asked for."""
    best = found.best_replayed
    if chart is not None:
        points = [(point.value, point.compared) for point in found.points]
        _draw(chart, points, f"{best.month.label}: total and pulls in {best.currency} by {found.setting}")
    if ctx.json:
        ctx.print_json(best.to_json() | {"sweep": found.to_json()})
        _warn(ctx, best)
        return
    _print_heading(ctx, best)
    pulls = [point.extra_pull_amount or Decimal(0) for point in found.points]
    columns = {
        found.setting: [Decimal(point.value) for point in found.points],
        "total": [_rounded(point.replayed_total) for point in found.points],
        "pulls": [_rounded(amount) for amount in pulls],
        "misses": [Decimal(point.behaviour.misses) for point in found.points],
    }
    marks = ["best" if point is found.best else "" for point in found.points]
    _print_curve(ctx, columns, _bars([point.compared for point in found.points]), marks)
    ctx.console.print(
        f"\n[bold]best: {found.setting} {found.best.value}[/bold], compared by the total and what pulls cost; in full:"
    )
    _print_totals(ctx, best)
    _print_assumptions(ctx, best.assumptions)
    _warn(ctx, best)


def show_curve(ctx: Context, replay: Replay, curve: MissCurve, chart: Path | None) -> None:
    """Print how often caches are missed under each quota, as JSON or as a table with bars."""
    month = replay.bill.month.label
    if chart is not None:
        points = [(point.limit, Decimal(point.misses)) for point in curve.points]
        _draw(chart, points, f"{month}: instances that miss their cache by {curve.quota}")
    if ctx.json:
        ctx.print_json({"month": month, "quota": curve.to_json()})
        return
    ctx.console.print(
        f"[bold]{month}[/bold]  {curve.quota} in each account and region  {curve.caches} caches,"
        f" {curve.instances} instances"
    )
    columns = {
        "quota": [Decimal(point.limit) for point in curve.points],
        "misses": [Decimal(point.misses) for point in curve.points],
        "share": [_percent(point.misses, curve.instances) for point in curve.points],
    }
    _print_curve(ctx, columns, _bars([Decimal(point.misses) for point in curve.points]), [])
    ctx.console.print(f"\nFrom a quota of {curve.enough} on, a larger one changes nothing.")
    _print_assumptions(ctx, curve.assumptions)


def _print_heading(ctx: Context, replayed: Replayed) -> None:
    said = "  ".join(f"{name}={ctx.safe(str(value))}" for name, value in replayed.settings.items())
    ctx.console.print(
        f"[bold]{replayed.month.label}[/bold]  {replayed.currency}  {said or 'nothing is set: as recorded'}"
    )


def _print_caches(ctx: Context, replayed: Replayed, rows_shown: int) -> None:
    ordered = sorted(replayed.caches, key=lambda cost: (-abs(cost.difference), cost))
    differing = [cost for cost in ordered if cost.difference]
    shown = differing[:rows_shown] or ordered[:rows_shown]
    several = [name for name in ("account_id", "region") if len({getattr(cost, name) for cost in shown}) > 1]
    table = _table()
    for name in (*several, "cache_id"):
        table.add_column(name.removesuffix("_id"), overflow="fold", min_width=8)
    columns = [
        aligned([_rounded(getattr(cost, name)) for cost in shown], name)
        for name in ("recorded", "replayed", "difference")
    ]
    for name, column in zip(("recorded", "replayed", "difference"), columns, strict=True):
        add_numbers(table, name, column)
    for cost, *numbers in zip(shown, *columns, strict=True):
        table.add_row(*(ctx.safe(getattr(cost, name)) for name in (*several, "cache_id")), *numbers)
    ctx.console.print(table)
    if rest := len(ordered) - len(shown):
        same = len(ordered) - len(differing)
        ctx.console.print(f"… and {rest} more caches, {same} of {len(ordered)} without a difference (--json)")


def _print_totals(ctx: Context, replayed: Replayed) -> None:
    behaviour = replayed.behaviour
    amounts = {
        "recorded total": replayed.recorded_total,
        "replayed total" if replayed.complete else "replayed total (incomplete)": replayed.replayed_total,
        f"difference, {replayed.currency}": replayed.difference,
    }
    if replayed.extra_pull_amount:
        amounts["pulls of what misses, in no total"] = replayed.extra_pull_amount
    table = _table(show_header=False)
    table.add_column(no_wrap=True)
    add_numbers(table, "", aligned(list(amounts.values())))
    for label, text in zip(amounts, aligned(list(amounts.values())), strict=True):
        style = "bold" if label.startswith("difference") else ""
        table.add_row(label, text, style=style)
    ctx.console.print()
    ctx.console.print(table)
    ctx.console.print(
        f"[dim]instances: {behaviour.hits} hits, {behaviour.misses} misses, {behaviour.extra_pull_s} s of pulling;"
        f" caches: {behaviour.evictions} evictions, {behaviour.refused} refused creations[/dim]"
    )


def _print_assumptions(ctx: Context, sentences: Sequence[str]) -> None:
    if sentences:
        ctx.console.print("\n[bold]assumed[/bold]")
    table = _table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for sentence in sentences:
        table.add_row("•", ctx.safe(sentence))
    if sentences:
        ctx.console.print(table)


def _print_curve(
    ctx: Context, columns: Mapping[str, Sequence[Decimal]], bars: Sequence[str], marks: Sequence[str]
) -> None:
    table = _table()
    texts = [aligned(values, name) for name, values in columns.items()]
    for name, column in zip(columns, texts, strict=True):
        add_numbers(table, name, column)
    table.add_column("", no_wrap=True)
    table.add_column("", no_wrap=True)
    for index, bar in enumerate(bars):
        table.add_row(*(column[index] for column in texts), bar, marks[index] if marks else "")
    ctx.console.print(table)


def _warn(ctx: Context, replayed: Replayed) -> None:
    if not replayed.complete:
        first = replayed.unrated[0]
        ctx.warn(
            f"the total is incomplete: {len(replayed.unrated)} quantities have no rate, the first: {first.reason}"
        )


def _table(*, show_header: bool = True) -> Table:
    from rich.table import Table

    return Table(box=None, pad_edge=False, header_style="bold", show_header=show_header)


def _bars(values: Sequence[Decimal]) -> list[str]:
    """A bar for each value, the largest of full width; an eighth of a cell is the smallest difference."""
    most = max((abs(value) for value in values), default=Decimal(0))
    bars = []
    for value in values:
        eighths = int(abs(value) * BAR_WIDTH * 8 / most) if most else 0
        bars.append("█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else ""))
    return bars


def _rounded(amount: Decimal) -> Decimal:
    """An amount to four decimals, for a table whose exact numbers stand in the JSON."""
    return amount.quantize(Decimal("0.0001")) if amount.as_tuple().exponent else amount


def _percent(part: int, whole: int) -> Decimal:
    return round_amount(part * 100, whole).quantize(Decimal("0.01")) if whole else Decimal(0)


def _draw(output: Path, points: Sequence[tuple[int, Decimal]], description: str) -> None:
    """The curve as SVG, there whole or not at all."""
    from reports.charts import curve_chart

    write_whole(output, str(curve_chart(points, description=description)))
