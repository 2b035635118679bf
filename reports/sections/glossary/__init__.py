"""The words that the report uses, each in a sentence."""

from collections.abc import Mapping
from typing import Any

from reports.data import ReportData
from reports.i18n import Formats, Words

WORDS = (
    "image_cache", "manual_cache", "automatic_cache", "instant_cache", "snapshot", "ephemeral", "retention",
    "eviction", "quota", "start", "miss", "pulling", "line", "payable", "estimate", "derived", "unrated", "replay", "mix",
)  # fmt: skip
"""What is explained, in the order of reading: what there is, what happens to it, what it costs."""


def view(data: ReportData, t: Words, f: Formats) -> Mapping[str, Any]:
    """Each word and its explanation."""
    return {"words": [(t("word_" + word), t("means_" + word)) for word in WORDS]}
