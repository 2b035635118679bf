"""The records as they will be if nothing new begins: what runs at a moment runs on, and what only later records know isn't known.

A reader with other views under the same names, so that the one pipeline bills what is expected just as it bills what was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from billing.store import Reader
from billing.store.schema import OPEN_S
from billing.warehouse import Connection, sql_file

VIEWS = {"instance_postings": "running_instances", "cache_postings": "running_caches"}
"""The views that are replaced, and the queries that replace them."""


@dataclass(frozen=True)
class RunningOn(Reader):
    """What counts, as it runs on from `at_s`; with `only_open`, without the instances that have ended by then."""

    at_s: int = 0
    only_open: bool = False

    @contextmanager
    def between(self, from_s: int, until_s: int) -> Iterator[Connection]:
        """A connection as a Reader gives it, over the records as they run on."""
        with Reader.between(self, from_s, until_s) as connection:
            for view, query in VIEWS.items():
                ended_s = self.at_s if self.only_open else -1
                sql = sql_file("billing.budgets", query).format(
                    at_s=self.at_s, open_s=OPEN_S, ended_s=ended_s
                )
                connection.execute(f"alter view {view} rename to recorded_{view}")
                connection.execute(f"create view {view} as {sql}")
            yield connection


def running_on(reader: Reader, at_s: int, *, only_open: bool = False) -> RunningOn:
    """The same files, read as they run on from an instant."""
    return RunningOn(
        reader.workspace, reader.files, last_batch=reader.last_batch, at_s=at_s, only_open=only_open
    )
