"""`imcost replay`: what a recorded month would have cost under other choices, cache by cache, and what would have happened."""

from __future__ import annotations

from pathlib import Path

import click

from billing.cli.options import Context, common_options

ROWS_SHOWN = 40
"""Rows of a table on the terminal; the rest is summed in one row and named."""

MOST_POINTS = 1000
"""Values of a sweep or limits of a curve."""

EXAMPLE = """
\b
Examples:
  imcost replay 2026-10 --set creation_method=automatic
  imcost replay 2026-10 --set retention_days=7 --name 'train-*'
  imcost replay 2026-10 --sweep retention_days=1..30
  imcost replay 2026-10 --quota automatic=25..200

\b
Settings:
  creation_method         manual or automatic
  retention_days          days, or permanent; of manual caches
  instant                 true or false; of manual caches
  size_gib                GiB
  included_ephemeral_gib  GiB that an instance has without paying
  tariff, region          other prices
  automatic_quota         caches in each account and region
  manual_quota            the same of manual caches
"""


@click.command(name="replay", help=f"Show what a month would have cost under other choices.\n{EXAMPLE}")
@click.argument("month")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Choose otherwise (repeatable).")
@click.option("--cache", "cache_ids", multiple=True, metavar="ID", help="Only for this cache (repeatable).")
@click.option(
    "--name", "names", multiple=True, metavar="PATTERN", help="Only for caches so named, with * and ?."
)
@click.option("--tag", "tags", multiple=True, metavar="KEY[=VALUE]", help="Only for caches with this tag.")
@click.option("--account", "accounts", multiple=True, metavar="A", help="Only for this account's caches.")
@click.option("--sweep", "sweep_", metavar="KEY=A..B", help="Replay for each value; the best one is shown.")
@click.option(
    "--quota", "quota_", metavar="METHOD=A..B", help="How often caches are missed under each quota."
)
@click.option("--pull-time", metavar="TIME", help="How long an instance pulls that misses, such as 50s.")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="Write the curve as SVG.")
@common_options
def command(
    ctx: Context,
    month: str,
    settings: tuple[str, ...],
    cache_ids: tuple[str, ...],
    names: tuple[str, ...],
    tags: tuple[str, ...],
    accounts: tuple[str, ...],
    sweep_: str | None,
    quota_: str | None,
    pull_time: str | None,
    chart: Path | None,
) -> None:
    """Replay the month, then print it; exit code 1 where a quantity has no rate."""
    from billing.cli import replay_options, replay_tables
    from billing.replaying import Selection, observed_limits, open_replay, sweep
    from rules.period import parse_month

    choices = replay_options.choices(settings, pull_time, [ctx.workspace.tariffs])
    selection = Selection(cache_ids=cache_ids, names=names, tags=replay_options.tags(tags), accounts=accounts)
    swept = None if sweep_ is None else replay_options.swept(sweep_, settings, MOST_POINTS)
    curve = None if quota_ is None else replay_options.quota_limits(quota_, MOST_POINTS)
    replay_options.check_curves(swept, curve, chart)
    parsed_month, tariff, store = parse_month(month), ctx.load_tariff(), ctx.open_store()
    limits = observed_limits(store.quota_observations(), ctx.as_of)
    with (
        store.reader() as reader,
        open_replay(reader, parsed_month, as_of=ctx.as_of, tariff=tariff, limits=limits) as replay,
    ):
        replay_options.check_selection(replay, selection)
        if curve is not None:
            replay_tables.show_curve(ctx, replay, replay.miss_curve(*curve, choices, selection), chart)
            return
        if swept is not None:
            found = sweep(replay, *swept, choices, selection)
            replay_tables.show_sweep(ctx, found, chart)
            ctx.exit(0 if found.best.complete else 1)
        replayed = replay.under(choices, selection)
    replay_tables.show(ctx, replayed, rows_shown=ROWS_SHOWN)
    ctx.exit(0 if replayed.complete else 1)
