"""Quota counts on the trace: an automatic cache is made of each pod, and the counts agree with the slow walk."""

from collections.abc import Iterator

import pytest

from billing.quotas import accounting, history
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import epoch_s, instant
from tests.laws.program import Program
from tests.openb.trace import MONTHS, TRACE, instance_rows
from tests.oracle.times import month_window, second
from tests.quotas.walk import Place, count, evicted, places, walk

pytestmark = pytest.mark.skipif(not TRACE.exists(), reason=f"the openb trace is not there: {TRACE}")

SUBJECT = ("openb", "cn-hangzhou", "automatic_image_caches")


def caches() -> Iterator[dict[str, str]]:
    """A cache for each instance, as if none had found one: made at its start, matched once more at its end, gone a day later."""
    for row in instance_rows():
        yield {
            "account_id": row["account_id"],
            "region": row["region"],
            "cache_id": f"imc-{row['instance_id']}",
            "creation_method": "automatic",
            "size_gib": "30",
            "created_at": row["started_at"],
            "last_matched_at": row["ended_at"],
            "expires_at": row["ended_at"],
            "observed_at": row["started_at"],
        }


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the caches."""
    program = Program(tmp_path_factory.mktemp("openb-quota"))
    program.import_files(("caches", list(caches())))
    return Workspace(program.folder / "workspace")


@pytest.fixture(scope="module")
def held() -> list[Place]:
    """Their places, as the oracle reads them."""
    return places(caches())


def test_the_whole_history_agrees(workspace: Workspace, held: list[Place]) -> None:
    begin, until = month_window(MONTHS[0])[0], month_window(MONTHS[-1])[1]
    store = open_store(workspace)
    with store.reader() as reader:
        steps = history(store, reader, from_=instant(begin), until=instant(until))
    assert [(epoch_s(step.at), step.counted) for step in steps] == walk(held, begin, until)[SUBJECT]
    assert len(steps) > 5000


@pytest.mark.parametrize("month", MONTHS)
def test_moments_agree(workspace: Workspace, held: list[Place], month: str) -> None:
    begin, until = month_window(month)
    at_s = (begin + until) // 2
    store = open_store(workspace)
    with store.reader() as reader:
        uses = accounting(store, reader, at=instant(at_s))
    expected = count(held, at_s)
    assert {use.subject: use.counted for use in uses if use.counted} == expected
    for use in uses:
        steps = walk(held, begin, at_s)[use.subject]
        assert use.peak == max(number for _, number in steps)
        assert use.peak_at == instant(min(at for at, number in steps if number == use.peak))


def test_those_that_ended_last_go_last(workspace: Workspace, held: list[Place]) -> None:
    """Matches lie at each cache's end, so none was known when it held its place: creation decides."""
    at_s = second("2024-05-15T00:00:00+08:00")
    store = open_store(workspace)
    with store.reader() as reader:
        (use,) = accounting(store, reader, at=instant(at_s))
    unmatched = [place._replace(matched="") for place in held]
    assert list(use.next_evicted) == evicted(unmatched, SUBJECT, at_s)[:1000]
