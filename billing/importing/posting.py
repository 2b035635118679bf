"""Hands checked rows to the store, kind by kind: caches before snapshots, which confirm them, then instances and quotas.

A listing that is complete ends what it does not list: one that the command says is complete, and a page stream that reaches its
TotalCount. A list of which a part is not here is never complete: where rows were rejected, where a file was imported before and
is not read again, where a kind comes in two manners.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from billing.importing.desk import Desk
from billing.importing.loaded import Loaded, count_derived, gather, sql
from billing.importing.reading import Reading
from billing.store import BatchCounts, Writer
from billing.store.schema import COLUMNS, Kind, content
from billing.warehouse import text_literal

Counts = Mapping[int, BatchCounts]

ORDER = tuple(
    (kind, merge) for kind in ("caches", "snapshots", "instances", "quotas") for merge in (False, True)
)
"""Kinds in the order in which they are posted, whole records before those that are merged."""


def posting_rank(reading: Reading) -> int:
    """Where a reading stands in the order of posting."""
    return ORDER.index((reading.kind.name, reading.merge))


@dataclass(slots=True)
class Posting:
    """Posts loaded inputs; `complete` is what the command says of them, `skipped` are the kinds of inputs known before.

    Afterwards `derived` has the numbers of derived values by kind and column, `notes` what the user should know.
    """

    desk: Desk
    writer: Writer
    complete: bool
    skipped: Collection[str]
    derived: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def post(self, inputs: Sequence[Loaded]) -> None:
        """Post everything; the batches get their counts."""
        groups: dict[tuple[str, bool], list[Loaded]] = defaultdict(list)
        for each in inputs:
            groups[each.reading.kind.name, each.reading.merge].append(each)
        for kind, merge in ORDER:
            group = groups.get((kind, merge))
            if not group:
                continue
            relation = gather(self.desk, group, f"good_{kind}_{'merged' if merge else 'whole'}")
            if kind == "quotas":
                counts: Counts = self.writer.post_quotas(relation)
            elif kind == "snapshots":
                counts = self._confirm(group, relation)
            else:
                alone = (kind, not merge) not in groups
                counts = self._post_records(cast(Kind, kind), group, relation, alone=alone)
            for each in group:
                each.batch.counts = counts.get(each.number, BatchCounts())

    def _post_records(self, kind: Kind, group: Sequence[Loaded], relation: str, *, alone: bool) -> Counts:
        """Post caches or instances, what a complete listing covers apart from the rest."""
        found = count_derived(self.desk, relation)
        self.derived.update({(kind, name): count for name, count in found.items()})
        merge = group[0].reading.merge
        complete, regions = self.complete, _complete_regions(group)
        if (complete or regions) and (reason := self._partial(kind, group, alone=alone)):
            self.notes.append(
                f"{reason}: the list of {kind} is not taken to be complete, and nothing was ended by it"
            )
            complete, regions = False, []
        if complete or not regions:
            return self.writer.post(kind, relation, merge=merge, complete=complete)
        listed = ", ".join(map(text_literal, regions))
        sums: dict[int, BatchCounts] = {}
        for name, condition, whole in (("listed", "IN", True), ("others", "NOT IN", False)):
            part = f"{kind}_{name}"
            self.desk.connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {part} AS SELECT * FROM {relation} WHERE region {condition} ({listed})"
            )
            for batch, counts in self.writer.post(kind, part, merge=merge, complete=whole).items():
                before = sums.get(batch, BatchCounts())
                sums[batch] = BatchCounts(*(a + b for a, b in zip(before, counts, strict=True)))
        return sums

    def _partial(self, kind: str, group: Sequence[Loaded], *, alone: bool) -> str | None:
        """Why these inputs are only a part of what they list; None where they are the whole."""
        if any(each.batch.rejected for each in group):
            return "rows were rejected"
        if kind in self.skipped:
            return "a part was imported before"
        return None if alone else "records and answers came together"

    def _confirm(self, group: Sequence[Loaded], relation: str) -> Counts:
        """What snapshots say about known caches; the others are counted as unchanged and noted."""
        connection = self.desk.connection
        connection.execute(f"CREATE OR REPLACE TEMP TABLE current_caches AS {sql('current_caches')}")
        said = {
            "account_id",
            "region",
            "cache_id",
            "observed_at",
            "ready_observed",
            "retracted",
            "derived",
        }
        unsaid = [name for name in content("caches") if name not in said]
        nulls = ", ".join(f"CAST(NULL AS {COLUMNS['caches'][name]}) AS {name}" for name in unsaid)
        statement = sql("confirmed_caches", snapshots=relation, unsaid=nulls)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE confirmed_caches AS {statement}")
        (strangers,) = connection.execute(sql("strange_snapshots", snapshots=relation)).fetchone() or (0,)
        if strangers:
            self.notes.append(f"{strangers} snapshots belong to no known image cache and were left alone")
        counts = self.writer.post("caches", "confirmed_caches", merge=True)
        good = {each.number: each.batch.read - each.batch.rejected for each in group}
        return {
            batch: BatchCounts(
                revised=(found := counts.get(batch, BatchCounts())).revised, unchanged=read - found.revised
            )
            for batch, read in good.items()
        }


def _complete_regions(group: Sequence[Loaded]) -> list[str]:
    """The regions of which the page streams hold as many records as they say there are."""
    totals: dict[str, int] = {}
    ids: dict[str, set[str]] = defaultdict(set)
    for each in group:
        if each.reading.listing is not None:
            for region, total in each.reading.listing.totals.items():
                totals[region] = max(total, totals.get(region, 0))
            for region, found in each.reading.listing.ids.items():
                ids[region] |= found
    return sorted(region for region, total in totals.items() if len(ids[region]) >= total)
