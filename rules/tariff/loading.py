"""Finds a tariff by name or path, reads it and its bases, and puts the checked layers together."""

from collections.abc import Sequence
from pathlib import Path

from rules.errors import TariffError, nearest
from rules.period import ZONE
from rules.tariff.checking import in_order, refuse_doubtful_regions, refuse_holes
from rules.tariff.entries import DatedValue, SettlementEntry
from rules.tariff.reading import Entries, TariffFile, read_head
from rules.tariff.regions import Regions
from rules.tariff.tariff import Layer, Tariff

_SHIPPED = Path(__file__).resolve().parent.parent / "tariffs"


def shipped() -> tuple[str, ...]:
    """The names of the tariffs that come with the program."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def available(search: Sequence[Path] = ()) -> dict[str, Path]:
    """The files of all tariffs that can be named: the shipped ones, then those in the folders of `search`."""
    files = {name: _SHIPPED / f"{name}.toml" for name in shipped()}
    for folder in search:
        for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem):
            files.setdefault(path.stem, path)
    return files


def load(name_or_path: str | Path, search: Sequence[Path] = ()) -> Tariff:
    """The tariff of a name or of a path that ends in .toml, with everything checked.

    A name is a shipped tariff's, else NAME.toml in a folder of `search`. A base is looked for in the same way,
    and beside the file that names it. A TariffError names file, line and entry.
    """
    return _load(_find(name_or_path, search, None), search, ())


def _find(name_or_path: str | Path, search: Sequence[Path], wanted_by: TariffFile | None) -> Path:
    if isinstance(name_or_path, Path) or name_or_path.endswith(".toml"):
        return Path(name_or_path)
    files = available(search)
    if name_or_path in files:
        _refuse_second(name_or_path, files[name_or_path], search)
        return files[name_or_path]
    near = nearest(name_or_path, files)
    known = f"known are {', '.join(files)}"
    raise TariffError(
        f"there is no {'tariff' if wanted_by is None else 'base'} {name_or_path!r}",
        place=None if wanted_by is None else f"{wanted_by.place}, [tariff]",
        hint=known if near is None else f"did you mean {near!r}? {known}",
    )


def _refuse_second(name: str, path: Path, search: Sequence[Path]) -> None:
    """Refuse a name that two files have: neither may win in silence."""
    for other in (folder / f"{name}.toml" for folder in search):
        if other.resolve() != path.resolve() and other.exists():
            first = "a shipped tariff" if path.parent == _SHIPPED else str(path)
            raise TariffError(
                f"{name} is the name of {first}, too", place=str(other), hint="rename this file"
            )


def _load(path: Path, search: Sequence[Path], above: tuple[Path, ...]) -> Tariff:
    """The tariff of a file; `above` are the files that it is a base of."""
    of_ours = path.resolve().parent == _SHIPPED
    file = read_head(_content(path), path.name if of_ours else str(path))
    head = f"{file.place}, [tariff]"
    if not of_ours and file.id in shipped():
        raise TariffError(f"id = {file.id!r} is a shipped tariff's", place=head, hint="choose another id")
    if file.id != path.stem:
        raise TariffError(
            f"id = {file.id!r} is not the name of its file", place=head, hint=f"call the file {file.id}.toml"
        )
    if file.base is None:
        return _build(file, None)
    folders = [*search, path.parent]
    base_path = _find(file.base, folders, file)
    chain = (*above, path)
    if base_path.resolve() in [below.resolve() for below in chain]:
        raise TariffError(
            f"base = {file.base!r} is itself built on this tariff",
            place=head,
            hint="name another base, or none",
        )
    return _build(file, _load(base_path, folders, chain))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise TariffError("the tariff can't be read", place=str(path), hint=reason) from None


def _build(file: TariffFile, base: Tariff | None) -> Tariff:
    if base is not None and file.currency not in (None, base.currency):
        raise TariffError(
            f"currency = {file.currency!r} is not its base's: {base.id} is in {base.currency}",
            place=f"{file.place}, [tariff]",
            hint="leave currency out, or name a base in the same currency",
        )
    below = () if base is None else base.layers
    layers = (_layer(file, below), *below)
    _refuse_chains(layers)
    return Tariff(
        id=file.id,
        title=file.title or file.id,
        currency=file.currency or (base.currency if base else ""),
        zone=ZONE,
        layers=layers,
    )


def _layer(file: TariffFile, below: tuple[Layer, ...]) -> Layer:
    """The file's entries, checked; the layers below fill its holes and lend it their groups of regions."""
    groups: dict[str, Regions] = {}
    for layer in reversed(below):
        groups |= layer.groups
    entries = Entries(file, groups | dict(file.groups))
    dated = list(entries.values())
    found = Layer(
        tariff=file.id,
        groups=file.groups,
        prices=in_order(entries.prices()),
        discounts=in_order(entries.discounts()),
        values=in_order(entry for entry in dated if isinstance(entry, DatedValue)),
        settlements=in_order(entry for entry in dated if isinstance(entry, SettlementEntry)),
    )
    refuse_doubtful_regions(found.prices)
    refuse_doubtful_regions(found.discounts)
    refuse_holes(found.prices, [entry for layer in below for entry in layer.prices])
    refuse_holes(found.values, [entry for layer in below for entry in layer.values])
    refuse_holes(found.settlements, [entry for layer in below for entry in layer.settlements])
    return found


def _refuse_chains(layers: Sequence[Layer]) -> None:
    """Refuse `same_as` a rate that is itself the same as another: a price could go in circles."""
    prices = [entry for layer in layers for entry in layer.prices]
    same = {entry.name: entry for entry in prices if entry.same_as is not None}
    for entry in prices:
        if entry.same_as in same:
            raise TariffError(
                f"{entry.name} is the same as {entry.same_as}, which is itself the same as another rate",
                place=entry.place,
                hint=f"name a rate with a price of its own; the other is {same[entry.same_as].place}",
            )
