"""The rows of the catalogue: which batches were imported, which files hold records, what was rejected, quotas observed.

SQLModel does not validate `table=True` rows; what comes in here has been validated before.
"""

from sqlalchemy import false
from sqlmodel import Field, SQLModel, UniqueConstraint


class Batch(SQLModel, table=True):
    """One imported file, with what became of its rows: read = new + revised + unchanged + rejected.

    `fingerprint` is the digest of its bytes and of the options that it was imported under. Times are RFC 3339 text.
    """

    id: int = Field(primary_key=True)
    path: str
    kind: str
    format: str
    fingerprint: str = Field(index=True)
    observed_at: str
    imported_at: str
    read: int
    new: int
    revised: int
    unchanged: int
    rejected: int


class RecordFile(SQLModel, table=True):
    """One Parquet file of records that counts; `from_s` and `until_s` bound what its records cover, in epoch seconds.

    `role` is 'current' for the postings that metering reads, 'history' for versions that compaction set aside. `plain`: all
    are instances that count once, are closed and not empty, and declare no extra storage; most files are, and quicker to meter.
    `resolved` is the digest that the file had when each of its records was known to count once among all: empty where nobody
    knows.
    """

    name: str = Field(primary_key=True)
    kind: str
    role: str
    rows: int
    reversals: int
    bytes: int
    sha256: str
    from_s: int
    until_s: int
    plain: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    resolved: str = Field(default="", sa_column_kwargs={"server_default": ""})

    @property
    def counts_once(self) -> bool:
        """Whether this very file is known to hold no record that counts twice."""
        return self.resolved == self.sha256


class Merging(SQLModel, table=True):
    """One step of compaction, in their order: which record files were merged into which, as lineage.py describes it.

    `document` is canonical JSON, `sha256` its digest, `previous` the digest of the merging before, empty for the first.
    """

    id: int | None = Field(default=None, primary_key=True)
    document: str
    sha256: str = Field(unique=True)
    previous: str = Field(unique=True)


class Rejection(SQLModel, table=True):
    """One row that was refused, as it stood in its file, with the reason."""

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    path: str
    line: int
    raw: str
    code: str
    message: str


class QuotaObservation(SQLModel, table=True):
    """What a source said about a quota at an instant; a later batch replaces the same instant's."""

    __table_args__ = (UniqueConstraint("account_id", "region", "quota", "observed_at"),)

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id")
    account_id: str
    region: str
    quota: str
    limit: int
    used: int | None
    observed_at: str
