"""The report's quota section: the fullest first, what happened at the limit, the forecast in a sentence, and what isn't known."""

import re

import pytest

from reports.page import render_page
from reports.quotas import MonthQuota
from tests.reports.build import metered, month_quota, report


def section(*quotas: MonthQuota, language: str = "en") -> str:
    """The section's text, without its drawings."""
    page = render_page(report(metered([]), quotas=quotas), language)
    found = re.search(r'<section id="quotas".*?</section>', page, re.DOTALL)
    text = re.sub(r"<svg.*?</svg>", " ", found[0] if found else "", flags=re.DOTALL)
    inline = re.sub(r"</?(?:bdi|span)\b[^>]*>", "", text)
    return " ".join(re.sub(r"<[^>]+>", " ", inline).split())


def test_without_a_known_quota_there_is_no_section() -> None:
    assert section() == ""


def test_the_fullest_quota_is_the_message_and_is_drawn_with_its_forecast() -> None:
    text = section(month_quota(used_by := "1001", counted=40), month_quota("1002", counted=10))
    assert f"{used_by}, cn-hangzhou, manual caches is the fullest: 80.0% of the limit is used." in text
    assert "It changes by +2 caches a day, and is expected to reach the limit at Nov 5, 2026 23:59" in text
    assert "While a quota for manual caches was full, new ones were refused" in text
    assert "At the limit, the next cache is refused." in text
    page = render_page(report(metered([]), quotas=(month_quota(),)), "en")
    assert "with the limit of 50 drawn in. The peak was 50, Oct 1, 2026 00:00." in page


def test_an_unknown_limit_is_unknown_and_never_fine() -> None:
    text = section(month_quota(), month_quota("1002", limit=None, full_s=0, above_s=0))
    assert "The limit of 1 other quota isn’t known." in text
    assert "manual caches 40 unknown unknown" in text
    alone = section(month_quota(limit=None, full_s=0, above_s=0))
    assert "How full the quotas are isn’t known: no limit was observed." in alone


def test_evictions_are_counted() -> None:
    text = section(
        month_quota(quota="automatic_image_caches", at_limit="evicts", evicted=7, counted=50, stale=True)
    )
    assert "7 caches were deleted while their quota was full, probably to make room." in text
    assert "The quota is full. At the limit, the least recently used cache goes." in text
    assert "were refused" not in text
    assert "50 old" in text


@pytest.mark.parametrize("count", [1, 2, 25])
def test_most_quotas_are_a_row_and_the_others_are_counted(count: int) -> None:
    text = section(*(month_quota(f"10{number:02}") for number in range(count)))
    assert text.count("cn-hangzhou manual caches 40") == min(count, 20)
    assert ("5 other quotas" in text) == (count == 25)


def test_it_speaks_chinese() -> None:
    text = section(month_quota(), language="zh")
    assert "使用率最高的是1001，cn-hangzhou，手动缓存：已用上限的 80.0%。" in text
    assert "每天变化 +2 个缓存" in text
