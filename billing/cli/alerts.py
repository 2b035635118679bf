"""`imcost alerts`: evaluates thresholds and tells what changed; lists, acknowledges, silences and replays alerts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from billing.cli import console
from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from billing.alerting.delivery import Delivered
    from billing.alerting.rules import AlertSettings
    from billing.alerting.watched import Seen
    from billing.store import Store

FIRING = 1
"""The exit code while something fires, or a message could not be delivered."""

CHECK_EXAMPLE = """
\b
Examples:
  imcost alerts check
  imcost alerts check --no-notify --json
  imcost alerts check --prometheus /var/lib/node_exporter/imcost.prom
"""


@click.group(
    name="alerts", help="Tell whoever is on call, days before.\n\n\b\nExample:\n  imcost alerts check --json"
)
@common_options
def command(_: Context) -> None:
    """The group; its commands do the work."""


@command.command(name="check", help=f"Evaluate the thresholds and tell what changed.\n{CHECK_EXAMPLE}")
@click.option("--no-notify", is_flag=True, help="Send nothing; the states are kept all the same.")
@click.option(
    "--prometheus",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the metrics for Prometheus to this file.",
)
@common_options
def check(ctx: Context, no_notify: bool, prometheus: Path | None) -> None:
    """One check; exit code 1 while something fires or a message could not be delivered."""
    from billing.alerting.channels import make_channels
    from billing.alerting.check import run_check
    from billing.alerting.delivery import Delivered, deliver
    from billing.alerting.watched import watch
    from rules.period import epoch_s

    store, now_s = ctx.open_store(), epoch_s(ctx.as_of)
    settings = alert_settings(ctx)
    channels = (
        [] if no_notify else make_channels(settings.notify, os.environ, place=str(ctx.workspace.settings))
    )
    with ctx.workspace.checking():
        seen = look_now(ctx, store, settings)
        names = [channel.name for channel in channels]
        checked = run_check(store.alerts, settings, watch(settings, seen), at=ctx.as_of, channels=names)
        sending = checked.kept and not no_notify
        delivered = deliver(store.alerts, channels, now_s=now_s) if sending else Delivered(0, ())
        if prometheus is not None:
            _write_prometheus(store, prometheus, seen, checked, now_s)
    if not checked.kept:
        ctx.warn("this moment lies before the last check: what was is shown, and nothing is kept or sent")
    if ctx.json:
        ctx.print_json(checked.to_json())
    else:
        from billing.cli import alert_tables

        alert_tables.print_check(ctx, checked, delivered)
    _warn_of_failures(ctx, delivered)
    ctx.exit(FIRING if checked.firing or delivered.failures else 0)


def alert_settings(ctx: Context) -> AlertSettings:
    """The workspace's alert settings, understood."""
    from billing.alerting.reading import read_alerts

    return read_alerts(ctx.settings(), ctx.workspace.settings)


def look_now(ctx: Context, store: Store, settings: AlertSettings) -> Seen:
    """What the rules are about, at the present moment."""
    from billing.alerting.looking import look
    from billing.quotas.settings import quota_settings

    quota = quota_settings(ctx.settings(), ctx.workspace.settings)
    with store.reader() as reader:
        return look(store, reader, settings, at=ctx.as_of, tariff=ctx.load_tariff, quota=quota)


def _write_prometheus(store: Store, file: Path, seen: Seen, checked: Any, now_s: int) -> None:
    from billing.alerting.channels.prometheus import write_metrics

    write_metrics(file, seen, checked, waiting=store.alerts.waiting(), undelivered=store.alerts.undelivered())


def _warn_of_failures(ctx: Context, delivered: Delivered) -> None:
    for failure in delivered.failures:
        rest = "given up" if failure.given_up else "it is tried again"
        ctx.warn(f"{failure.channel}: {failure.error}: {rest}")


@command.command(
    name="list",
    help="List the alerts as the last check left them.\n\n\b\nExample:\n  imcost alerts list --json",
)
@common_options
def list_alerts(ctx: Context) -> None:
    """Alerts, silences and messages that were not delivered; exit code 1 where there are such messages."""
    from billing.alerting.listing import listing

    found = listing(ctx.open_store().alerts, at=ctx.as_of)
    if ctx.json:
        ctx.print_json(found.to_json())
    else:
        from billing.cli import alert_tables

        alert_tables.print_listing(ctx, found)
    ctx.exit(FIRING if found.undelivered else 0)


@command.command(
    name="ack",
    help="Take care of a firing alert: it isn't repeated.\n\n\b\nExample:\n  imcost alerts ack al-0123456789",
)
@click.argument("id", metavar="ID")
@click.option("--by", "who", metavar="WHO", help="Who takes care. Default: the user.")
@common_options
def ack_alert(ctx: Context, id: str, who: str | None) -> None:
    """Acknowledge it until it resolves, or becomes critical."""
    from billing.alerting.actions import ack
    from rules.period import epoch_s

    shown = ack(ctx.open_store().alerts, id, who=who or _user(), now_s=epoch_s(ctx.as_of))
    if ctx.json:
        ctx.print_json({"alert": shown})
    else:
        click.echo(f"{shown['id']} is acknowledged by {console.clean(shown['acked_by'])}")


SILENCE_EXAMPLE = """
\b
Examples:
  imcost alerts silence al-0123456789 --for 2h
  imcost alerts silence 'quota=manual_image_caches,region=cn-*' --for 2d --reason "moving to another region"
  imcost alerts silence 'budget=search team' --for 0m
"""


@command.command(
    name="silence",
    help="Tell nothing of the alerts that MATCH for some time: a word or glob, or FIELD=GLOB,…; 0m ends it.\n"
    + SILENCE_EXAMPLE,
)
@click.argument("match", metavar="MATCH")
@click.option("--for", "length", required=True, metavar="LENGTH", help="For how long: 30m, 2h, 7d.")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@click.option("--by", "who", metavar="WHO", help="Who silences them. Default: the user.")
@common_options
def silence_alerts(ctx: Context, match: str, length: str, reason: str, who: str | None) -> None:
    """What still holds when the silence ends is told then."""
    from billing.alerting.actions import silence
    from billing.alerting.thresholds import UnreadableError, parse_length
    from billing.errors import UsageError
    from rules.period import epoch_s

    try:
        length_s = parse_length(length)
    except UnreadableError as error:
        raise UsageError(f"{length!r} is no length of time", place="--for", hint=str(error)) from None
    made = silence(
        ctx.open_store().alerts,
        match,
        from_s=epoch_s(ctx.as_of),
        length_s=length_s,
        reason=reason,
        who=who or _user(),
    )
    if not made["alerts"]:
        ctx.warn("no alert matches it yet")
    if ctx.json:
        ctx.print_json({"silence": made})
    else:
        said = f"is silenced until {made['until']}" if length_s else "is silenced no longer"
        click.echo(f"{console.clean(match)} {said}: {len(made['alerts'])} alerts match")


REPLAY_EXAMPLE = """
\b
Examples:
  imcost alerts replay --from 2026-10-01 --until 2026-11-01
  imcost alerts replay --from 2026-10-01 --set warning=70% --set for=1h --chart tuned.svg
"""


@command.command(
    name="replay", help=f"Show what would have fired when, under these settings.\n{REPLAY_EXAMPLE}"
)
@click.option("--from", "from_text", required=True, metavar="T", help="Begin: an instant or day.")
@click.option("--until", "until_text", metavar="T", help="End: an instant or day (default: now).")
@click.option(
    "--every", "every", default="1d", metavar="LENGTH", help="How often forecasts and budgets are made anew."
)
@click.option(
    "--set", "sets", multiple=True, metavar="KEY=VALUE", help="Try another value in every quota rule."
)
@click.option(
    "--chart", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Draw it as an SVG file."
)
@common_options
def replay_alerts(
    ctx: Context,
    from_text: str,
    until_text: str | None,
    every: str,
    sets: tuple[str, ...],
    chart: Path | None,
) -> None:
    """The recorded history under the present settings; nothing is kept or sent, and the exit code is 0."""
    from billing.cli import alert_replay

    found = alert_replay.replayed(ctx, from_text, until_text, every, sets)
    if chart is not None:
        alert_replay.draw(found, chart)
    if ctx.json:
        ctx.print_json(found.to_json())
    else:
        alert_replay.print_replay(ctx, found)
    if chart is not None:
        console.say(f"drawn in {chart}")


def _user() -> str:
    """Who runs the command."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
