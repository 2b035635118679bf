"""Replay: what a recorded month would have cost, had its caches been made, kept or priced otherwise.

Owns the choices, the simulation of what the caches would have done, and turning that into usage records. Owns no charge
and no price: the changed records go through the same metering and rating as the bill.
"""

from billing.replaying.choices import PERMANENT, Choices, Selection, TagWanted
from billing.replaying.curve import MissCurve, MissPoint
from billing.replaying.limits import observed_limits
from billing.replaying.replay import Replay, open_replay
from billing.replaying.replayed import Behaviour, CacheCost, Replayed
from billing.replaying.sweep import SWEPT, Sweep, SweepPoint, sweep

__all__ = [
    "PERMANENT",
    "SWEPT",
    "Behaviour",
    "CacheCost",
    "Choices",
    "MissCurve",
    "MissPoint",
    "Replay",
    "Replayed",
    "Selection",
    "Sweep",
    "SweepPoint",
    "TagWanted",
    "observed_limits",
    "open_replay",
    "sweep",
]
