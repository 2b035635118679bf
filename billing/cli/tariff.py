"""`imcost tariff`: lists the tariffs, shows every price with where it comes from, and checks a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from billing.cli.console import clean
from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from rules.tariff import Dated, DatedValue, Rate, Tariff
    from rules.tariff.entries import SettlementEntry

CHECK_FAILED = 1


@click.group(
    name="tariff", help="List, show and check tariffs.\n\n\b\nExample:\n  imcost tariff show alibaba-cn"
)
@common_options
def command(_: Context) -> None:
    """The group; its commands do the work."""


@command.command(name="list", help="List the tariffs.\n\n\b\nExample:\n  imcost tariff list --json")
@common_options
def list_tariffs(ctx: Context) -> None:
    """The shipped tariffs and the workspace's own; one that is broken is named with what is wrong."""
    from rules.errors import TariffError
    from rules.tariff import load, shipped
    from rules.tariff.loading import available

    search = [ctx.workspace.tariffs]
    rows = []
    for name in available(search):
        try:
            tariff = load(name, search=search)
        except TariffError as error:
            ctx.warn(str(error))
            continue
        rows.append({**_head(tariff), "shipped": name in shipped(), "rates": len(tariff.rows())})
    if ctx.json:
        ctx.print_json({"tariffs": rows})
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("tariff", "title", "currency", "prices", "where"):
        table.add_column(column, justify="right" if column == "prices" else "left", overflow="fold")
    for row in rows:
        where = "shipped" if row["shipped"] else str(ctx.workspace.tariffs / f"{row['id']}.toml")
        cells = (row["id"], row["title"], row["currency"], str(row["rates"]), where)
        table.add_row(*map(ctx.safe, cells))
    ctx.console.print(table)


@command.command(
    name="show", help="Show every price.\n\n\b\nExample:\n  imcost tariff show alibaba-cn --json"
)
@click.argument("name", metavar="ID")
@common_options
def show(ctx: Context, name: str) -> None:
    """Each price and dated value with where it holds, since when, where it was read, and how far to trust it."""
    from rules.tariff import load

    tariff = load(name, search=[ctx.workspace.tariffs])
    if ctx.json:
        ctx.print_json(_json(tariff))
    else:
        _print(ctx, tariff)


@command.command(name="check", help="Check a file.\n\n\b\nExample:\n  imcost tariff check tariffs/ours.toml")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@common_options
def check(ctx: Context, file: Path) -> None:
    """Read it as strictly as a bill does; exit code 1 with what is wrong where it can't be used."""
    from rules.errors import TariffError
    from rules.tariff import load

    try:
        tariff = load(file, search=[ctx.workspace.tariffs])
    except TariffError as error:
        if ctx.json:
            ctx.print_json({"file": str(file), "ok": False, "error": str(error)})
        else:
            click.echo(clean(str(error)))
        ctx.exit(CHECK_FAILED)
    if ctx.json:
        ctx.print_json({"file": str(file), "ok": True, **_head(tariff)})
    else:
        click.echo(
            f"{clean(str(file))} is fine: {len(tariff.rows())} prices in {tariff.currency}, {tariff.digest}"
        )


def _head(tariff: Tariff) -> dict[str, Any]:
    return {
        "id": tariff.id,
        "title": tariff.title,
        "currency": tariff.currency,
        "zone": tariff.zone,
        "layers": [layer.tariff for layer in tariff.layers],
        "digest": tariff.digest,
    }


def _json(tariff: Tariff) -> dict[str, Any]:
    return {
        **_head(tariff),
        "rates": [_rate_json(rate) for rate in tariff.rows()],
        "values": [
            {"value": name, "is": value, **_dated_json(entry)} for name, value, entry in _values(tariff)
        ],
    }


def _rate_json(rate: Rate) -> dict[str, Any]:
    from rules.money import plain

    return {
        "rate": rate.name,
        "price": plain(rate.price.amount),
        "per": rate.price.per,
        "region": rate.region,
        **_dated_json(rate),
        "list_price": plain(rate.list_price.amount),
        "list_per": rate.list_price.per,
        "discount": None if rate.discount is None else rate.discount.label,
        "same_as": None if rate.same_as is None else rate.same_as.same_as,
    }


def _dated_json(entry: Dated) -> dict[str, Any]:
    return {
        "from": entry.from_label,
        "until": entry.until_label,
        "source": entry.source,
        "page": entry.page,
        "read": entry.read,
        "trust": entry.trust,
        "note": entry.note,
        "tariff": entry.tariff,
    }


def _values(tariff: Tariff) -> Iterator[tuple[str, str, Dated]]:
    """Name, value and entry of every dated value and settlement rule, layer by layer."""
    for layer in tariff.layers:
        entries: tuple[DatedValue | SettlementEntry, ...] = (*layer.values, *layer.settlements)
        yield from ((entry.name, entry.text, entry) for entry in entries)


def _print(ctx: Context, tariff: Tariff) -> None:
    from rules.money import plain

    ctx.console.print(
        f"[bold]{ctx.safe(tariff.id)}[/bold]  {ctx.safe(tariff.title)}  {tariff.currency}  {tariff.zone}"
    )
    ctx.console.print(f"[dim]{tariff.digest}[/dim]\n")
    prices = []
    for rate in tariff.rows():
        discount = "" if rate.discount is None else f" ({rate.discount.label} off)"
        price = f"{plain(rate.price.amount)} / {rate.price.per}{discount}"
        prices.append((rate.name, price, rate.region, rate))
    _print_entries(ctx, ("rate", f"price, {tariff.currency}", "region"), prices)
    ctx.console.print()
    _print_entries(ctx, ("value", "is"), list(_values(tariff)))
    ctx.console.print("\n[dim]Addresses of the pages and notes: --json[/dim]")


def _print_entries(ctx: Context, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows that end in a dated entry, as a table with when it holds, its source and how far to trust it."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in (*columns, "from", "until"):
        table.add_column(column, no_wrap=column != "region", overflow="fold")
    table.add_column("source", overflow="fold", ratio=1)
    table.add_column("trust", no_wrap=True)
    for *cells, entry in rows:
        source = f"{entry.source}, read {entry.read}"
        table.add_row(
            *map(ctx.safe, (*cells, entry.from_label, entry.until_label or "", source, entry.trust))
        )
    ctx.console.print(table)
