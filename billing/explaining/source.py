"""Where a month's numbers come from: as it was closed (its records, its tariff, its moment), or as it stands now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from billing.books.reading import frozen_tariffs
from billing.books.trail import Act, Trail, read_trail
from billing.store import Reader, Store
from rules.period import Month, epoch_s, instant
from rules.tariff import Tariff


@dataclass(frozen=True, slots=True)
class MonthSource:
    """What a month is metered from; `close` is the act that froze it, None while the month is open.

    by_now: a closed month as its records are by now, not as they were frozen.
    """

    month: Month
    reader: Reader
    tariff: Tariff
    as_of: datetime
    close: Act | None
    by_now: bool = False

    @property
    def until_s(self) -> int:
        """The end of what is billed: of the month, or the present moment before it."""
        return min(self.month.until_s, epoch_s(self.as_of))

    @property
    def status(self) -> str:
        """open, closed, or closed with what is known by now."""
        if self.close is None:
            return "open"
        return "closed, by now" if self.by_now else "closed"


class Sources:
    """Gives the source of each month, with one reader for all."""

    def __init__(
        self, store: Store, reader: Reader, *, as_of: datetime, tariff: Callable[[], Tariff]
    ) -> None:
        self.reader = reader
        self.as_of = as_of
        self.trail: Trail = read_trail(store.ledger.entries())
        self.ledger = store.ledger
        self._tariff = tariff
        self._current: Tariff | None = None
        self._frozen = frozen_tariffs(store.ledger)

    def of(self, month: Month) -> MonthSource:
        """The source of a month."""
        close = self.trail.close_of(month)
        if close is not None:
            details = close.details
            return MonthSource(
                month,
                self.reader.at(details["last_batch"]),
                self._frozen(details["tariff"]["content_sha256"]),
                instant(details["as_of_s"]),
                close,
            )
        if self._current is None:
            self._current = self._tariff()
        return MonthSource(month, self.reader, self._current, self.as_of, None)

    def by_now(self, close: Act) -> MonthSource:
        """A closed month as corrections see it: the records as they are by now, the tariff that it is priced by."""
        tariff = self._frozen(self.trail.pricings(close)[-1].tariff_sha256)
        return MonthSource(close.month, self.reader, tariff, self.as_of, close, by_now=True)
