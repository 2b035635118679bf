"""The articles of a page: how every number of the report that isn't a line's own came about, each a list of parts that sum to it.

`articles(data, f)` writes them from values that are there already; the templates link to them by key, and the explanations'
section shows them. A page that explains nothing, the printed one for example, has none, and links nothing.
"""

from pathlib import Path

from reports.data import ReportData
from reports.explanations.article import Article, Articles, Key, Row, Table, Writing
from reports.explanations.changes import write_changes
from reports.explanations.choices import write_choices
from reports.explanations.groups import write_further_caches, write_groups
from reports.explanations.stated import write_stated
from reports.i18n import Formats, Words

HERE = Path(__file__).parent
"""Where the messages are."""

__all__ = ["Article", "Articles", "Key", "Row", "Table", "articles"]


def articles(data: ReportData, f: Formats) -> Articles:
    """The articles of a report's numbers in the formats' language; none where the data explain none or there is nothing."""
    found = data.explanations
    if found is None or not (data.bill.lines or data.previous or data.statements):
        return Articles()
    w = Writing(data, Words(f.language, HERE), f)
    for id in found.lines:
        w.also(f"x-{id}", ("line", id))
    write_groups(w)
    write_changes(w)
    write_choices(w)
    write_stated(w)
    write_further_caches(w)
    return w.made
