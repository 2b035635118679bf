"""Channels from addresses: masked names, secrets from the environment, and which file sends to which scheme."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from billing.alerting.channels.base import Channel
from billing.alerting.reading import expand
from billing.alerting.rules import Notify
from billing.settings import SettingsError

if TYPE_CHECKING:
    from billing.alerting.channels.apprise_url import AppriseUrl

WEBHOOK_SCHEMES = ("http", "https", "json", "jsons")
"""Plain webhooks, which get the JSON of `imcost alerts check`; Apprise calls them json:// and jsons://."""

MAIL_SCHEMES = ("mailto", "mailtos")

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_VARIABLE_ALONE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")


def channel_names(notify: Notify) -> list[str]:
    """The names of the channels, in the order of their addresses: what is secret in them is left out.

    Addresses that look the same without their secrets are numbered.
    """
    seen: Counter[str] = Counter()
    names = []
    for url in notify.urls:
        masked = mask(url)
        seen[masked] += 1
        names.append(masked if seen[masked] == 1 else f"{masked} #{seen[masked]}")
    return names


def mask(url: str) -> str:
    """An address as it may be shown: the host of a webhook or mail server, of all others the scheme alone.

    Tokens stand in hosts, paths and parameters, so none of these is shown; an address that is a variable of the environment
    is shown as that.
    """
    if _VARIABLE_ALONE.fullmatch(url):
        return url
    found = _SCHEME.match(url)
    if found is None:
        return "…"
    scheme = found[1].lower()
    if scheme in (*WEBHOOK_SCHEMES, *MAIL_SCHEMES):
        host = url[found.end() :].split("/")[0].split("?")[0].rpartition("@")[2]
        if re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:]+\](:[0-9]+)?", host):
            return f"{scheme}://{host}/…"
    return f"{scheme}://…"


def make_channels(notify: Notify, environment: Mapping[str, str], *, place: str) -> list[Channel]:
    """The channels of the settings at `place`, with what they take from the environment filled in."""
    secret = (
        None if notify.secret is None else expand(notify.secret, environment, place=f"{place}, notify.secret")
    )
    channels: list[Channel] = []
    for url, name in zip(notify.urls, channel_names(notify), strict=True):
        where = f"{place}, notify.urls"
        full = expand(url, environment, place=where)
        channels.append(_make(full, name, secret, where))
    return channels


def make_mailboxes(notify: Notify, environment: Mapping[str, str], *, place: str) -> list["AppriseUrl"]:
    """Those of the settings' addresses that are mail, ready to send; what has no such address is told what to write."""
    from billing.alerting.channels.apprise_url import AppriseUrl

    where = f"{place}, notify.urls"
    found = []
    for url, name in zip(notify.urls, channel_names(notify), strict=True):
        full = expand(url, environment, place=where)
        if full.partition("://")[0].lower() in MAIL_SCHEMES:
            found.append(AppriseUrl(name, full, where))
    if not found:
        raise SettingsError(
            "notify.urls has no address of mail",
            place=place,
            hint='write [notify] urls = ["mailtos://USER:${PASSWORD}@HOST?to=…"]',
        )
    return found


def _make(url: str, name: str, secret: str | None, place: str) -> Channel:
    scheme = url.partition("://")[0].lower()
    if scheme in WEBHOOK_SCHEMES:
        from billing.alerting.channels.webhook import Webhook

        try:
            parts = urlsplit(url)
            valid = bool(parts.hostname) and parts.port != 0
        except ValueError:
            valid = False
        if not valid:
            raise SettingsError(
                f"{name} is no address of a webhook", place=place, hint="write https://host/path"
            )
        return Webhook(name, url, secret)
    from billing.alerting.channels.apprise_url import AppriseUrl

    return AppriseUrl(name, url, place)


def redact(text: str, secrets: Sequence[str]) -> str:
    """A text on one line without any of these secrets in it."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) > 2:
            text = text.replace(secret, "***")
    return " ".join(text.split())[:200]
