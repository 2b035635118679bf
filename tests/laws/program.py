"""The program as its users reach it: files are imported into a workspace, and the workspace is asked for bills."""

import csv
import io
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from billing.bill import Bill
from billing.days import bill_by_day
from billing.grouping import Group
from billing.importing.opening import Request
from billing.importing.run import run
from billing.importing.summary import ImportSummary
from billing.pipeline import MeteredBill, TagFilter, make_bill, make_metered_bill
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import parse_month
from rules.tariff import Tariff, load
from tests.laws.own_tariff import OWN_TOML
from tests.laws.worlds import CACHE_COLUMNS, INSTANCE_COLUMNS, QUOTA_COLUMNS

LATE_US = 4_000_000_000 * 10**6
"""A present moment long after every record."""

_COLUMNS = {"caches": CACHE_COLUMNS, "instances": INSTANCE_COLUMNS, "quotas": QUOTA_COLUMNS}
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)

File = tuple[str, Sequence[dict[str, str]]]
"""A kind of record and the rows of one file."""


class Program:
    """A workspace in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = 0
        self._workspace = Workspace(folder / "workspace")
        self._tariffs: dict[str, Tariff] = {}

    def import_files(self, *files: File) -> ImportSummary:
        """Write the files and import them with one command."""
        paths = [self.write(kind, rows) for kind, rows in files if rows]
        return self.import_paths(paths)

    def import_paths(self, paths: Iterable[Path]) -> ImportSummary:
        """Import files that are there already."""
        request = Request([str(path) for path in paths], now="2026-11-24T00:00:00Z")
        return run(self._workspace, request, stdin=io.BytesIO())

    def write(self, kind: str, rows: Sequence[dict[str, str]]) -> Path:
        """A CSV file of these rows."""
        self._files += 1
        path = self.folder / f"{self._files:03}-{kind}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _COLUMNS[kind])
            writer.writeheader()
            writer.writerows(rows)
        return path

    def bill(
        self,
        month: str,
        tariff: str,
        as_of_us: int = LATE_US,
        *,
        accounts: Collection[str] | None = None,
        tag: tuple[str, str] | None = None,
    ) -> Bill:
        """The bill of a month under a tariff at a present moment, of some accounts or of what has a tag."""
        with open_store(self._workspace).reader() as reader:
            return make_bill(
                reader,
                parse_month(month),
                as_of=_ZERO + timedelta(microseconds=as_of_us),
                tariff=self.tariff(tariff),
                accounts=accounts,
                tag_filter=None if tag is None else TagFilter(*tag),
            )

    def metered(
        self,
        month: str,
        tariff: str,
        as_of_us: int = LATE_US,
        *,
        by_day: bool = False,
        by_tag: str | None = None,
    ) -> MeteredBill:
        """The same for everything, with the parts that its lines come apart into."""
        with open_store(self._workspace).reader() as reader:
            return make_metered_bill(
                reader,
                parse_month(month),
                as_of=_ZERO + timedelta(microseconds=as_of_us),
                tariff=self.tariff(tariff),
                by_day=by_day,
                by_tag=by_tag,
            )

    def days(self, month: str, tariff: str, as_of_us: int = LATE_US) -> tuple[Group, ...]:
        """What each day of everything's bill costs, as it is summed where the quantities are."""
        bill = self.bill(month, tariff, as_of_us)
        with open_store(self._workspace).reader() as reader:
            return bill_by_day(reader, bill)

    def tariff(self, name: str) -> Tariff:
        """A shipped tariff, or the tests' own."""
        if name not in self._tariffs:
            folder = self.folder / "tariffs"
            folder.mkdir(exist_ok=True)
            (folder / "own-cn.toml").write_text(OWN_TOML, encoding="utf-8")
            self._tariffs[name] = load(name, [folder])
        return self._tariffs[name]


@contextmanager
def fresh_program() -> Iterator[Program]:
    """A program with an empty workspace, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="imcost-laws-") as folder:
        yield Program(Path(folder))
