"""`imcost quota`: how full each quota is, when it will be full and what happens then; or its history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from billing.quotas import QuotaStep
    from billing.quotas.overview import Overview

EXAMPLE = """
\b
Examples:
  imcost quota
  imcost quota --at 2026-10-20 --json
  imcost quota --history --from 2026-10-01 --chart quotas.svg
"""


class Wanted(NamedTuple):
    """The quotas that are asked for; None: any."""

    account: str | None
    region: str | None
    quota: str | None

    def matches(self, *subject: str) -> bool:
        """Whether a subject's account, region and, if given, quota are among them."""
        return all(want in (None, found) for want, found in zip(self, subject, strict=False))

    @property
    def accounts(self) -> tuple[str, ...] | None:
        """The accounts to look at; None: all."""
        return None if self.account is None else (self.account,)


@click.command(name="quota", help=f"Show used, limit, forecast, and what happens at the limit.\n{EXAMPLE}")
@click.option("--at", "at_text", metavar="INSTANT", help="As it was at this instant or day (default: now).")
@click.option("--account", metavar="A", help="Only this account.")
@click.option("--region", metavar="R", help="Only this region.")
@click.option("--quota", metavar="Q", help="Only this quota, such as manual_image_caches.")
@click.option("--history", "with_history", is_flag=True, help="Show the history, day by day.")
@click.option(
    "--from", "from_text", metavar="INSTANT", help="Begin of the history (default: 28 days before)."
)
@click.option(
    "--chart", type=click.Path(dir_okay=False, path_type=Path), help="Draw the history as an SVG file."
)
@common_options
def command(
    ctx: Context,
    at_text: str | None,
    account: str | None,
    region: str | None,
    quota: str | None,
    with_history: bool,
    from_text: str | None,
    chart: Path | None,
) -> None:
    """Print the quotas at a moment, or their history up to it."""
    from rules.quota import quota as quota_of

    if quota is not None:
        quota_of(quota)
    at = _at(ctx, at_text)
    if with_history or chart is not None or from_text is not None:
        steps = _history(ctx, at, from_text, Wanted(account, region, quota))
        _print_history(ctx, steps, chart)
    else:
        _print_overview(ctx, at, Wanted(account, region, quota))


def _at(ctx: Context, text: str | None) -> datetime:
    """The moment that is asked for, which is not later than the present one."""
    from billing.errors import UsageError

    at = ctx.as_of if text is None else _instant("--at", text)
    if at > ctx.as_of:
        raise UsageError(
            "lies after the present moment", place="--at", hint="name an earlier one, or set --as-of"
        )
    return at


def _instant(option: str, text: str) -> datetime:
    from rules.errors import PeriodError
    from rules.period import parse_date_or_instant

    try:
        return parse_date_or_instant(text)
    except PeriodError as error:
        raise PeriodError(error.message, place=option, hint=error.hint) from None


def _print_overview(ctx: Context, at: datetime, wanted: Wanted) -> None:
    from billing.cli import quota_tables
    from billing.quotas.answers import overview_json

    found, currency = _overview(ctx, at, wanted)
    if ctx.json:
        ctx.print_json(overview_json(found, at=at, currency=currency))
    else:
        quota_tables.print_overview(ctx, found, at=at, currency=currency)


def _overview(ctx: Context, at: datetime, wanted: Wanted) -> tuple[Overview, str]:
    """What is asked for, and the currency of its amounts."""
    from dataclasses import replace

    from billing.quotas.overview import overview
    from billing.quotas.settings import quota_settings

    tariff = ctx.load_tariff()
    settings = quota_settings(ctx.settings(), ctx.workspace.settings)
    store = ctx.open_store()
    with store.reader() as reader:
        found = overview(store, reader, tariff, at=at, settings=settings, accounts=wanted.accounts)
    return replace(
        found,
        uses=tuple(use for use in found.uses if wanted.matches(*use.subject)),
        near_limits=[each for each in found.near_limits if wanted.matches(each.account_id, each.region)],
        expiring=[each for each in found.expiring if wanted.matches(each.account_id, each.region)],
    ), tariff.currency


def _history(ctx: Context, at: datetime, from_text: str | None, wanted: Wanted) -> Sequence[QuotaStep]:
    from datetime import timedelta

    from billing.errors import UsageError
    from billing.quotas import history
    from billing.quotas.settings import quota_settings

    settings = quota_settings(ctx.settings(), ctx.workspace.settings)
    from_ = at - timedelta(seconds=settings.window_s) if from_text is None else _instant("--from", from_text)
    if from_ >= at:
        raise UsageError(
            "the history begins at its end or later", place="--from", hint="name an earlier instant"
        )
    store = ctx.open_store()
    with store.reader() as reader:
        steps = history(store, reader, from_=from_, until=at, accounts=wanted.accounts)
    return [step for step in steps if wanted.matches(step.account_id, step.region, step.quota)]


def _print_history(ctx: Context, steps: Sequence[QuotaStep], chart: Path | None) -> None:
    from billing.cli import quota_tables
    from billing.quotas.answers import step_json
    from rules.period import rfc3339

    if chart is not None:
        from reports.quota_chart import history_svg

        if not steps:
            from billing.errors import UsageError

            raise UsageError("there is no quota to draw", place="--chart", hint="leave the filters away")
        chart.write_text(history_svg(steps), encoding="utf-8")
    if ctx.json:
        ctx.print_json({"as_of": rfc3339(ctx.as_of), "steps": [step_json(step) for step in steps]})
    elif chart is not None:
        click.echo(str(chart))
    else:
        quota_tables.print_history(ctx, steps)
