"""The sections of the report, in their order.

A section is one folder with four files: `__init__.py` has `view(data, t, f)`, which picks from the data what the section
shows, or says None where it is left out; `template.html` shows it; `en.po` and `zh.po` have its messages, with its heading
under `title`.
To add one: a folder, and its name in SECTIONS.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from reports.data import ReportData
from reports.i18n import Formats, Words

SECTIONS = (
    "summary",
    "recommendations",
    "findings",
    "change",
    "trend",
    "by_charge",
    "by_day",
    "by_cache",
    "cache_lives",
    "by_account",
    "by_region",
    "by_tag",
    "quotas",
    "budgets",
    "alerts",
    "free_creations",
    "statements",
    "reconciliation",
    "open_points",
    "data_quality",
    "tariff",
    "reading",
    "glossary",
    "explanations",
)

FOLDER = Path(__file__).parent


class Section(Protocol):
    """What a section's module has."""

    def view(self, data: ReportData, t: Words, f: Formats) -> Mapping[str, Any] | None:
        """What the section's template gets; None where the section is left out."""


def section(name: str) -> Section:
    """The section of that name."""
    return cast(Section, import_module(f"{__name__}.{name}"))
