"""States that a month can be in: each is a page in both languages that says so, with nothing missing, odd or left open."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from billing.bill import Notice
from billing.lives import CacheUse
from reports.caches import MonthCaches
from reports.data import ReportData
from reports.page import render_page
from reports.pdf import render_pdf
from reports.records import CacheRef
from tests.reports.build import AFTER, OCTOBER, SEPTEMBER, budgets, full, line, metered, report
from tests.reports.build_caches import life

LONG_NAMES = tuple(
    (part * 200)[:200]
    for part in ("镜像缓存训练集群", "مخزن صور الحاويات ", "👩‍💻🚀", "imc-with-a-long-name-")
)


def lived(data: ReportData, **given: Any) -> ReportData:
    """The data with a life of each cache, all of them as given."""
    lives = tuple(
        life(
            found.key[2] or "",
            cache_key=index,
            account_id=found.key[0],
            region=found.key[1],
            usage=found.amount,
            **given,
        )
        for index, found in enumerate(data.by_cache)
    )
    return replace(data, caches=MonthCaches(lives, {index: {3: 7} for index in range(min(10, len(lives)))}))


def empty() -> ReportData:
    return report(metered([]))


def one_cache() -> ReportData:
    return lived(report(metered([line("usage.cache_disk", "imc-1", 9_000_000)], caches={"charged": 1})))


def many_caches() -> ReportData:
    lines = [line("usage.cache_disk", f"imc-{index:04}", 1_000_000 + index) for index in range(5_000)]
    return lived(report(metered(lines, caches={"charged": 5_000})))


def running() -> ReportData:
    as_of = datetime(2026, 10, 11, tzinfo=UTC)
    found = metered([line("usage.cache_disk", "imc-1", 9_000_000)], caches={"charged": 1}, as_of=as_of)
    before = metered([line("usage.cache_disk", "imc-1", 6_000_000)], month=SEPTEMBER, caches={"charged": 1})
    return replace(lived(report(found, previous=before.bill)), budgets=budgets(("all",)))


def all_estimated() -> ReportData:
    lines = [line("creation.snapshot", f"imc-{index}", 14_880, estimated=True) for index in range(3)]
    notices = [Notice("estimated_size", "1001", "cn-hangzhou", "imc-0", 1, "…")]
    notices += [Notice("derived_end", "1001", "cn-hangzhou", "imc-1", 1, "…")]
    return lived(
        report(metered(lines, notices=notices, caches={"charged": 3})),
        snapshot_micro=None,
        use=CacheUse(4, 0b1, OCTOBER.from_s, None, None, 0),
    )


def zero_cost() -> ReportData:
    lines = [line("creation.automatic", f"imc-{index}", 1) for index in range(2)]
    data = report(metered(lines, caches={"free": 2}, instances={"free": 3}))
    return lived(data, creation_method="automatic", use=CacheUse())


def negative() -> ReportData:
    credit = line("usage.cache_disk", "imc-1", 9_000_000)._replace(amount=Decimal("-5.254"))
    before = metered([line("usage.cache_disk", "imc-1", 9_000_000)], month=SEPTEMBER, caches={"charged": 1})
    return lived(report(metered([credit], caches={"charged": 1}), previous=before.bill))


def hundred_accounts() -> ReportData:
    lines = [
        line("usage.cache_disk", f"imc-{index}", 1_000_000 * (index + 1), account_id=f"{index:016}")
        for index in range(100)
    ]
    return lived(report(metered(lines, caches={"charged": 100})))


def long_names() -> ReportData:
    return full(LONG_NAMES)


STATES: dict[Callable[[], ReportData], tuple[str, ...]] = {
    empty: ("No cache and no instance was recorded in this month.", "none is set", "no limit is known"),
    one_cache: ("The month’s one cache was used on 1 of the 30 days", "no records then"),
    many_caches: ("The 10 dearest of 5,000 caches", "4,990 other caches", "4,980 other caches"),
    running: ("Running", "same span", "145.0% expected at the end"),
    all_estimated: ("100.0% of the total", "The end of 1 cache follows from its retention", "the snapshot isn’t recorded"),
    zero_cost: ("0.00", "automatic, 40 GiB", "idle"),
    negative: ("−5.25", "Against September 2026"),
    hundred_accounts: ("80 other accounts", "Each account settles its own total"),
    long_names: ("Incomplete: 1 quantity has no price", "Caches to look at"),
}  # fmt: skip
"""Each state, and what its page has to say."""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_state_is_a_page(state: Callable[[], ReportData], language: str) -> None:
    data = state()
    page = render_page(data, language)
    text = re.sub(r"<[^>]+>", "", re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL))
    shown = " ".join(text.replace("\u00a0", " ").split())
    assert not re.search(r"\bNone\b|\bNaN\b|Decimal\(|Fraction\(|Markup\(", shown)
    assert len(page.encode()) < 1_000_000
    if language == "en":
        for said in STATES[state]:
            assert said in shown, said


def test_the_amount_of_every_life_is_on_the_page_or_in_the_rest() -> None:
    data = many_caches()
    page = render_page(data, "en")
    section = page.partition('<section id="cache-lives"')[2].partition("</section>")[0]
    values = [Decimal(found) for found in re.findall(r'<data value="([^"]+)"', section)]
    assert data.bill.total in values


def test_page_one_is_one_page_also_where_names_are_long() -> None:
    data = long_names()
    notices = tuple(Notice("derived_end", "1001", "cn-hangzhou", "imc-1", 9, "…") for _ in range(2))
    data = replace(data, bill=replace(data.bill, unrated=(), notices=(*data.bill.notices, *notices)))
    page = render_page(data, "en")
    assert "First to do" in page
    second = page.index("<section", page.index("</section>"))
    alone = page[:second] + "</main></body></html>"
    with pikepdf.open(BytesIO(render_pdf(alone, created=AFTER).content)) as pdf:
        assert len(pdf.pages) == 1


def test_caches_of_one_name_are_told_apart() -> None:
    data = many_caches()
    lives = tuple(replace(each, cache_name="same") for each in data.caches.lives)
    data = replace(
        data,
        caches=replace(data.caches, lives=lives),
        cache_names={CacheRef(*each.name): "same" for each in lives[:20]},
    )
    section = render_page(data, "en").partition('<section id="cache-lives"')[2].partition("</section>")[0]
    assert all(each.cache_id in section for each in lives[:10])
