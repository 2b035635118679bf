"""A plain webhook: the JSON of `imcost alerts check` with the one alert that changed, signed with HMAC-SHA256.

Headers: `Idempotency-Key` is the change's key, `Imcost-Timestamp` the second in which it was sent, and `Imcost-Signature`
`v1=` and the hexadecimal HMAC-SHA256 of timestamp, a dot, and the body. The signature is left out where there is no secret.
"""

import hmac
import json
from base64 import b64encode
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, unquote, urlsplit

from billing.alerting.channels.base import TIMEOUT_S, Content, DeliveryError

PLAIN_SCHEMES = ("http", "json")
SIGNATURE_VERSION = "v1"
LONGEST_ANSWER = 65_536


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands in Imcost-Signature for a body sent at a timestamp."""
    signed = timestamp.encode() + b"." + body
    return f"{SIGNATURE_VERSION}={hmac.new(secret.encode(), signed, sha256).hexdigest()}"


class Webhook:
    """One address that takes POST requests; any answer from 200 to 299 means that it has the message."""

    def __init__(self, name: str, url: str, secret: str | None) -> None:
        self._name, self._secret = name, secret
        self._parts = urlsplit(url)

    @property
    def name(self) -> str:
        """The host alone."""
        return self._name

    def send(self, content: Content, *, now_s: int) -> None:
        """POST the change; a redirection is not followed, since nobody said that the new place may know."""
        body = json.dumps(content, ensure_ascii=False).encode()
        connection = self._connection()
        try:
            connection.request("POST", self._path(), body, self._headers(content, body, now_s))
            answer = connection.getresponse()
            answer.read(LONGEST_ANSWER)
        except TimeoutError:
            raise DeliveryError(f"no answer within {TIMEOUT_S} s", place=self._name) from None
        except (OSError, HTTPException) as error:
            said = getattr(error, "strerror", None) or type(error).__name__
            raise DeliveryError(f"the connection failed: {said}", place=self._name) from None
        finally:
            connection.close()
        if not 200 <= answer.status <= 299:
            raise DeliveryError(f"answered {answer.status}", place=self._name)

    def _connection(self) -> HTTPConnection:
        kind = HTTPConnection if self._parts.scheme.lower() in PLAIN_SCHEMES else HTTPSConnection
        return kind(self._parts.hostname or "", self._parts.port, timeout=TIMEOUT_S)

    def _path(self) -> str:
        path = self._parts.path or "/"
        return f"{path}?{self._parts.query}" if self._parts.query else path

    def _headers(self, content: Content, body: bytes, now_s: int) -> dict[str, str]:
        timestamp = str(now_s)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "imcost",
            "Idempotency-Key": str(content["key"]),
            "Imcost-Timestamp": timestamp,
        }
        if self._secret:
            headers["Imcost-Signature"] = signature(self._secret, timestamp, body)
        if (credentials := _credentials(self._parts)) is not None:
            headers["Authorization"] = f"Basic {b64encode(credentials).decode()}"
        return headers


def _credentials(parts: SplitResult) -> bytes | None:
    """User and password of an address, as basic authentication has them."""
    if parts.username is None:
        return None
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
