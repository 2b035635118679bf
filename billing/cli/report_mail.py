"""`imcost report --email`: the mail with a summary and the PDFs, to every mail address of the notify settings, or only shown."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from billing.cli.options import Context

if TYPE_CHECKING:
    from reports.data import ReportData
    from reports.mailing import Letter

LARGEST = 15_000_000
"""Bytes of attachments in one mail: many servers take 20 MB, and a mail is a third larger than its files."""

TRIES, PAUSE_S = 3, 2


class Mailed(NamedTuple):
    """A mail and what became of it: names of the receivers that took it, and of those that didn't, with the reason."""

    letter: Letter
    attached: tuple[Path, ...]
    receivers: tuple[str, ...]
    sent: tuple[str, ...]
    failed: dict[str, str]
    dry_run: bool

    def to_json(self) -> dict[str, Any]:
        """The mail as the command's JSON has it."""
        return {
            "subject": self.letter.subject,
            "text": self.letter.text,
            "attachments": [path.name for path in self.attached],
            "receivers": list(self.receivers),
            "sent": list(self.sent),
            "failed": self.failed,
            "dry_run": self.dry_run,
        }

    def print(self, ctx: Context) -> None:
        """Say who got it; of a mail that was only tried, show all of it."""
        if not self.dry_run:
            for name in self.sent:
                click.echo(f"sent to {name}")
            return
        click.echo(f"\nTo:       {', '.join(map(ctx.safe, self.receivers))}")
        click.echo(f"Subject:  {ctx.safe(self.letter.subject)}")
        click.echo(f"Attached: {', '.join(path.name for path in self.attached)}\n")
        click.echo("\n".join(ctx.safe(line) for line in self.letter.text.splitlines()))


class ReportMail:
    """Sends reports; made before anything is rendered, so that settings without a mail address are refused first."""

    def __init__(self, ctx: Context, dry_run: bool) -> None:
        from billing.alerting.channels import make_mailboxes
        from billing.alerting.reading import read_alerts

        place = ctx.workspace.settings
        notify = read_alerts(ctx.settings(), place).notify
        self._ctx, self._dry_run = ctx, dry_run
        self._receivers = make_mailboxes(notify, os.environ, place=str(place))

    def send(self, data: ReportData, answers: Sequence[dict[str, Any]], language: str) -> Mailed:
        """Send what the answers say, the first of them about `data`, with their PDFs as far as they fit; warn of failures."""
        from reports.mailing import Part, letter

        paths = [Path(answer["pdf"]) for answer in answers]
        attached = _fitting(paths)
        parts = [Part(_name(answer), Decimal(answer["payable"])) for answer in answers[1:]]
        left_out = [path.name for path in paths if path not in attached]
        text = letter(data, parts, left_out, language)
        sent, failed = [], {}
        for receiver in () if self._dry_run else self._receivers:
            error = _try(receiver, text, attached)
            if error is None:
                sent.append(receiver.name)
            else:
                failed[receiver.name] = error
                self._ctx.warn(f"{receiver.name}: {error}: the report was not sent")
        names = tuple(receiver.name for receiver in self._receivers)
        return Mailed(text, tuple(attached), names, tuple(sent), failed, self._dry_run)


def _try(receiver: Any, text: Letter, attached: Sequence[Path]) -> str | None:
    """Send with some patience; why it didn't arrive, or None."""
    from billing.alerting.channels import DeliveryError

    error = None
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE_S * attempt)
        try:
            receiver.send_files(text.subject, text.text, attached)
        except DeliveryError as failed:
            error = failed.message
        else:
            return None
    return error


def _fitting(paths: Sequence[Path]) -> list[Path]:
    """The files, in order, that fit into one mail together."""
    found, size = [], 0
    for path in paths:
        length = path.stat().st_size
        if size + length <= LARGEST:
            found.append(path)
            size += length
    return found


def _name(answer: dict[str, Any]) -> str | None:
    """The account, or the tag's value, of a report's answer."""
    tag = answer.get("tag")
    name: str | None = answer["account"] if tag is None else tag["value"]
    return name
