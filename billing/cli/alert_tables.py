"""Alerts on the terminal: a short table with what is wrong first, and a sentence for each alert that isn't fine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
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

    from billing.alerting.thresholds import percent_text

    if not alerts:
        ctx.console.print("no alerts: nothing is known that a rule is about")
        return
    ordered = sorted(alerts, key=lambda each: (STATES.index(each["state"]), each["severity"], each["id"]))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("state", "use", "share", "subject", "since"):
        table.add_column(name, justify="right" if name in ("use", "share") else "left", overflow="fold")
    for each in ordered:
        style = STYLES[each["state"]]
        state = _state(each)
        table.add_row(
            f"[{style}]{state}[/]" if style else state,
            _use(each),
            "" if each["share"] is None else percent_text(Fraction(each["share"])),
            ctx.safe(subject_text(each["subject"])),
            each["since"][5:16].replace("T", " "),
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


def _state(each: Mapping[str, Any]) -> str:
    """The state with its severity; an alert whose limit isn't known isn't fine, it is unknown."""
    name = str(each["state"])
    if name == "ok":
        return "unknown" if each["limit"] is None and "quota" in each["subject"] else name
    marks = ", acked" if each["acked"] else ", silenced" if each["silenced_until"] else ""
    return f"{name} {each['severity']}{marks}" if name != "resolved" else name + marks


def _use(each: Mapping[str, Any]) -> str:
    """The value and its limit, amounts with two decimals."""
    from billing.alerting.texts import money

    found = [each["value"], each["limit"]]
    texts = [
        money(Decimal(value)) if "budget" in each["subject"] else str(value)
        for value in found
        if value is not None
    ]
    return clean(" of ".join(texts))
