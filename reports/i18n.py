"""Languages: messages from gettext catalogues, and numbers, money and dates as a language writes them.

The only user of Babel. Catalogues are `.po` files, read and compiled in memory; a folder of the report has one per language.
"""

import gettext
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup, escape

from reports.errors import MessageError
from reports.names import clean
from rules.charges import charge
from rules.money import AMOUNT_PLACES, plain
from rules.period import rfc3339

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
MINUS, PLUS, NO_BREAK_SPACE = "\u2212", "+", "\u00a0"

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_HOUR_UNITS = {"vCPU-second": "vCPU-hour", "GiB-second": "GiB-hour"}
_HOUR_S = 3600

MonthForm = Literal["year", "name", "letter"]
_MONTH_SKELETONS: Mapping[MonthForm, str] = {"year": "yMMM", "name": "MMM", "letter": "MMMMM"}


@cache
def compiled(folder: Path, language: str) -> bytes:
    """The catalogue of a folder in a language, as gettext reads it."""
    content = BytesIO()
    with (folder / f"{language}.po").open("rb") as file:
        write_mo(content, read_po(file, locale=language, abort_invalid=True))
    return content.getvalue()


class _NoMessage(gettext.NullTranslations):
    """The end of the chain of catalogues: no message is ever shown by its id."""

    def gettext(self, message: str) -> str:
        raise MessageError(f"no message {message!r}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise MessageError(f"no message {msgid1!r}")


class Words:
    """The messages of one section, with those that all sections share behind them; MessageError where neither has one.

    A message may hold markup of its own; whatever is filled in is escaped.
    """

    def __init__(self, language: str, folder: Path) -> None:
        self._messages = gettext.GNUTranslations(BytesIO(compiled(folder, language)))
        shared = gettext.GNUTranslations(BytesIO(compiled(HERE / "messages", language)))
        shared.add_fallback(_NoMessage())
        self._messages.add_fallback(shared)

    def __call__(self, id: str, /, **filled: object) -> Markup:
        """The message of that id."""
        return Markup(self._messages.gettext(id)).format(**filled)

    def count(self, id: str, number: int, /, **filled: object) -> Markup:
        """The message for that many, in the right one of the language's plural forms."""
        return Markup(self._messages.ngettext(id, id, number)).format(**filled)


class Formats:
    """How numbers, amounts, quantities and dates are written in one language.

    `places` is how many decimals amounts are shown with. What is rounded for display keeps its exact value: in `<data>`, and in a
    title where digits were left away. What rounds to zero and is not reads <0.01, with its sign where it has one: −0.00, +0.00.
    """

    def __init__(self, language: str, *, currency: str, places: int) -> None:
        self.language = language
        self.currency = currency
        self.places = places
        self._locale = Locale.parse(language)

    def number(self, value: int) -> str:
        """A whole number: 12,345."""
        return self._decimal(Decimal(value), 0)

    def fixed(self, value: Decimal, places: int) -> str:
        """A number with so many decimals: 12.3."""
        return self._decimal(value, places)

    def signed(self, value: Decimal, places: int = 1) -> str:
        """A change as a number with its sign and at most so many decimals: +1.5, −2, 0."""
        rounded = _rounded(value, places)
        kept = max(0, -int(rounded.normalize().as_tuple().exponent)) if rounded else 0
        return (PLUS if rounded > 0 else "") + self._decimal(rounded, kept)

    def money(self, value: Decimal, places: int = 2) -> str:
        """An amount with its currency, as a sentence or a heading has it: CNY 12,345.67."""
        rounded = _rounded(value, places)
        text = format_currency(
            rounded,
            self.currency,
            f"\u00a4\u00a4{NO_BREAK_SPACE}#,##0.{'0' * places}",
            self._locale,
            currency_digits=False,
        )
        return text.replace("-", MINUS)

    def headline(self, value: Decimal) -> Markup:
        """A settled amount with its currency, as the figure of the page."""
        return _data(value, self.money(value))

    def shown(self, value: Decimal) -> str:
        """An amount with its currency, in the report's decimals."""
        return self.money(value, self.places)

    def amount(self, value: Decimal) -> Markup:
        """An amount without its currency, for a column: 12,345.67."""
        return _data(value, self._short(value), rounded=_rounded(value, self.places) != value)

    def precise(self, value: Decimal) -> Markup:
        """A small amount, such as the cost of one start, for a column: two decimals more than the report's amounts have."""
        places = min(self.places + 2, AMOUNT_PLACES)
        return _data(value, self._decimal(value, places), rounded=_rounded(value, places) != value)

    def plain_amount(self, value: Decimal) -> str:
        """An amount as text alone, where no markup may stand."""
        return self._short(value)

    def cents(self, value: Decimal) -> Markup:
        """A settled amount without its currency: two decimals, always."""
        return _data(value, self._decimal(value, 2))

    def change(self, value: Decimal) -> Markup:
        """A difference, with its sign: +12.30."""
        text = self._with_sign(value, self.places)
        return _data(value, text, rounded=_rounded(value, self.places) != value)

    def exact(self, values: Sequence[Decimal]) -> list[Markup]:
        """A column of amounts with all their decimals, what lies below a cent in a quieter colour, aligned at the point."""
        tails = [plain(abs(value)).partition(".")[2][2:] for value in values]
        width = max((len(tail) for tail in tails), default=0)
        return [
            self._with_tail(value, tail, missing=width - len(tail))
            for value, tail in zip(values, tails, strict=True)
        ]

    def _with_tail(self, value: Decimal, tail: str, *, missing: int) -> Markup:
        text = self._decimal(value, 2 + len(tail))
        head = text.removesuffix(tail)
        return Markup('<data value="{}" class="p{}">{}<span class="tail">{}</span></data>').format(
            plain(value), missing, head, tail
        )

    def percent(self, part: Decimal, whole: Decimal) -> str:
        """A share with one decimal: 12.3%; a dash where there is no whole."""
        if not whole:
            return "–"
        share = _EXACT.divide(part * 100, abs(whole))
        if share > 0 and not _rounded(share, 1):
            return f"<{self._decimal(Decimal('0.1'), 1)}%"
        return self._with_sign(share, 1).removeprefix(PLUS) + "%"

    def percent_change(self, part: Decimal, whole: Decimal) -> str:
        """A relative change with its sign; a dash where there was nothing before."""
        return self._with_sign(_EXACT.divide(part * 100, abs(whole)), 1) + "%" if whole else "–"

    def quantity(self, value: Decimal, unit: str) -> tuple[Markup, str]:
        """A quantity in base units, and the unit that it is shown in: seconds become hours, with two decimals at most."""
        shown_unit = _HOUR_UNITS.get(unit, unit)
        shown = _EXACT.divide(value, Decimal(_HOUR_S)) if shown_unit != unit else value
        rounded = _rounded(shown, 2)
        if rounded == 0 and shown > 0:
            return _data(value, f"<{self._decimal(Decimal('0.01'), 2)}"), shown_unit
        places = 0 if rounded == rounded.to_integral_value() else 2
        return _data(value, self._decimal(rounded, places)), shown_unit

    def price(self, value: Decimal, least: int = 2) -> str:
        """A unit price, or another number of the tariff, with all its decimals, at least `least`."""
        decimals = len(plain(value).partition(".")[2])
        return self._decimal(value, max(least, decimals))

    def charge(self, id: str) -> str:
        """A charge's title; in English where nobody has translated it."""
        title = charge(id).title
        return title.get(self.language, title["en"])

    def ticks(self, values: Sequence[Decimal]) -> list[str]:
        """The labels of an axis, all with the decimals that the finest needs."""
        places = max(len(plain(value).partition(".")[2]) for value in values)
        return [self._decimal(value, places) for value in values]

    def month(self, from_s: int) -> str:
        """The month that begins at an instant: October 2026."""
        return format_skeleton("yMMMM", _local(from_s), locale=self._locale)

    def month_short(self, from_s: int, *, form: MonthForm) -> str:
        """The month that begins at an instant, as a chart writes it: Oct 2026, Oct, or O."""
        return format_skeleton(_MONTH_SKELETONS[form], _local(from_s), locale=self._locale)

    def day(self, label: str) -> str:
        """A day of the month, from its label: Thu, Oct 1."""
        return format_skeleton("MMMEd", date.fromisoformat(label), locale=self._locale)

    def day_short(self, label: str) -> str:
        """A day of the month without its weekday, from its label: Oct 1."""
        return format_skeleton("MMMd", date.fromisoformat(label), locale=self._locale)

    def instant(self, at: datetime | int) -> str:
        """An instant in the billing zone, to the minute: Nov 24, 2026 21:30."""
        local = _local(at)
        return " ".join(format_skeleton(part, local, locale=self._locale) for part in ("yMMMd", "Hm"))

    def _decimal(self, value: Decimal, places: int) -> str:
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return format_decimal(_rounded(value, places), pattern, self._locale).replace("-", MINUS)

    def _short(self, value: Decimal) -> str:
        if value > 0 and not _rounded(value, self.places):
            return f"<{self._decimal(Decimal(1).scaleb(-self.places), self.places)}"
        return self._with_sign(value, self.places).removeprefix(PLUS)

    def _with_sign(self, value: Decimal, places: int) -> str:
        """With + or −, which also shows of what rounds to zero whether it was more or less; nothing before 0 itself."""
        text = self._decimal(abs(value), places)
        return (PLUS if value > 0 else MINUS if value < 0 else "") + text


def places_for(total: Decimal) -> int:
    """With how many decimals a report shows its amounts: two, and more where two would show next to nothing."""
    for places, least in ((2, Decimal(10)), (4, Decimal("0.1")), (6, Decimal("0.001"))):
        if abs(total) >= least or not total:
            return places
    return AMOUNT_PLACES


def name(text: str, longest: int = 44) -> Markup:
    """Someone else's text: harmless, isolated from the direction of its surroundings, and cut in the middle where it is long."""
    cleaned = clean(text)
    if len(cleaned) <= longest:
        return Markup("<bdi>{}</bdi>").format(cleaned)
    half = (longest - 1) // 2
    return Markup('<bdi title="{}">{}…{}</bdi>').format(cleaned, cleaned[:half], cleaned[-half:])


def _data(value: Decimal, text: str, *, rounded: bool = False) -> Markup:
    exact = plain(value)
    title = Markup(' title="{}"').format(exact.replace("-", MINUS)) if rounded else ""
    return Markup('<data value="{}"{}>{}</data>').format(exact, title, escape(text))


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), context=_EXACT) + 0


def _local(at: datetime | int) -> datetime:
    return datetime.fromisoformat(rfc3339(at))
