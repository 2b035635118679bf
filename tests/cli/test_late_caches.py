"""Caches that are described, or described otherwise, after months that they touch were closed."""

from pathlib import Path

from tests.cli.running import Shell
from tests.cli.test_books import CACHES, bring, close, run, statement

CACHE = "\n".join(CACHES.splitlines()[:2])


def test_a_cache_described_after_its_use_was_closed_is_charged_for_all_of_it(
    imcost: Shell, tmp_path: Path
) -> None:
    """It says that it was made a month later; an instance is charged for the cache that it names all the same."""
    imcost("init")
    bring(imcost, tmp_path, "caches.csv", CACHE.replace("imc-1", "imc-2"))
    bring(imcost, tmp_path, "early.csv", run("eci-1", 1, "2026-12-01T00:00:00Z"))
    assert close(imcost, "2026-10") == 0
    later = CACHE.replace("2026-10-05", "2026-11-05").replace("2026-10-20", "2026-11-20")
    bring(imcost, tmp_path, "late.csv", later)
    [found] = statement(imcost, "2026-11")["corrections"]
    assert (found["corrects_month"], found["charge"], found["amount"]) == (
        "2026-10",
        "usage.cache_disk",
        "0.084",
    )
    assert close(imcost, "2026-11") == 0
    assert imcost("verify").code == 0


def test_a_cache_that_was_made_earlier_than_stated_is_corrected_from_then_on(
    imcost: Shell, tmp_path: Path
) -> None:
    """And back again: what begins later than was stated is a credit for the months before."""
    imcost("init")
    made_late = CACHE.replace("2026-10-05", "2026-11-05").replace("2026-10-20", "2026-11-20")
    bring(imcost, tmp_path, "caches.csv", CACHES.replace("imc-1", "imc-3"))
    bring(imcost, tmp_path, "late.csv", made_late)
    assert (close(imcost, "2026-10"), close(imcost, "2026-11")) == (0, 0)
    earlier = CACHE.replace("2026-10-20", "2026-11-20").replace("2026-12-01", "2026-12-02")
    bring(imcost, tmp_path, "earlier.csv", earlier)
    forth = {each["corrects_month"] for each in statement(imcost, "2026-12")["corrections"]}
    assert forth == {"2026-10", "2026-11"}
    assert close(imcost, "2026-12", "--as-of", "2027-01-02T00:00:00Z") == 0
    bring(imcost, tmp_path, "back.csv", made_late.replace("2026-12-01", "2026-12-03"))
    back = statement(imcost, "2027-01")["corrections"]
    assert {each["corrects_month"] for each in back} == {"2026-10", "2026-11"}
    assert imcost("verify").code == 0
