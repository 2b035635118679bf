"""Statements on the terminal: head, the largest lines, every correction, what rounding adds, what is payable."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from billing.cli.bill_tables import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from billing.books import Statement
    from billing.cli.options import Context

LINES_SHOWN = 20
CORRECTIONS_SHOWN = 40


def print_statements(ctx: Context, month: str, statements: Sequence[Statement]) -> None:
    """Print each statement; a month without any has neither usage nor corrections."""
    if not statements:
        ctx.console.print(f"{month} has no statement: nothing was used in it, and nothing is corrected")
    for number, statement in enumerate(statements):
        if number:
            ctx.console.print()
        _print(ctx, statement)


def print_closed(ctx: Context, month: str, statements: Sequence[Statement]) -> None:
    """Print what was closed: each account's payable amount and the statement's digest."""
    accounts = [ctx.safe(each.account_id) for each in statements]
    ctx.console.print(f"{month} is closed" if statements else f"{month} is closed: nothing was used in it")
    if statements:
        payable = _cents([each.document["payable"] for each in statements])
        sealed = [str(each.sha256)[:16] + "…" for each in statements]
        marks = [", ".join(each.document["marks"]) for each in statements]
        currency = [each.document["currency"] for each in statements]
        _table(
            ctx, {"account": accounts, "payable": payable, "": currency, "sha256": sealed, "marked": marks}
        )


def _print(ctx: Context, statement: Statement) -> None:
    document = statement.document
    ctx.console.print(
        f"[bold]{document['month']}[/bold]  account [bold]{ctx.safe(statement.account_id)}[/bold]"
        f"  {document['currency']}  {statement.status}, version {document['version']}"
    )
    if statement.sha256 is not None:
        signed = "" if statement.signature is None else ", signed"
        by = ctx.safe(str(document["closed_by"]))
        ctx.console.print(f"[dim]closed at {document['closed_at']} by {by}{signed}[/dim]")
        ctx.console.print(f"[dim]sha256 {statement.sha256}[/dim]")
    if document["marks"]:
        ctx.console.print(f"[yellow]{' and '.join(document['marks'])}[/yellow] in part")
    _print_lines(ctx, document["lines"])
    print_corrections(ctx, document["corrections"])
    _print_unrated(ctx, document["unrated"])
    _print_sums(ctx, document)
    for note in document["notes"]:
        ctx.console.print(f"[dim]{ctx.safe(note)}[/dim]")


def _print_lines(ctx: Context, lines: Sequence[Mapping[str, Any]]) -> None:
    if not lines:
        return
    ordered = sorted(lines, key=lambda line: -Decimal(line["amount"]))
    shown, rest = ordered[:LINES_SHOWN], ordered[LINES_SHOWN:]
    _table(
        ctx,
        {
            "cache": [ctx.safe(line["cache_id"]) for line in shown],
            "charge": [line["charge"] for line in shown],
            "amount": aligned([Decimal(line["amount"]) for line in shown], "amount"),
            "payable": _cents([line["payable"] for line in shown]),
            "": ["~" if line["estimated"] else "" for line in shown],
        },
    )
    if rest:
        payable = sum((Decimal(line["payable"]) for line in rest), Decimal(0))
        ctx.console.print(f"… and {len(rest)} smaller lines, {payable:f} payable (all of them: --json)")


def print_corrections(ctx: Context, corrections: Sequence[Mapping[str, Any]]) -> None:
    """Print the corrections of a statement, the first ones in full; `payable` only where they have it."""
    if not corrections:
        return
    ctx.console.print("\n[bold]corrections[/bold]")
    shown, rest = corrections[:CORRECTIONS_SHOWN], corrections[CORRECTIONS_SHOWN:]
    columns = {
        "of": [each["corrects_month"] for each in shown],
        "cache": [ctx.safe(each["cache_id"]) for each in shown],
        "charge": [each["charge"] for each in shown],
        "class": [each["class"] for each in shown],
        "amount": aligned([Decimal(each["amount"]) for each in shown], "amount"),
    }
    if "payable" in shown[0]:
        columns["payable"] = _cents([each["payable"] for each in shown])
    _table(ctx, columns)
    if rest:
        ctx.console.print(f"… and {len(rest)} more (all of them: --json)")


def _print_unrated(ctx: Context, unrated: Sequence[Mapping[str, Any]]) -> None:
    for each in unrated[:LINES_SHOWN]:
        what = f"{each['cache_id']} {each['charge']} {each['quantity']} {each['unit']}: {each['reason']}"
        ctx.console.print(f"[red]no price[/red] {ctx.safe(what)}")
    if len(unrated) > LINES_SHOWN:
        ctx.console.print(f"… and {len(unrated) - LINES_SHOWN} more without a price (all of them: --json)")


def _print_sums(ctx: Context, document: Mapping[str, Any]) -> None:
    from rich.table import Table

    names = ("total", "rounding_adjustment", "payable")
    places = max((len(document[name].partition(".")[2]) for name in names), default=0)
    texts = []
    for name in names:
        whole, point, decimals = document[name].partition(".")
        texts.append(whole + (point + decimals).ljust(places + 1 if places else 0))
    width = max(map(len, texts))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row("total", texts[0].rjust(width))
    table.add_row(f"rounding ({document['settlement']})", texts[1].rjust(width))
    table.add_row(f"[bold]payable, {document['currency']}[/bold]", f"[bold]{texts[2].rjust(width)}[/bold]")
    ctx.console.print()
    ctx.console.print(table)


def _cents(texts: Sequence[str]) -> list[str]:
    width = max(len("payable"), *map(len, texts))
    return [text.rjust(width) for text in texts]


def _table(ctx: Context, columns: Mapping[str, Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for header, cells in columns.items():
        if header in ("amount", "payable"):
            table.add_column(Text(header, justify="right"), no_wrap=True, min_width=max(map(len, cells)))
        else:
            table.add_column(
                header, overflow="fold", no_wrap=header != "cache", min_width=8 if header == "cache" else None
            )
    for row in zip(*columns.values(), strict=True):
        table.add_row(*row)
    ctx.console.print(table)
