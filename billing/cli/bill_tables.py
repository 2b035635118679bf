"""A bill on the terminal: tables whose numbers line up at the decimal point, and the warnings that go with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rules.money import plain

if TYPE_CHECKING:
    from rich.table import Table

    from billing.bill import Bill, Line
    from billing.cli.options import Context
    from billing.grouping import Group


NUMBERS = ("quantity", "amount")
NARROWEST_NAME = 8


def print_bill(ctx: Context, bill: Bill, groups: Sequence[Group] | None, *, rows_shown: int) -> None:
    """Print the heading, the lines or groups (the largest `rows_shown`, the rest in one row), and the totals."""
    from rules.period import epoch_s, instant, rfc3339

    as_of = rfc3339(instant(epoch_s(bill.as_of)))
    tariff = ctx.safe(bill.tariff.id)
    ctx.console.print(f"[bold]{bill.month.label}[/bold]  {bill.currency}  tariff {tariff}  as of {as_of}")
    if groups is None:
        _print_lines(ctx, bill, rows_shown)
    else:
        _print_groups(ctx, bill, groups, rows_shown)
    _print_totals(ctx, bill)
    _print_unrated(ctx, bill, rows_shown)


def aligned(values: Sequence[Decimal], header: str = "") -> list[str]:
    """The values as plain text of one length, so that their decimal points stand in one column below the header."""
    texts = [plain(value).partition(".") for value in values]
    places = max((len(text[2]) for text in texts), default=0)
    padded = [
        whole + (point + decimals).ljust(places + 1 if places else 0) for whole, point, decimals in texts
    ]
    longest = max(map(len, padded), default=0)
    return [text.rjust(max(longest, len(header))) for text in padded]


def add_numbers(table: Table, header: str, texts: Sequence[str]) -> None:
    """Add a column of aligned numbers: they hold their own padding, which a right-hand column would cut off."""
    from rich.text import Text

    table.add_column(Text(header, justify="right"), no_wrap=True, min_width=max(map(len, texts), default=0))


def warn(ctx: Context, bill: Bill) -> None:
    """Say on stderr what the bill leaves open: one sentence for each kind of notice, with how many records it concerns."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for notice in bill.notices:
        found.setdefault((notice.code, notice.message), Counter())[notice.cache_id] += notice.count
    for (_, message), caches in found.items():
        first = next(iter(caches))
        others = f" and {len(caches) - 1} more" if len(caches) > 1 else ""
        ctx.warn(f"{first}{others}: {message}")
    if not bill.complete:
        ctx.warn(
            f"the total is incomplete: {len(bill.unrated)} quantities have no rate"
            " (see `unrated`; add the missing rates to a tariff of your own)"
        )


def _print_lines(ctx: Context, bill: Bill, rows_shown: int) -> None:
    from rich.table import Table

    ordered = sorted(bill.lines, key=lambda line: -line.amount)
    shown, rest = ordered[:rows_shown], ordered[rows_shown:]
    columns = _line_columns(ctx, shown, _naming_columns(bill.lines))
    for optional in (("rate",), ("quantity", "unit")):
        if _width(columns) > ctx.console.width:
            for header in optional:
                del columns[header]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header, cells in columns.items():
        if header in NUMBERS:
            add_numbers(table, header, cells)
        else:
            name = header.endswith("_id") or header == "region"
            table.add_column(
                header.removesuffix("_id"),
                overflow="fold",
                no_wrap=not name,
                min_width=NARROWEST_NAME if name else None,
            )
    for row in zip(*columns.values(), strict=True):
        table.add_row(*row)
    ctx.console.print(table)
    if rest:
        from billing.bill import exact_sum

        ctx.console.print(
            f"… and {len(rest)} smaller lines, {plain(exact_sum(line.amount for line in rest))} {bill.currency}"
            " (all of them: --format csv)"
        )


def _line_columns(ctx: Context, lines: Sequence[Line], names: Sequence[str]) -> dict[str, list[str]]:
    """The cells of the lines' table by column, as they are printed."""
    rates = ["free" if line.free else f"{plain(line.rate)} / {line.per}" for line in lines]
    return {
        **{name: [ctx.safe(str(getattr(line, name))) for line in lines] for name in names},
        "charge": [line.charge for line in lines],
        "quantity": aligned([line.quantity for line in lines], "quantity"),
        "unit": [line.unit for line in lines],
        "rate": rates,
        "amount": aligned([line.amount for line in lines], "amount"),
        "": ["~" if line.estimated else "" for line in lines],
    }


def _width(columns: Mapping[str, Sequence[str]]) -> int:
    """The width of a table that cuts and folds nothing."""
    widths = [max([len(header), *map(len, cells)]) for header, cells in columns.items()]
    return sum(widths) + 2 * (len(widths) - 1)


def _naming_columns(lines: Sequence[Line]) -> list[str]:
    """The columns that are needed to tell the lines apart: account and region only where there are several."""
    several = [name for name in ("account_id", "region") if len({getattr(line, name) for line in lines}) > 1]
    return [*several, "cache_id"]


def _print_groups(ctx: Context, bill: Bill, groups: Sequence[Group], rows_shown: int) -> None:
    from rich.table import Table

    from billing.bill import exact_sum

    in_order = bool(groups) and groups[0].columns == ("day",)
    shown = list(groups) if in_order else sorted(groups, key=lambda group: -group.amount)[:rows_shown]
    rest = [] if in_order else sorted(groups, key=lambda group: -group.amount)[rows_shown:]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in groups[0].columns if groups else ():
        table.add_column(column.removesuffix("_id"), overflow="fold")
    amounts = aligned([group.amount for group in shown], "amount")
    estimated = aligned([group.estimated_amount for group in shown], "of it estimated")
    add_numbers(table, "amount", amounts)
    add_numbers(table, "of it estimated", estimated)
    for group, amount, guess in zip(shown, amounts, estimated, strict=True):
        keys = ["(none)" if value is None else ctx.safe(value) for value in group.key]
        table.add_row(*keys, amount, guess)
    ctx.console.print(table)
    if rest:
        left = exact_sum(group.amount for group in rest)
        ctx.console.print(
            f"… and {len(rest)} smaller groups, {plain(left)} {bill.currency} (all of them: --format csv)"
        )


def _print_totals(ctx: Context, bill: Bill) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    by_charge = bill.total_by_charge
    amounts = aligned([*by_charge.values(), bill.total, bill.estimated_total])
    for charge, amount in zip(by_charge, amounts, strict=False):
        table.add_row(charge, amount)
    label = "total" if bill.complete else "total (incomplete)"
    table.add_row(f"[bold]{label}, {bill.currency}[/bold]", f"[bold]{amounts[-2]}[/bold]")
    if bill.estimated_total:
        table.add_row("of it in estimated lines (~)", amounts[-1])
    ctx.console.print()
    ctx.console.print(table)
    counts = bill.records.to_json()
    for kind, outcomes in counts.items():
        said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in outcomes.items() if count)
        ctx.console.print(f"[dim]{kind}: {said or 'none'}[/dim]")


def _print_unrated(ctx: Context, bill: Bill, rows_shown: int) -> None:
    from rich.table import Table

    if bill.complete:
        return
    table = Table(title="unrated", title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in ("account", "region", "cache", "charge"):
        table.add_column(column, overflow="fold")
    table.add_column("quantity", justify="right", no_wrap=True)
    table.add_column("reason", overflow="fold")
    for item in bill.unrated[:rows_shown]:
        names = [ctx.safe(text) for text in (item.account_id, item.region, item.cache_id)]
        table.add_row(*names, item.charge, f"{plain(item.quantity)} {item.unit}", ctx.safe(item.reason))
    ctx.console.print()
    ctx.console.print(table)
    if len(bill.unrated) > rows_shown:
        ctx.console.print(f"… and {len(bill.unrated) - rows_shown} more (all of them: --json)")
