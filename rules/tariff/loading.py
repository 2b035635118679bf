"""Finds a tariff by name or path, reads it and its bases, and puts the checked layers together."""

from collections.abc import Sequence
from pathlib import Path

from rules.errors import TariffError, suggestion
from rules.period import ZONE
from rules.tariff.checking import in_order, refuse_holes, refuse_shared_regions
from rules.tariff.entries import DatedValue, PriceEntry, SettlementEntry
from rules.tariff.reading import Entries, TariffFile, read_head
from rules.tariff.regions import Regions
from rules.tariff.tariff import Layer, Tariff

_SHIPPED = Path(__file__).parent.parent / "tariffs"


def shipped() -> tuple[str, ...]:
    """The names of the tariffs that come with the program."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def load(name_or_path: str | Path, search: Sequence[Path] = ()) -> Tariff:
    """The tariff of a name (a shipped one, else NAME.toml in a folder of `search`) or of a path that ends in .toml.

    A base is looked for in the same way, and beside the file that names it. Everything is checked; a TariffError names file and
    entry.
    """
    return _load(_find(name_or_path, search, None), search, ())


def _find(name_or_path: str | Path, search: Sequence[Path], wanted_by: TariffFile | None) -> Path:
    if isinstance(name_or_path, Path) or name_or_path.endswith(".toml"):
        return Path(name_or_path)
    if name_or_path in shipped():
        return _SHIPPED / f"{name_or_path}.toml"
    known = {path.stem: path for folder in reversed(search) for path in sorted(folder.glob("*.toml"))}
    if name_or_path in known:
        return known[name_or_path]
    what, place = ("tariff", None) if wanted_by is None else ("base", f"{wanted_by.place}, [tariff]")
    names = list(dict.fromkeys([*shipped(), *sorted(known)]))
    raise TariffError(
        f"unknown {what} {name_or_path!r}",
        place=place,
        hint=f"{suggestion(name_or_path, names)}; known are {', '.join(names)}",
    )


def _load(path: Path, search: Sequence[Path], above: tuple[Path, ...]) -> Tariff:
    """The tariff of a file; `above` are the files that it is a base of."""
    file = read_head(_content(path), path.name if path.parent == _SHIPPED else str(path))
    if path.parent != _SHIPPED and file.id in shipped():
        raise TariffError(
            f"id {file.id!r} belongs to a shipped tariff", place=f"{file.place}, [tariff]", hint="choose another id"
        )
    if file.base is None:
        return _build(file, None)
    folders = [*search, path.parent]
    base_path = _find(file.base, folders, file)
    chain = (*above, path)
    if base_path.resolve() in [below.resolve() for below in chain]:
        raise TariffError(
            f"base {file.base!r} leads back to this tariff", place=f"{file.place}, [tariff]", hint="name another base, or none"
        )
    return _build(file, _load(base_path, folders, chain))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TariffError("the tariff can't be read", place=str(path), hint=error.strerror or str(error)) from None


def _build(file: TariffFile, base: Tariff | None) -> Tariff:
    if base is not None and file.currency not in (None, base.currency):
        raise TariffError(
            f"currency {file.currency} is not {base.currency}, the currency of its base {base.id}",
            place=f"{file.place}, [tariff]",
            hint="leave currency out, or name a base in the same currency",
        )
    layers = () if base is None else base.layers
    layer = _layer(file, layers)
    tariff = Tariff(
        id=file.id,
        title=file.title or file.id,
        currency=file.currency or (base.currency if base else ""),
        zone=ZONE,
        layers=(layer, *layers),
    )
    _refuse_alias_chains(tariff)
    return tariff


def _layer(file: TariffFile, below: tuple[Layer, ...]) -> Layer:
    groups: dict[str, Regions] = {}
    for layer in reversed(below):
        groups |= layer.groups
    entries = Entries(file, groups | dict(file.groups))
    dated = list(entries.values())
    prices = in_order(entries.prices(), lambda entry: (entry.name, entry.where, entry.same_as is None), _price_named)
    discounts = in_order(
        entries.discounts(),
        lambda entry: (entry.name, entry.where),
        lambda entry: f"discount on {entry.name} in {entry.where.label}",
    )
    values = in_order((entry for entry in dated if isinstance(entry, DatedValue)), _name, _name)
    settlements = in_order((entry for entry in dated if isinstance(entry, SettlementEntry)), _name, _name)
    refuse_shared_regions(prices)
    refuse_shared_regions(discounts)
    refuse_holes(
        prices,
        lambda entry: (entry.name, entry.where, entry.same_as is None),
        _price_named,
        [*prices, *(entry for layer in below for entry in layer.prices)],
    )
    refuse_holes(values, _name, _name, [*values, *(entry for layer in below for entry in layer.values)])
    refuse_holes(settlements, _name, _name, [*settlements, *(entry for layer in below for entry in layer.settlements)])
    return Layer(
        tariff=file.id, groups=dict(file.groups), prices=prices, discounts=discounts, values=values, settlements=settlements
    )


def _refuse_alias_chains(tariff: Tariff) -> None:
    """Refuse `same_as` a rate that is itself the same as another: its price could go in circles."""
    aliases = {entry.name for layer in tariff.layers for entry in layer.prices if entry.same_as}
    for entry in tariff.layers[0].prices:
        if entry.same_as in aliases:
            raise TariffError(
                f"same_as {entry.same_as!r} is itself the same as another rate",
                place=entry.place,
                hint="name the rate that has a price of its own",
            )


def _name(entry: DatedValue | SettlementEntry) -> str:
    return entry.name


def _price_named(entry: PriceEntry) -> str:
    return f"{entry.name} in {entry.where.label}"
