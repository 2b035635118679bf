"""A statement: what one account owes for a month, with its lines, its corrections, and what rounding adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from billing.bill import Bill, Line, Unrated, exact_sum
from billing.books.corrections import Correction, Pending, UnratedChange
from rules.money import CENT_PLACES, plain, settle, spread_cents
from rules.period import Month

Status = Literal["open", "closed", "reopened"]

FIRST = (
    "statement_id", "account_id", "month", "version", "status", "currency", "settlement", "total", "rounding_adjustment",
    "payable", "estimated_total", "marks", "lines", "corrections", "unrated",
)  # fmt: skip
"""How a statement's JSON begins; what is hashed has its names in order of the alphabet."""

HALF_UP = (
    "before 2024-04 the provider cut each hourly settlement; month lines can't reproduce that,"
    " so the total is rounded half up"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One account's statement of a month: `document` is what is hashed once the month is closed, as docs/statements.md says.

    status: open; closed; or reopened, for a version that no longer holds. sha256, signature: None while open, or unsigned.
    """

    document: Mapping[str, Any]
    status: Status = "open"
    sha256: str | None = None
    signature: Mapping[str, str] | None = None

    @property
    def account_id(self) -> str:
        """Whose statement it is."""
        return str(self.document["account_id"])

    @property
    def payable(self) -> Decimal:
        """What is to be paid, in whole cents."""
        return Decimal(self.document["payable"])

    @property
    def total(self) -> Decimal:
        """The exact sum of lines and corrections."""
        return Decimal(self.document["total"])

    def to_json(self) -> dict[str, Any]:
        """The statement as interface.md has it."""
        found = {
            **self.document,
            "status": self.status,
            "sha256": self.sha256,
            "signature": self.signature,
        }
        return {name: found[name] for name in (*FIRST, *found) if name in found}


def statement_id(account_id: str, month: Month, version: int) -> str:
    """The statement's name: the same for the same account, month and version."""
    identity = "\x1f".join((account_id, month.label, str(version)))
    return "st-" + sha256(identity.encode()).hexdigest()[:20]


def documents(
    bill: Bill, pending: Pending, *, version: int, accounts: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The statements of a bill and of the corrections that it has to carry, by account, as documents that aren't closed.

    Every account with a line, a correction or a quantity without a price has one, and so have `accounts`.
    """
    parts: dict[str, _Parts] = {account: _Parts([], [], [], []) for account in accounts}
    for line in bill.lines:
        parts.setdefault(line.account_id, _Parts([], [], [], [])).lines.append(line)
    for correction in pending.corrections:
        account = str(correction.line["account_id"])
        parts.setdefault(account, _Parts([], [], [], [])).corrections.append(correction)
    for item in bill.unrated:
        parts.setdefault(item.account_id, _Parts([], [], [], [])).unrated.append(item)
    for change in pending.unrated:
        parts.setdefault(change.item.account_id, _Parts([], [], [], [])).changes.append(change)
    return [_document(bill, account, parts[account], version) for account in sorted(parts)]


@dataclass(slots=True)
class _Parts:
    lines: list[Line]
    corrections: list[Correction]
    unrated: list[Unrated]
    changes: list[UnratedChange]


def _document(bill: Bill, account_id: str, parts: _Parts, version: int) -> dict[str, Any]:
    amounts = [line.amount for line in parts.lines] + [each.amount for each in parts.corrections]
    lines = [line.to_json() for line in parts.lines]
    ids = [line["line_id"] for line in lines] + [each.id for each in parts.corrections]
    total = exact_sum(amounts)
    rule = bill.tariff.settlement(bill.month.from_s)
    settled = settle(total, rule)
    shares = [_cents(share) for share in spread_cents(settled.payable, amounts, ids)]
    corrections = [each.to_json() for each in parts.corrections]
    for row, share in zip((*lines, *corrections), shares, strict=True):
        row["payable"] = share
    unrated = [each.to_json() | {"corrects_month": None} for each in parts.unrated]
    estimated = [line.amount for line in parts.lines if line.estimated]
    estimated += [each.amount for each in parts.corrections if each.estimated]
    return {
        "statement_id": statement_id(account_id, bill.month, version),
        "account_id": account_id,
        "month": bill.month.label,
        "version": version,
        "currency": bill.currency,
        "settlement": rule,
        "total": plain(total),
        "rounding_adjustment": plain(settled.adjustment),
        "payable": _cents(settled.payable),
        "estimated_total": plain(exact_sum(estimated)),
        "marks": marks(lines, corrections, [*unrated, *(each.to_json() for each in parts.changes)]),
        "lines": lines,
        "corrections": corrections,
        "unrated": [*unrated, *(each.to_json() for each in parts.changes)],
        "notes": [HALF_UP] if rule == "half-up" else [],
        "tariff": {"id": bill.tariff.id, "digest": bill.tariff.digest},
        "closed_at": None,
    }


def _cents(amount: Decimal) -> str:
    """An amount of whole cents with its two decimals."""
    return f"{amount:.{CENT_PLACES}f}"


def marks(
    lines: Sequence[Mapping[str, Any]],
    corrections: Sequence[Mapping[str, Any]],
    unrated: Sequence[Mapping[str, Any]],
) -> list[str]:
    """What a statement can't be sure of: `estimated` where a line or correction is, `unrated` where a quantity has no price."""
    found = []
    if any(each["estimated"] for each in (*lines, *corrections)):
        found.append("estimated")
    if unrated:
        found.append("unrated")
    return found
