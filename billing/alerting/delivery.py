"""Delivery: what waits in the outbox is sent, retried with backoff and jitter, and given up after a day.

At least once: a message counts as sent only after its receiver said so and that was recorded, so a crash in between sends the
same key again. Every channel has a thread of its own and one bound of time, so that a receiver that hangs stops no other; a
channel that failed is left alone until the next run.
"""

import json
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from billing.alerting.channels import Channel, DeliveryError
from billing.store.alert_ledger import AlertLedger
from billing.store.alert_models import OutboxMessage
from rules.period import DAY_S, HOUR_S

FIRST_WAIT_S, LONGEST_WAIT_S = 60, HOUR_S
"""How long a message that failed waits for its next run: doubled each time, up to an hour, half of it more or less by chance."""

GIVE_UP_S = DAY_S
"""How long a message is tried: what is older is no news."""

TRIES_IN_RUN = 3
PAUSE_MS = 500
"""Tries within one run, and the pause before the second; doubled for the third, and by chance up to twice as long."""

RUN_BOUND_S = 45
"""How long one run waits for its receivers in all."""


class Failure(NamedTuple):
    """A message that didn't arrive: by which channel, why, and whether it is given up."""

    channel: str
    error: str
    given_up: bool


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run brought: messages sent, and those that failed."""

    sent: int
    failures: tuple[Failure, ...]


class _Report(NamedTuple):
    """What a channel's thread says about a message: begun (`done` False), sent, or failed with an error."""

    channel: str
    message: OutboxMessage
    done: bool
    error: str | None


def deliver(
    ledger: AlertLedger,
    channels: Sequence[Channel],
    *,
    now_s: int,
    bound_s: int = RUN_BOUND_S,
    pause: Callable[[int], None] | None = None,
    chance: random.Random | None = None,
) -> Delivered:
    """Send every message that is due, the oldest of each channel first."""
    chance, pause = chance or random.Random(), pause or _sleep
    by_name = {channel.name: channel for channel in channels}
    waiting: dict[str, list[OutboxMessage]] = {}
    failures: list[Failure] = []
    for message in ledger.due_messages(now_s):
        if message.channel in by_name:
            waiting.setdefault(message.channel, []).append(message)
        else:
            failures.append(
                _failed(ledger, message, "it is no longer among notify.urls", now_s, chance, True)
            )
    reports: queue.Queue[_Report] = queue.Queue()
    for name, messages in waiting.items():
        worker = _Worker(by_name[name], messages, reports, now_s, pause, chance)
        threading.Thread(target=worker.run, name=f"deliver {name}", daemon=True).start()
    sent = 0
    for message, error in _finished(reports, waiting, bound_s):
        if error is None:
            message.sent_s, message.error, message.attempts = now_s, None, message.attempts + 1
            ledger.update(message)
            sent += 1
        else:
            failures.append(_failed(ledger, message, error, now_s, chance, False))
    return Delivered(sent, tuple(failures))


def _sleep(milliseconds: int) -> None:
    time.sleep(milliseconds / 1000)


class _Worker:
    """Sends one channel's messages in order until one fails."""

    def __init__(
        self,
        channel: Channel,
        messages: Sequence[OutboxMessage],
        reports: queue.Queue[_Report],
        now_s: int,
        pause: Callable[[int], None],
        chance: random.Random,
    ) -> None:
        self._channel, self._messages, self._reports = channel, messages, reports
        self._now_s, self._pause, self._chance = now_s, pause, chance

    def run(self) -> None:
        """What the thread does; whatever a channel's library raises is that channel's failure."""
        for message in self._messages:
            self._reports.put(_Report(self._channel.name, message, False, None))
            error = self._try(message)
            self._reports.put(_Report(self._channel.name, message, True, error))
            if error is not None:
                return

    def _try(self, message: OutboxMessage) -> str | None:
        error: str | None = None
        for attempt in range(TRIES_IN_RUN):
            if attempt:
                longest = PAUSE_MS << attempt
                self._pause(longest // 2 + self._chance.randrange(longest // 2))
            try:
                self._channel.send(json.loads(message.content), now_s=self._now_s)
            except DeliveryError as failed:
                error = failed.message
            except Exception as failed:
                error = f"the channel broke: {type(failed).__name__}"
            else:
                return None
        return error


def _finished(
    reports: queue.Queue[_Report],
    waiting: dict[str, list[OutboxMessage]],
    bound_s: int,
) -> Iterator[tuple[OutboxMessage, str | None]]:
    """Each message that was sent or failed, as it happens; at the bound, what hangs counts as failed."""
    deadline = time.monotonic() + bound_s
    left = {name: len(messages) for name, messages in waiting.items()}
    hanging: dict[str, OutboxMessage] = {}
    while left:
        try:
            report = reports.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if not report.done:
            hanging[report.channel] = report.message
            continue
        hanging.pop(report.channel, None)
        left[report.channel] -= 1
        if report.error is not None or not left[report.channel]:
            del left[report.channel]
        yield report.message, report.error
    for message in hanging.values():
        yield message, f"no answer within {bound_s} s"


def _failed(
    ledger: AlertLedger, message: OutboxMessage, error: str, now_s: int, chance: random.Random, hopeless: bool
) -> Failure:
    """Record a failure: when it is tried again, or that it is given up."""
    message.attempts += 1
    message.error = error
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S << min(message.attempts - 1, 20))
    message.next_s = now_s + wait_s // 2 + chance.randrange(wait_s)
    if hopeless or message.next_s - message.created_s > GIVE_UP_S:
        message.given_up_s = now_s
    ledger.update(message)
    return Failure(message.channel, error, message.given_up_s is not None)
