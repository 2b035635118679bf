"""What the catalogue keeps about alerts: states, history, silences, and the outbox, in whose transactions both are written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import delete, text
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from billing.store.alert_models import Alert, AlertEvent, OutboxMessage, Silence
from billing.store.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class LedgerWriter:
    """An open transaction that alone writes; what it adds counts when its block ends without an exception."""

    session: Session

    def alerts(self) -> dict[str, Alert]:
        """The alerts by id."""
        return {alert.id: alert for alert in self.session.exec(select(Alert)).all()}

    def silences(self, at_s: int) -> Sequence[Silence]:
        """The silences that hold at an instant."""
        return self.session.exec(_silences(at_s)).all()

    def put(self, alert: Alert) -> None:
        """Keep an alert as it is now."""
        self.session.merge(alert)

    def drop(self, id: str) -> None:
        """Forget an alert; its history stays."""
        self.session.exec(delete(Alert).where(col(Alert.id) == id))

    def add(self, row: AlertEvent | OutboxMessage | Silence) -> None:
        """Add a row."""
        self.session.add(row)


class AlertLedger:
    """The alerts' part of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @contextmanager
    def writing(self) -> Iterator[LedgerWriter]:
        """The only writer, until the block ends: nobody changes what it reads before it writes."""
        with self._catalogue.session() as session:
            # A statement that writes nothing takes SQLite's write lock; reading first would let another writer in between.
            session.connection().execute(text("delete from outboxmessage where false"))
            yield LedgerWriter(session)
            session.commit()

    def alerts(self) -> Sequence[Alert]:
        """The alerts as their last checks left them, by rule and id."""
        with self._catalogue.session() as session:
            return session.exec(select(Alert).order_by(Alert.rule, Alert.id)).all()

    def last_check_s(self) -> int | None:
        """When alerts were checked last."""
        with self._catalogue.session() as session:
            found: int | None = session.exec(select(func.max(Alert.checked_s))).one()
            return found

    def events(self, from_s: int, until_s: int) -> Sequence[AlertEvent]:
        """What changed in [from_s, until_s), in order."""
        with self._catalogue.session() as session:
            query = select(AlertEvent).where(AlertEvent.at_s >= from_s, AlertEvent.at_s < until_s)
            return session.exec(query.order_by(col(AlertEvent.at_s), col(AlertEvent.id))).all()

    def last_events(self, at_s: int) -> Sequence[AlertEvent]:
        """Of each alert, its last change at or before an instant."""
        with self._catalogue.session() as session:
            last = (
                select(func.max(AlertEvent.id)).where(AlertEvent.at_s <= at_s).group_by(AlertEvent.alert_id)
            )
            query = select(AlertEvent).where(col(AlertEvent.id).in_(last))
            return session.exec(query.order_by(AlertEvent.alert_id)).all()

    def silences(self, at_s: int) -> Sequence[Silence]:
        """The silences that hold at an instant."""
        with self._catalogue.session() as session:
            return session.exec(_silences(at_s)).all()

    def due_messages(self, now_s: int) -> Sequence[OutboxMessage]:
        """The messages that are to be sent now, the oldest first."""
        with self._catalogue.session() as session:
            query = _unsent().where(OutboxMessage.next_s <= now_s)
            return session.exec(query.order_by(col(OutboxMessage.id))).all()

    def undelivered(self) -> Sequence[OutboxMessage]:
        """The messages that failed at least once and were not sent since, given up or not; the oldest first."""
        with self._catalogue.session() as session:
            query = select(OutboxMessage).where(
                col(OutboxMessage.sent_s).is_(None),
                or_(col(OutboxMessage.attempts) > 0, col(OutboxMessage.given_up_s).is_not(None)),
            )
            return session.exec(query.order_by(col(OutboxMessage.id))).all()

    def waiting(self) -> int:
        """How many messages are neither sent nor given up."""
        with self._catalogue.session() as session:
            return len(session.exec(_unsent()).all())

    def update(self, message: OutboxMessage) -> None:
        """Keep what became of a message."""
        with self._catalogue.session() as session:
            session.merge(message)
            session.commit()


def _silences(at_s: int) -> SelectOfScalar[Silence]:
    return select(Silence).where(Silence.from_s <= at_s, Silence.until_s > at_s).order_by(col(Silence.id))


def _unsent() -> SelectOfScalar[OutboxMessage]:
    return select(OutboxMessage).where(
        col(OutboxMessage.sent_s).is_(None), col(OutboxMessage.given_up_s).is_(None)
    )
