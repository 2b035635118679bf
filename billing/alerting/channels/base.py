"""What every channel is: a name without secrets, and a way to send one message."""

from collections.abc import Mapping
from typing import Any, Protocol

from billing.errors import BillingError

Content = Mapping[str, Any]
"""One change as the outbox keeps it: key, change, title, text, as_of, alerts."""

TIMEOUT_S = 10
"""How long a receiver may take for each step of a conversation."""


class DeliveryError(BillingError):
    """A message that didn't arrive, or of which that isn't sure."""


class Channel(Protocol):
    """One receiver."""

    @property
    def name(self) -> str:
        """What outputs and the outbox call it: no secret in it, the same in every run."""

    def send(self, content: Content, *, now_s: int) -> None:
        """Send one message, whose key is the same however often it is sent; DeliveryError where it may not have arrived."""
