"""What a quota's state at a moment is: counts, observations, share, peak, time above, and differences."""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from billing.quotas import accounting
from billing.store import open_store
from rules.period import parse_instant
from tests.quotas.stories import BEGIN_S, HOUR, Quotas, at, cache, observed

FOR_GOOD = 5000


@pytest.mark.parametrize(
    ("row", "held"),
    [
        pytest.param(cache("a", 10), range(10, FOR_GOOD), id="without an end"),
        pytest.param(cache("a", 10, 20), range(10, 20), id="deleted"),
        pytest.param(cache("a", 10, 10), range(0), id="without a length"),
        pytest.param(cache("a", 10, failed_at=at(11)), range(10, 35), id="a failed build is kept for a day"),
        pytest.param(cache("a", 10, 13, failed_at=at(11)), range(10, 13), id="unless it is deleted before"),
        pytest.param(
            cache("a", 10, failed_at=at(11), retention_days=9),
            range(10, 35),
            id="whatever its retention says",
        ),
        pytest.param(
            cache("a", 10, failed_at=at(11), observed_at=at(90)),
            range(10, 35),
            id="and however late it was seen",
        ),
        pytest.param(cache("a", 10, retention_days=2), range(10, 58), id="retention"),
        pytest.param(
            cache("a", 10, retention_days=2, observed_at=at(70)),
            range(10, 70),
            id="an observation beats the rule",
        ),
        pytest.param(cache("a", 10, retention_days=2, expires_at=at(30)), range(10, 30), id="expiry wins"),
        pytest.param(
            cache("a", 10, creation_method="automatic"),
            range(10, FOR_GOOD),
            id="no 7 days for a recorded cache",
        ),
    ],
)
def test_a_cache_holds_its_place(tmp_path: Path, row: dict[str, str], held: range) -> None:
    quotas = Quotas(tmp_path, [row])
    for hour in {9, 10, 12, held.stop - 1, min(held.stop, FOR_GOOD - 1)}:
        counted = sum(use.counted for use in quotas.uses(max(0, hour)))
        assert counted == (hour in held), f"hour {hour}"


def test_used_is_observed_where_it_was_observed_and_counted_otherwise(tmp_path: Path) -> None:
    quotas = Quotas(tmp_path, [cache("a", 1), cache("b", 2), cache("c", 3, 30)], [observed(10, 5)])
    before = quotas.use(9)
    assert (before.used, before.counted, before.observed) == (3, 3, None)
    assert (before.limit, before.share, before.free_places) == (None, None, None)
    after = quotas.use(31)
    assert (after.used, after.counted, after.observed, after.observed_at) == (5, 2, 5, parse_instant(at(10)))
    assert (after.limit, after.share, after.free_places) == (50, Fraction(1, 10), 45)


def test_a_later_limit_holds_and_a_limit_alone_leaves_the_count(tmp_path: Path) -> None:
    quotas = Quotas(tmp_path, [cache("a", 1)], [observed(10, None, limit=7)])
    use = quotas.use(20)
    assert (use.used, use.observed, use.limit, use.free_places) == (1, None, 7, 6)
    assert use.limit_observed_at == parse_instant(at(10))


def test_a_limit_of_nothing(tmp_path: Path) -> None:
    quotas = Quotas(tmp_path, [], [observed(1, 0, limit=0), observed(1, 2, limit=0, quota="automatic")])
    assert (quotas.use(2).share, quotas.use(2).free_places) == (None, 0)
    assert (quotas.use(2, "automatic").share, quotas.use(2, "automatic").free_places) == (Fraction(1), 0)


def test_an_old_observation_is_stale(tmp_path: Path) -> None:
    quotas = Quotas(tmp_path, [], [observed(10, 5)])
    assert [quotas.use(hour).stale for hour in (10, 34, 35)] == [False, False, True]
    store = open_store(quotas.workspace)
    with store.reader() as reader:
        (use,) = accounting(store, reader, at=parse_instant(at(12)), stale=timedelta(hours=1))
    assert use.stale


def test_the_peak_is_the_months_and_the_first_of_its_kind(tmp_path: Path) -> None:
    caches = [cache("a", -50, 30), cache("b", 5, 20), cache("c", 6, 20), cache("d", 25)]
    quotas = Quotas(tmp_path, caches)
    assert (quotas.use(5).peak, quotas.use(5).peak_at) == (2, parse_instant(at(5)))
    assert (quotas.use(100).peak, quotas.use(100).peak_at) == (3, parse_instant(at(6)))
    november = quotas.use(31 * 24 + 1)
    assert (november.peak, november.peak_at) == (1, parse_instant(at(31 * 24)))


def test_the_peak_knows_what_was_observed(tmp_path: Path) -> None:
    quotas = Quotas(tmp_path, [cache("a", 1)], [observed(4, 9), observed(6, 2)])
    assert (quotas.use(10).peak, quotas.use(10).peak_at) == (9, parse_instant(at(4)))


def test_the_time_above_the_warning_share(tmp_path: Path) -> None:
    """Of a limit of 5, four are 80 %: exactly that counts. Before it was observed, the limit is taken to have been the same."""
    caches = [cache(name, 0) for name in "abc"] + [cache("d", 10, 16)]
    quotas = Quotas(tmp_path, caches, [observed(40, None, limit=5)])
    assert quotas.use(50).above_s == 6 * HOUR
    assert quotas.use(39).above_s == 0


def test_a_difference_is_told_with_its_begin(tmp_path: Path) -> None:
    seen = [observed(2, 1), observed(4, 3), observed(6, 1), observed(8, 2), observed(10, 4)]
    quotas = Quotas(tmp_path, [cache("a", 1), cache("b", 9)], seen)
    assert (quotas.use(7).difference, quotas.use(7).differs_since) == (0, None)
    assert (quotas.use(8).difference, quotas.use(8).differs_since) == (1, parse_instant(at(8)))
    assert (quotas.use(11).difference, quotas.use(11).differs_since) == (2, parse_instant(at(8)))


def test_what_was_observed_later_is_not_known_yet(tmp_path: Path) -> None:
    quotas = Quotas(tmp_path, [], [observed(10, 5)])
    assert quotas.uses(9) == ()
    assert len(quotas.uses(10)) == 1


def test_accounts_and_regions_are_apart_and_in_order(tmp_path: Path) -> None:
    caches = [
        cache("a", 1, account_id="b"),
        cache("a", 1, region="cn-beijing"),
        cache("a", 1),
        cache("b", 1, creation_method="automatic"),
    ]
    uses = Quotas(tmp_path, caches).uses(2)
    assert [(*use.subject, use.counted) for use in uses] == [
        ("a", "cn-beijing", "manual_image_caches", 1),
        ("a", "cn-hangzhou", "automatic_image_caches", 1),
        ("a", "cn-hangzhou", "manual_image_caches", 1),
        ("b", "cn-hangzhou", "manual_image_caches", 1),
    ]


def test_a_full_automatic_quota_evicts_even_what_no_record_names(tmp_path: Path) -> None:
    use = Quotas(tmp_path, [], [observed(1, 25, limit=25, quota="automatic")]).use(2, "automatic")
    assert (use.at_limit, use.next_evicted) == ("evicts", ())


def test_a_match_that_came_later_was_not_known(tmp_path: Path) -> None:
    """At hour 50, cache b had last been used at hour 20 by what the instances show, though it was matched at hour 90, too."""
    caches = [
        cache("a", 1, creation_method="automatic", last_matched_at=at(30)),
        cache("b", 2, creation_method="automatic", last_matched_at=at(90)),
    ]
    instances = [
        {
            "account_id": "a", "region": "cn-hangzhou", "cache_id": "imc-b", "instance_id": f"eci-{hour}",
            "vcpu": "2", "memory_gib": "4", "started_at": at(hour), "ended_at": at(hour + 1), "observed_at": at(100),
        }
        for hour in (20, 90)
    ]  # fmt: skip
    quotas = Quotas(tmp_path, caches, instances=instances)
    assert quotas.use(50, "automatic").next_evicted == ("imc-b", "imc-a")
    assert quotas.use(95, "automatic").next_evicted == ("imc-a", "imc-b")


def test_the_history_has_every_step(tmp_path: Path) -> None:
    quotas = Quotas(tmp_path, [cache("a", 2), cache("b", 3, 8)], [observed(5, 7)])
    steps = quotas.steps(0, 10)
    hours = [(int(step.at.timestamp()) - BEGIN_S) // HOUR for step in steps]
    assert hours == [0, 2, 3, 5, 8]
    assert [step.counted for step in steps] == [0, 1, 2, 2, 1]
    assert [step.used for step in steps] == [0, 1, 2, 7, 7]
    assert [(step.limit, step.limit_assumed) for step in steps] == [(50, True)] * 3 + [(50, False)] * 2
    assert [step.until for step in steps[:-1]] == [step.at for step in steps[1:]]
    assert steps[-1].until == parse_instant(at(10))
