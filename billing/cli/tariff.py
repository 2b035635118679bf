"""`imcost tariff`: lists the tariffs, shows every price with where it comes from, and checks a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from billing.cli.console import clean
from billing.cli.options import Context, common_options

if TYPE_CHECKING:
    from rules.tariff import Dated, DatedValue, Rate, Tariff
    from rules.tariff.entries import SettlementEntry

CHECK_FAILED = 1


class Row(NamedTuple):
    """A price or value to be shown; the first of `said_by` says when it holds."""

    name: str
    value: str
    region: str
    said_by: tuple[Dated, ...]


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
        "discount": rate.discount and {"off": rate.discount.label, **_dated_json(rate.discount)},
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
    """Every price and value below its name: what it is, where, when, and on the next line who says so."""
    title, head = ctx.safe(tariff.title), ctx.safe(tariff.id)
    ctx.console.print(f"[bold]{head}[/bold]  {title}  {tariff.currency}  {tariff.zone}")
    ctx.console.print(f"[dim]{tariff.digest}[/dim]")
    rows = [_price_row(rate) for rate in tariff.rows()]
    rows += [Row(name, value, "everywhere", (entry,)) for name, value, entry in _values(tariff)]
    _print_rows(ctx, rows)
    ctx.console.print("\n[dim]Addresses of the pages and notes: --json[/dim]")


def _price_row(rate: Rate) -> Row:
    from rules.money import plain

    price = f"{plain(rate.price.amount)} / {rate.price.per}"
    if rate.discount is None:
        return Row(rate.name, price, rate.region, (rate,))
    return Row(rate.name, f"{price} ({rate.discount.label} off)", rate.region, (rate, rate.discount))


def _print_rows(ctx: Context, rows: Sequence[Row]) -> None:
    """Rows in columns; each name stands once, above its rows."""
    from rich.padding import Padding

    value_width = max(len(row.value) for row in rows)
    region_width = max(len(row.region) for row in rows)
    last = None
    for row in rows:
        if row.name != last:
            ctx.console.print(f"\n[bold]{ctx.safe(row.name)}[/bold]")
            last = row.name
        entry = row.said_by[0]
        until = f" to {entry.until_label}" if entry.until_label else ""
        columns = f"{row.value:{value_width}}  {row.region:{region_width}}  from {entry.from_label}{until}"
        ctx.console.print(Padding(ctx.safe(columns), (0, 0, 0, 2), expand=False))
        for said in row.said_by:
            source = ctx.safe(f"{said.trust}: {said.source}, read {said.read} ({said.tariff})")
            ctx.console.print(Padding(f"[dim]{source}[/dim]", (0, 0, 0, 6), expand=False))
