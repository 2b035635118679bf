"""FOCUS 1.0 to 1.2 as CSV."""

from dataclasses import dataclass
from pathlib import Path

from billing.importing.reading import Sample
from billing.reconciling.columns import focus_columns
from billing.reconciling.csv_bills import header_of, open_csv
from billing.reconciling.sources import BillSource

NEEDED = frozenset({"pretax", "begin", "currency", "item_type"})
"""BilledCost, ChargePeriodStart, BillingCurrency and ChargeCategory: columns that every version of FOCUS requires."""


@dataclass(frozen=True, slots=True)
class FocusCsv:
    """CSV with the columns that FOCUS requires."""

    name: str = "FOCUS CSV"

    def recognises(self, sample: Sample) -> bool:
        """Whether the first row names the columns of FOCUS."""
        if sample.is_json or sample.head.startswith(b"PAR1"):
            return False
        return focus_columns(header_of(sample.head)).keys() >= NEEDED

    def open(self, sample: Sample, staging: Path) -> BillSource:
        """The file by the columns that are known."""
        header = header_of(sample.head)
        return open_csv(sample.input, self.name, header, focus_columns(header), staging, focus=True)


FORMAT = FocusCsv()
