"""One reconciliation, step by step: read, scope, lay out, match, classify, bridge; and the proof that nothing is left over.

The steps' order matters: a file's zone is checked before anything is called missing, what is billed at another time is found
before what is missing or doubled, and rounding is what remains within the bounds of the provider's decimals.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from billing.bill import Bill
from billing.errors import UsageError
from billing.metering import make_slices, meter
from billing.pipeline import bill_over, collector_paused
from billing.reconciling.allocating import allocated_differences, allocated_snapshots
from billing.reconciling.arithmetic import broken_rows
from billing.reconciling.bridge import bridged
from billing.reconciling.classify import Context, classified, unreadable_ids
from billing.reconciling.items import FAMILIES
from billing.reconciling.loading import Loaded, load_bills
from billing.reconciling.matching import check_zones, grain_of, make_subjects, match_unnamed, scope_rows
from billing.reconciling.ours import Grain, buckets, count_pieces, lay_out_ours
from billing.reconciling.reasons import Reason, reason
from billing.reconciling.result import Difference, Reconciliation, Tolerance, exact
from billing.reconciling.timing import time_shifts
from billing.store import Reader
from billing.warehouse import Connection, has_rows, sql_file
from rules.money import AMOUNT_PLACES, plain
from rules.period import Month, epoch_s, rfc3339
from rules.tariff import Tariff

LEAST_UNIT = Decimal("0.0000000001")
HOURS = {"hour": 1, "day": 24, "month": 744}


def reconcile(
    reader: Reader,
    month: Month,
    bills: Sequence[str],
    *,
    as_of: datetime,
    tariff: Tariff,
    tolerance: Tolerance | None = None,
) -> Reconciliation:
    """The month against the provider's bill in these files.

    Raises InputRefused where a file is no bill, UsageError where it is one of another month or currency.
    """
    until_s = max(min(month.until_s, epoch_s(as_of)), month.from_s + 1)
    with (
        reader.between(month.from_s, until_s) as connection,
        tempfile.TemporaryDirectory(dir=reader.workspace.root) as staging,
        collector_paused(),
    ):
        loaded = load_bills(connection, bills, Path(staging))
        make_subjects(connection)
        _refuse_other_bills(connection, month, tariff, loaded)
        ours = bill_over(connection, month, as_of=as_of, tariff=tariff)
        slices = make_slices(tariff, month.from_s, until_s)
        if epoch_s(as_of) <= month.from_s:
            meter(connection, slices, as_of_s=epoch_s(as_of))
        grain = grain_of(connection)
        regions = [
            region for (region,) in connection.execute("select distinct region from cache_keys").fetchall()
        ]
        lay_out_ours(connection, tariff, slices, regions, grain)
        scope_rows(connection, month, grain)
        zones = check_zones(connection, grain)
        return _compare(connection, loaded, ours, month, grain, zones, tolerance or Tolerance())


def _refuse_other_bills(connection: Connection, month: Month, tariff: Tariff, loaded: Loaded) -> None:
    cycle = month.label.replace("-", "")
    cycles = {found for (found,) in connection.execute("select distinct month from bill_subjects").fetchall()}
    paths = ", ".join(each.path for each in loaded.files)
    if cycles and "" not in cycles and cycle not in cycles:
        raise UsageError(
            f"the bill is of {', '.join(sorted(cycles))}, not of {month.label}",
            place=paths,
            hint="name the month of the bill",
        )
    found = connection.execute(
        "select distinct upper(currency) from bill_rows where currency <> ''"
    ).fetchall()
    others = sorted(currency for (currency,) in found if currency not in _names_of(tariff.currency))
    if others:
        raise UsageError(
            f"the bill is in {', '.join(others)}, the tariff {tariff.id} in {tariff.currency}",
            place=paths,
            hint="name a tariff in that currency with --tariff",
        )


def _names_of(currency: str) -> tuple[str, ...]:
    return {"CNY": ("CNY", "RMB", "人民币", "元"), "USD": ("USD", "美元")}.get(currency, (currency,))


def _compare(
    connection: Connection,
    loaded: Loaded,
    ours: Bill,
    month: Month,
    grain: Grain,
    zones: dict[int, int],
    tolerance: Tolerance,
) -> Reconciliation:
    ulp = _last_unit(connection)
    match_unnamed(connection, ulp)
    connection.execute(sql_file("billing.reconciling", "compared").format(ulp=plain(ulp), hours=HOURS[grain]))
    _make_bounds(connection, month, grain)
    paths = {number: each.path for number, each in enumerate(loaded.files)}
    context = Context(grain, paths, _unreadable(connection, loaded), _unrated(ours), tuple(zones.values()))
    gross, due = connection.execute(
        "select coalesce(sum(gross), 0), coalesce(sum(due), 0) from subjects"
    ).fetchone() or (Decimal(0), Decimal(0))
    (matched,) = connection.execute("select count(*) from compared where state = 'matched'").fetchone() or (
        0,
    )
    differences = [
        *time_shifts(connection, context),
        *_merged(allocated_differences(connection, classified(connection, context), grain)),
        *bridged(connection),
    ]
    broken, broken_count = broken_rows(connection, paths, ulp)
    theirs = exact([due])
    remainder = exact([theirs, -ours.total, *(-each.amount for each in differences)])
    _check_remainder(remainder, count_pieces(connection, grain) + len(ours.lines))
    if remainder:
        differences.append(Difference("rounding", remainder, "", "", "", "", "", reason("once_a_line")))
    return Reconciliation(
        month=month.label,
        currency=ours.currency,
        as_of=rfc3339(ours.as_of),
        tariff={"id": ours.tariff.id, "digest": ours.tariff.digest},
        ours=ours.total,
        theirs=theirs,
        gross=exact([gross]),
        grain=grain,
        matched=matched,
        differences=tuple(sorted(differences, key=_order)),
        tolerance=tolerance.of(ours.total),
        files=loaded.files,
        quarantine=loaded.quarantine,
        broken=broken,
        broken_count=broken_count,
        allocated=allocated_snapshots(connection),
        zones={paths[file]: shift for file, shift in zones.items()},
    )


def _last_unit(connection: Connection) -> Decimal:
    """The last decimal that the bill's amounts have, at least cents, at most the tenth."""
    (written,) = connection.execute("select coalesce(max(places), 2) from subjects").fetchone() or (2,)
    places = max(2, min(written, AMOUNT_PLACES))
    finer = "select 1 from bill_rows where coalesce(gross, pretax) <> cast(coalesce(gross, pretax) as decimal(38, {}))"
    while places > 2 and not has_rows(connection, finer.format(places - 1)):
        places -= 1
    return Decimal(1).scaleb(-places)


def _make_bounds(connection: Connection, month: Month, grain: Grain) -> None:
    """The buckets of the month, half-open."""
    cut = buckets(grain)
    connection.execute(
        f"create or replace temp table month_bounds as"
        f" select {cut.holding(str(month.from_s))} as first, {cut.after(str(month.until_s))} as after"
    )


def _unreadable(connection: Connection, loaded: Loaded) -> dict[str, str]:
    """Where the quarantined rows of each resource stand that is missing on the bill."""
    rows = [(each.path, each.line, each.raw) for each in loaded.quarantine]
    if not rows:
        return {}
    found = connection.execute(
        "select distinct p.resource from compared as c inner join positions as p using (position) where c.state = 'ours'"
    ).fetchall()
    return unreadable_ids(rows, [resource for (resource,) in found])


def _unrated(bill: Bill) -> dict[tuple[str, str, str], str]:
    """What our side has no price for, with the reason, by family, account and region."""
    return {
        (FAMILIES[each.charge], each.account_id, each.region): each.reason
        for each in bill.unrated
        if each.charge in FAMILIES
    }


def _merged(found: Iterator[Difference]) -> Iterator[Difference]:
    """Differences of the same cache, class and sentence as one."""
    together: dict[tuple[str | Reason, ...], list[Difference]] = defaultdict(list)
    for each in found:
        together[
            each.class_,
            each.charge,
            each.account_id,
            each.region,
            each.cache_id,
            each.instance_id,
            each.reason,
        ].append(each)
    for same in together.values():
        yield same[0]._replace(
            amount=exact(each.amount for each in same), rows=sum(each.rows for each in same)
        )


def _check_remainder(remainder: Decimal, rounded: int) -> None:
    """Rounding can't leave more than half a last decimal for each rounded amount; more would be a bug."""
    if abs(remainder) > rounded * LEAST_UNIT:
        raise AssertionError(f"{plain(remainder)} of the difference has no class")


def _order(each: Difference) -> tuple[object, ...]:
    """The largest first; ties by what they are about."""
    return (
        -abs(each.amount),
        each.class_,
        each.account_id,
        each.region,
        each.cache_id,
        each.instance_id,
        each.reason,
    )
