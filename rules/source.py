"""Where a rule was read, and how far to trust it."""

from dataclasses import dataclass
from typing import Literal

Trust = Literal["found", "mirror", "inferred", "own"]
TRUST: tuple[Trust, ...] = ("found", "mirror", "inferred", "own")
"""Read on a provider page or in its SDK; read in a third party's copy; follows from what was found; a user's own agreement."""


@dataclass(frozen=True, slots=True)
class Source:
    """The provider's page, which edition of it was read, the trust mark, and what remains to be said about it."""

    page: str
    read: str
    trust: Trust
    note: str = ""
