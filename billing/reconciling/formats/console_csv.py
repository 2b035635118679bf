"""The console's export of bill details: CSV with English or Chinese headers, by billing item, by month, day or hour."""

from dataclasses import dataclass
from pathlib import Path

from billing.importing.reading import Sample
from billing.reconciling.columns import bill_columns, focus_columns
from billing.reconciling.csv_bills import header_of, open_csv
from billing.reconciling.sources import BillSource


@dataclass(frozen=True, slots=True)
class ConsoleCsv:
    """CSV whose header has an amount and says what it is for."""

    name: str = "bill CSV"

    def recognises(self, sample: Sample) -> bool:
        """Whether the first row names a bill's columns, and not those of FOCUS."""
        if sample.is_json or sample.head.startswith(b"PAR1"):
            return False
        header = header_of(sample.head)
        found = bill_columns(header)
        focus = focus_columns(header)
        return (
            "pretax" not in focus
            and bool({"gross", "pretax"} & found.keys())
            and bool({"instance_id", "product", "product_name", "item_code", "item_name"} & found.keys())
        )

    def open(self, sample: Sample, staging: Path) -> BillSource:
        """The file by the columns that are known; others are left alone, since exports have many."""
        header = header_of(sample.head)
        return open_csv(sample.input, self.name, header, bill_columns(header), staging)


FORMAT = ConsoleCsv()
