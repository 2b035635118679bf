"""The rows of the books: the audit trail, the statements that closed months have, and the tariffs that they were priced by.

All three are only ever added to. A row is one canonical text and its digest: what the text says stands in no other column.
"""

from sqlmodel import Field, SQLModel


class AuditEntry(SQLModel, table=True):
    """One act upon the books (a close, a reopening, a price correction), in the order of the acts.

    `document` is canonical JSON; `sha256` its digest; `previous` the digest of the entry before, empty for the first. Each entry
    has one successor at most, so that of two writers one wins.
    """

    id: int | None = Field(default=None, primary_key=True)
    document: str
    sha256: str = Field(unique=True)
    previous: str = Field(unique=True)


class ClosedStatement(SQLModel, table=True):
    """One account's statement of a closed month, in the order of closing; `entry_id` is the close in the audit trail.

    `document` is canonical JSON, `sha256` its digest, `signature` a signature of that digest as JSON, if there is one.
    """

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="auditentry.id", index=True)
    document: str
    sha256: str = Field(unique=True)
    signature: str | None = None


class FrozenTariff(SQLModel, table=True):
    """The whole content of a tariff that a closed month was priced by; `sha256` is the digest of `content`."""

    sha256: str = Field(primary_key=True)
    content: str
