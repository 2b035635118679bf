"""Where a rule was read, and how far to trust it."""

from dataclasses import dataclass
from typing import Literal

Trust = Literal["found", "mirror", "inferred", "own"]
TRUST: tuple[Trust, ...] = ("found", "mirror", "inferred", "own")
"""found: read on a provider page or in its SDK. mirror: read in a third party's copy of one. inferred:
follows from what was found. own: a user's own agreement with the provider. What nobody documents has no
source: it is said in a note."""


@dataclass(frozen=True, slots=True)
class Source:
    """The page, which edition of it was read, the trust mark, and what remains to be said about it."""

    page: str
    read: str
    trust: Trust
    note: str = ""
