"""Everything that Apprise reaches: mail, DingTalk, WeCom, Feishu, Slack, Teams and a hundred more; the only user of Apprise.

Traps written down: Apprise logs addresses with their tokens, so its log goes nowhere but into an error without them; it takes
text for HTML or markdown unless told that it is text; its own retries are off, since the outbox has them.
"""

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apprise

from billing.alerting.channels.base import Content, DeliveryError
from billing.alerting.channels.making import MAIL_SCHEMES, redact
from billing.settings import SettingsError

KINDS = {"resolved": apprise.NotifyType.SUCCESS, "critical": apprise.NotifyType.FAILURE}
"""What a message looks like where a receiver has colours: resolved and critical ones; the others are warnings."""


class AppriseUrl:
    """One Apprise URL."""

    def __init__(self, name: str, url: str, place: str) -> None:
        self._name = name
        self._secrets = [part for part in re.split(r"[/:@?&=,]+", url.partition("://")[2]) if part]
        with _quiet(), warnings.catch_warnings():
            # Apprise loads a service's module only here, and some ask for modules that Python will drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            receiver = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if receiver is None:
            raise SettingsError(
                f"{name} is no address that Apprise understands",
                place=place,
                hint="see https://github.com/caronc/apprise/wiki for each service's",
            )
        self._receiver: Any = receiver
        self._is_mail = url.partition("://")[0].lower() in MAIL_SCHEMES
        if self._is_mail and "format=" not in url:
            receiver.notify_format = apprise.NotifyFormat.TEXT

    @property
    def name(self) -> str:
        """The scheme, and of mail the host."""
        return self._name

    def send(self, content: Content, *, now_s: int) -> None:
        """Send title and text; a mail carries the key in its header Idempotency-Key, all others in their last line."""
        if self._is_mail:
            self._receiver.headers["Idempotency-Key"] = content["key"]
        severity = content["alerts"][0]["severity"]
        kind = KINDS.get(
            "resolved" if content["change"] == "resolved" else severity, apprise.NotifyType.WARNING
        )
        body = content["text"] if self._is_mail else f"{content['text']} {content['key'][:8]}"
        self._notify(content["title"], body, kind)

    def send_files(self, title: str, text: str, files: Sequence[Path]) -> None:
        """Send a text with files attached; DeliveryError where it may not have arrived."""
        from apprise.attachment.file import AttachFile

        attached = apprise.AppriseAttachment()
        for file in files:
            attached.add(AttachFile(str(file), name=file.name))  # type: ignore[no-untyped-call]
        self._notify(title, text, apprise.NotifyType.INFO, attached)

    def _notify(self, title: str, body: str, kind: Any, attached: Any = None) -> None:
        sender = apprise.Apprise()
        sender.add(self._receiver)
        with _quiet() as said:
            arrived = sender.notify(
                title=title,
                body=body,
                notify_type=kind,
                body_format=apprise.NotifyFormat.TEXT,
                attach=attached,
                interpret_escapes=False,
            )
        if not arrived:
            reason = redact(said[-1], self._secrets) if said else "the receiver didn't take it"
            raise DeliveryError(reason, place=self._name)


class _Collector(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Collect what Apprise logs, and let it reach no other log: it may name secrets."""
    logger, collector = logging.getLogger("apprise"), _Collector()
    logger.addHandler(collector)
    logger.propagate = False
    try:
        yield collector.said
    finally:
        logger.removeHandler(collector)
