"""What a format makes of an input: a reading, which knows the kind of its records and brings its rows into SQL.

A format is recognised by what a file holds, never by its name. Opening an input checks everything that makes it unreadable as a
whole; loading a reading checks row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from billing.importing.columns import RecordKind
from billing.importing.desk import Desk, Rows
from billing.importing.documents import Json
from billing.importing.inputs import Input
from billing.importing.sql_text import instant_literal
from billing.warehouse import text_literal

PARQUET = b"PAR1"
UTF8_MARK = b"\xef\xbb\xbf"
NOT_UTF8 = (b"\xff\xfe", b"\xfe\xff", PARQUET)
"""How UTF-16 and Parquet begin."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command says about all its inputs; it fills in where a file says nothing.

    `observed_at` is RFC 3339 in UTC: the option's, else the present moment.
    """

    account: str | None
    region: str | None
    observed_at: str

    @property
    def fills(self) -> Mapping[str, str]:
        """The values for absent columns and empty cells, as SQL."""
        named = {"account_id": self.account, "region": self.region}
        given = {name: text_literal(value) for name, value in named.items() if value is not None}
        return {**given, "observed_at": instant_literal(self.observed_at)}


@dataclass(frozen=True, slots=True)
class Sample:
    """What a format is recognised by: the first bytes of the plain file and, where they begin JSON, its first document.

    `by_line` says that the first document is a line.
    """

    input: Input
    head: bytes
    document: Json = None
    by_line: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the bytes can be UTF-8 text: no byte order mark of another encoding, no Parquet."""
        return not self.head.startswith(NOT_UTF8)

    @property
    def is_json(self) -> bool:
        """Whether the text begins like a JSON document that is an object or array."""
        return self.head.removeprefix(UTF8_MARK).lstrip()[:1] in (b"{", b"[")


@dataclass(slots=True)
class Listing:
    """What a page stream says about its completeness: for each region the TotalCount, and the ids that the pages hold."""

    totals: dict[str, int] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)


class Reading(Protocol):
    """An input whose kind is known and which is readable as a whole."""

    @property
    def kind(self) -> RecordKind: ...

    @property
    def merge(self) -> bool:
        """Whether a record changes only the fields that it carries, as provider answers do."""
        ...

    @property
    def listing(self) -> Listing | None:
        """The completeness that a stream of answers claims; None where it claims none."""
        ...

    def load(self, desk: Desk, options: Options) -> Rows:
        """Check the rows into a table; raises InputRefused where the file turns out to be unreadable."""
        ...


class Format(Protocol):
    """One format: a module of billing.importing.formats has one as FORMAT."""

    @property
    def name(self) -> str:
        """Its name for --format."""
        ...

    def recognises(self, sample: Sample) -> bool:
        """Whether the file is of this format; of all formats, one at most says so."""
        ...

    def open(self, sample: Sample, options: Options) -> Reading:
        """The reading of an input; raises InputRefused where it is unreadable as a whole."""
        ...
