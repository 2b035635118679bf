"""Hands checked rows to the store, kind by kind: caches before snapshots, which confirm them, then instances and quotas.

A listing that is complete ends what it does not list: one that the command says is complete, and a page stream that reaches its
TotalCount. Where rows were rejected nothing is complete, since a rejected record is none that is missing.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import cast

from billing.importing.desk import Desk
from billing.importing.loaded import Loaded, count_derived, gather, has_rejected, sql
from billing.importing.reading import Reading
from billing.store import BatchCounts, Writer
from billing.store.schema import COLUMNS, Kind, content
from billing.warehouse import text_literal

Counts = dict[int, BatchCounts]

ORDER = tuple(
    (kind, merge) for kind in ("caches", "snapshots", "instances", "quotas") for merge in (False, True)
)
"""Kinds in the order in which they are posted, whole records before those that are merged."""


def posting_rank(reading: Reading) -> int:
    """Where a reading stands in the order of posting."""
    return ORDER.index((reading.kind.name, reading.merge))


def post(
    desk: Desk, writer: Writer, inputs: Sequence[Loaded], *, complete: bool, derived: Counter[tuple[str, str]]
) -> list[str]:
    """Post everything; the batches get their counts, `derived` the numbers of derived values. Gives notes for the user."""
    groups: dict[tuple[str, bool], list[Loaded]] = defaultdict(list)
    for each in inputs:
        groups[each.reading.kind.name, each.reading.merge].append(each)
    notes: list[str] = []
    for kind, merge in ORDER:
        group = groups.get((kind, merge))
        if not group:
            continue
        relation = gather(desk, group, f"good_{kind}_{'merged' if merge else 'whole'}")
        if kind == "quotas":
            counts = writer.post_quotas(relation)
        elif kind == "snapshots":
            counts = _confirm(desk, writer, group, relation, notes)
        else:
            derived.update({(kind, name): found for name, found in count_derived(desk, relation).items()})
            counts = _post_records(
                desk, writer, cast(Kind, kind), group, relation, complete=complete, notes=notes
            )
        for each in group:
            each.batch.counts = counts.get(each.number, BatchCounts())
    return notes


def _post_records(
    desk: Desk,
    writer: Writer,
    kind: Kind,
    group: Sequence[Loaded],
    relation: str,
    *,
    complete: bool,
    notes: list[str],
) -> Counts:
    """Post caches or instances; what a complete listing covers apart from the rest."""
    merge = group[0].reading.merge
    regions = _complete_regions(group)
    if (complete or regions) and has_rejected(group):
        notes.append(
            f"rows were rejected: the list of {kind} is not taken to be complete, and nothing was ended by it"
        )
        complete, regions = False, {}
    if complete or not regions:
        return writer.post(kind, relation, merge=merge, complete=complete)
    listed = ", ".join(text_literal(region) for region in regions)
    counts: Counts = {}
    for name, condition, whole in (("listed", "IN", True), ("others", "NOT IN", False)):
        desk.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {kind}_{name} AS SELECT * FROM {relation} WHERE region {condition} ({listed})"
        )
        for batch, found in writer.post(kind, f"{kind}_{name}", merge=merge, complete=whole).items():
            before = counts.get(batch, BatchCounts())
            counts[batch] = BatchCounts(*(a + b for a, b in zip(before, found, strict=True)))
    return counts


def _complete_regions(group: Sequence[Loaded]) -> Mapping[str, int]:
    """The regions of which the page streams hold as many records as they say there are."""
    totals: dict[str, int] = {}
    ids: dict[str, set[str]] = defaultdict(set)
    for each in group:
        if each.reading.listing is not None:
            for region, total in each.reading.listing.totals.items():
                totals[region] = max(total, totals.get(region, 0))
            for region, found in each.reading.listing.ids.items():
                ids[region] |= found
    return {region: total for region, total in totals.items() if len(ids[region]) >= total}


def _confirm(desk: Desk, writer: Writer, group: Sequence[Loaded], relation: str, notes: list[str]) -> Counts:
    """What snapshots say about known caches; the others are counted as unchanged and noted."""
    connection = desk.connection
    connection.execute(f"CREATE OR REPLACE TEMP TABLE current_caches AS {sql('current_caches')}")
    said = {"account_id", "region", "cache_id", "observed_at", "ready_observed", "retracted", "derived"}
    nulls = [
        f"CAST(NULL AS {COLUMNS['caches'][name]}) AS {name}" for name in content("caches") if name not in said
    ]
    statement = sql("confirmed_caches", snapshots=relation, unsaid=", ".join(nulls))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE confirmed_caches AS {statement}")
    (strangers,) = connection.execute(
        f"SELECT count(*) FROM {relation} WHERE snapshot_id NOT IN"
        " (SELECT id FROM (SELECT unnest([snapshot_id, flash_snapshot_id]) AS id FROM current_caches)"
        " WHERE id IS NOT NULL)"
    ).fetchone() or (0,)
    if strangers:
        notes.append(f"{strangers} snapshots belong to no known image cache and were left alone")
    counts = writer.post("caches", "confirmed_caches", merge=True)
    good = {each.number: each.batch.read - each.batch.rejected for each in group}
    return {
        batch: BatchCounts(
            revised=(found := counts.get(batch, BatchCounts())).revised, unchanged=read - found.revised
        )
        for batch, read in good.items()
    }
