"""Alerts on the terminal: a short table with what is wrong first, and a sentence for each alert that isn't fine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from billing.cli.console import clean

if TYPE_CHECKING:
    from billing.alerting.check import Checked
    from billing.alerting.delivery import Delivered
    from billing.alerting.listing import Listing
    from billing.cli.options import Context

STATES = ("firing", "pending", "resolved", "ok")
STYLES = {"firing": "bold red", "pending": "yellow", "resolved": "green", "ok": ""}


def print_check(ctx: Context, checked: Checked, delivered: Delivered) -> None:
    """What fires, waits or has just resolved; nothing at all where nothing changed and no terminal looks."""
    if not checked.changed and not delivered.sent and not ctx.console.is_terminal:
        return
    shown = [each.shown for each in checked.outcomes]
    _print_alerts(ctx, shown)
    if delivered.sent:
        ctx.console.print("1 message sent" if delivered.sent == 1 else f"{delivered.sent:,} messages sent")


def print_listing(ctx: Context, found: Listing) -> None:
    """Alerts, silences, and what was not delivered."""
    from rules.period import rfc3339

    _print_alerts(ctx, found.alerts)
    for each in found.silences:
        reason = f": {ctx.safe(each.reason)}" if each.reason else ""
        ctx.console.print(
            f"silenced until {rfc3339(each.until_s)} by {ctx.safe(each.who)}: {ctx.safe(each.match)}{reason}"
        )
    for message in found.undelivered:
        rest = "given up" if message.given_up_s is not None else f"tried again from {rfc3339(message.next_s)}"
        ctx.console.print(
            f"not delivered: {message.alert_id} by {ctx.safe(message.channel)}, {message.attempts} tries,"
            f" {rest}: {ctx.safe(message.error or '')}"
        )


def _print_alerts(ctx: Context, alerts: Sequence[Mapping[str, Any]]) -> None:
    from rich.table import Table

    if not alerts:
        ctx.console.print("no alerts: nothing is known that a rule is about")
        return
    ordered = sorted(alerts, key=lambda each: (STATES.index(each["state"]), each["severity"], each["id"]))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("state", "severity", "use", "of", "subject", "since", "id"):
        table.add_column(name, justify="right" if name in ("use", "of") else "left", overflow="fold")
    for each in ordered:
        state = each["state"] if each["share"] is not None or each["limit"] is not None else _unknown(each)
        style = STYLES[each["state"]]
        marks = " acked" if each["acked"] else " silenced" if each["silenced_until"] else ""
        table.add_row(
            f"[{style}]{state}[/]{marks}" if style else f"{state}{marks}",
            "" if each["state"] == "ok" else each["severity"],
            _use(each),
            "" if each["limit"] is None else clean(str(each["limit"])),
            ctx.safe(subject_text(each["subject"])),
            each["since"][:16].replace("T", " "),
            each["id"],
        )
    ctx.console.print(table)
    for each in ordered:
        if each["state"] in ("firing", "pending"):
            ctx.console.print(f"\n[bold]{each['id']}[/bold]  {ctx.safe(each['message'])}")
            ctx.console.print(f"  {ctx.safe(each['consequence'])}")


def subject_text(subject: Mapping[str, str]) -> str:
    """An alert's subject in a few words."""
    if "quota" in subject:
        kind = subject["quota"].removesuffix("_image_caches")
        return f"{kind} {subject['region']} {subject['account_id']}"
    return " ".join(f"{key} {text}" for key, text in subject.items())


def _unknown(each: Mapping[str, Any]) -> str:
    """What is shown as the state of an alert whose limit isn't known: it isn't fine, it is unknown."""
    unlimited = each["state"] == "ok" and "quota" in each["subject"]
    return "unknown" if unlimited else str(each["state"])


def _use(each: Mapping[str, Any]) -> str:
    from fractions import Fraction

    from billing.alerting.thresholds import percent_text

    value = "" if each["value"] is None else clean(str(each["value"]))
    return value if each["share"] is None else f"{value} {percent_text(Fraction(each['share'])):>6}"
