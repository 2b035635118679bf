"""Channels: the ways to reach whoever is on call, one file each.

A channel is made from an address of the settings and sends one message at a time; it raises DeliveryError where that failed, and
never says a secret. `make_channels` picks the channel by the address's scheme.
"""

from billing.alerting.channels.base import Channel, Content, DeliveryError
from billing.alerting.channels.making import channel_names, make_channels, make_mailboxes

__all__ = ["Channel", "Content", "DeliveryError", "channel_names", "make_channels", "make_mailboxes"]
