"""What may be chosen otherwise in a replay, and for which caches."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple

from rules.money import plain
from rules.tariff import DatedValue, Tariff
from rules.tariff.tariff import Layer

CreationMethod = Literal["manual", "automatic"]

PERMANENT = 0
"""The retention, in days, of a cache that is kept for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The choices of a replay; what is None stays as it was recorded.

    creation_method: of every cache. retention_days, instant, size_gib: of caches that are then manual, size_gib of the automatic
    ones, too. included_ephemeral_gib: the dated value of the tariff. tariff, region: other prices. automatic_quota,
    manual_quota: the limit in each account and region. pull_s: how long an instance that misses pulls its images.
    """

    creation_method: CreationMethod | None = None
    retention_days: int | None = None
    instant: bool | None = None
    size_gib: Decimal | None = None
    included_ephemeral_gib: Decimal | None = None
    tariff: Tariff | None = None
    region: str | None = None
    automatic_quota: int | None = None
    manual_quota: int | None = None
    pull_s: int | None = None

    def settings(self) -> dict[str, Any]:
        """What is set, by name, as JSON has it."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _json_value(name, value) for name, value in given.items() if value is not None}

    def quota_of(self, creation_method: str) -> int | None:
        """The chosen limit of caches of this creation method."""
        return self.automatic_quota if creation_method == "automatic" else self.manual_quota

    def priced_by(self, recorded: Tariff, from_s: int) -> Tariff:
        """The tariff of the replay: the chosen or the recorded one, with the chosen included storage from `from_s` on."""
        tariff = self.tariff or recorded
        if self.included_ephemeral_gib is None:
            return tariff
        value = DatedValue(
            name="included_ephemeral_gib",
            value=self.included_ephemeral_gib,
            from_s=from_s,
            until_s=None,
            source="chosen for a replay",
            page="",
            read="",
            trust="own",
            note="",
            tariff=tariff.id,
            place="a replay",
        )
        layer = Layer(tariff=tariff.id, groups={}, prices=(), discounts=(), values=(value,), settlements=())
        return replace(tariff, layers=(layer, *tariff.layers))


def _json_value(name: str, value: object) -> object:
    match value:
        case Tariff():
            return value.id
        case Decimal():
            return plain(value)
        case 0 if name == "retention_days":
            return "permanent"
    return value


class TagWanted(NamedTuple):
    """A tag that a cache must have, with this value, or with any where it is None."""

    key: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which caches a replay's choices are for: those that have one of each kind of mark that is given at all.

    names: patterns with * and ?, as file names have them. Without any mark, all caches.
    """

    cache_ids: Sequence[str] = ()
    names: Sequence[str] = ()
    tags: Sequence[TagWanted] = ()
    accounts: Sequence[str] = ()

    def takes(self, *, account_id: str, cache_id: str, cache_name: str | None, tags: str | None) -> bool:
        """Whether the cache is one of them; `tags` is a JSON object of texts."""
        if self.accounts and account_id not in self.accounts:
            return False
        if self.cache_ids and cache_id not in self.cache_ids:
            return False
        if self.names and not any(fnmatchcase(cache_name or "", pattern) for pattern in self.names):
            return False
        if not self.tags:
            return True
        found = json.loads(tags) if tags else {}
        return any(wanted.key in found and wanted.value in (None, found[wanted.key]) for wanted in self.tags)
