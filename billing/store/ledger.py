"""The ledger of the books as the catalogue keeps it: entries, statements and tariffs are read and added, never changed."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from billing.errors import WorkspaceBusyError
from billing.store.book_models import AuditEntry, ClosedStatement, FrozenTariff
from billing.store.catalogue import Catalogue


class SealedText(NamedTuple):
    """A canonical text with its digest; `previous` is the digest that it follows, `signature` a statement's own, if any."""

    document: str
    sha256: str
    previous: str = ""
    signature: str | None = None


class StatementHead(NamedTuple):
    """What a statement is called and comes to, without its lines."""

    account_id: str
    id: str
    payable: str
    sha256: str


class Ledger:
    """The books' rows in an open catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def entries(self) -> Sequence[AuditEntry]:
        """The audit trail, in the order of the acts."""
        with self._catalogue.session() as session:
            return session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()

    def statements(self, entry_id: int | None = None) -> Sequence[ClosedStatement]:
        """The statements of one close, or of all, in the order of closing."""
        with self._catalogue.session() as session:
            query = select(ClosedStatement).order_by(col(ClosedStatement.id))
            if entry_id is not None:
                query = query.where(ClosedStatement.entry_id == entry_id)
            return session.exec(query).all()

    def corrections(self, entry_id: int) -> list[tuple[str, str]]:
        """Corrections and unrated quantities of each statement of one close, as JSON lists, without reading its lines."""
        with self._catalogue.session() as session:
            parts = [
                func.json_extract(ClosedStatement.document, f"$.{name}")
                for name in ("corrections", "unrated")
            ]
            query = (
                select(*parts).where(ClosedStatement.entry_id == entry_id).order_by(col(ClosedStatement.id))
            )
            return [(str(corrections), str(unrated)) for corrections, unrated in session.exec(query).all()]

    def heads(self, entry_id: int) -> list[StatementHead]:
        """The statements of one close in the order of closing, without reading their lines."""
        with self._catalogue.session() as session:
            parts = [
                func.json_extract(ClosedStatement.document, f"$.{name}")
                for name in ("account_id", "statement_id", "payable")
            ]
            parts.append(func.lower(ClosedStatement.sha256))
            query = (
                select(*parts).where(ClosedStatement.entry_id == entry_id).order_by(col(ClosedStatement.id))
            )
            return [StatementHead(*map(str, row)) for row in session.exec(query).all()]

    def last_statement(self) -> str:
        """The digest of the statement that was closed last, empty where there is none."""
        with self._catalogue.session() as session:
            query = select(ClosedStatement.sha256).order_by(col(ClosedStatement.id).desc()).limit(1)
            return session.exec(query).first() or ""

    def tariff(self, sha256: str) -> str | None:
        """The content of a frozen tariff."""
        with self._catalogue.session() as session:
            found = session.get(FrozenTariff, sha256)
            return None if found is None else found.content

    def tariffs(self) -> Sequence[FrozenTariff]:
        """All frozen tariffs."""
        with self._catalogue.session() as session:
            return session.exec(select(FrozenTariff).order_by(FrozenTariff.sha256)).all()

    def append(
        self, entry: SealedText, *, statements: Sequence[SealedText] = (), tariff: SealedText | None = None
    ) -> None:
        """Add an act with all that belongs to it, in one transaction: a crash leaves all of it or nothing."""
        try:
            with self._catalogue.session() as session:
                row = AuditEntry(document=entry.document, sha256=entry.sha256, previous=entry.previous)
                session.add(row)
                session.flush()
                if tariff is not None and session.get(FrozenTariff, tariff.sha256) is None:
                    session.add(FrozenTariff(sha256=tariff.sha256, content=tariff.document))
                for text in statements:
                    assert row.id is not None
                    session.add(
                        ClosedStatement(
                            entry_id=row.id,
                            document=text.document,
                            sha256=text.sha256,
                            signature=text.signature,
                        )
                    )
                    session.flush()
                session.commit()
        except IntegrityError as error:
            raise WorkspaceBusyError(
                "the books were changed meanwhile, and nothing was added", hint="run it again"
            ) from error
