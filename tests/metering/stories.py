"""Usage records told as small tables, imported into a workspace of their own, and billed."""

import io
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from billing.importing.opening import Request
from billing.importing.run import run
from billing.pipeline import MeteredBill, make_metered_bill
from billing.store import open_store
from billing.workspace import Workspace
from rules.period import parse_instant, parse_month
from rules.tariff import load


@dataclass(frozen=True, slots=True)
class Story:
    """A workspace that holds what was told."""

    workspace: Workspace

    def bill(
        self,
        month: str,
        *,
        as_of: str = "2027-01-01T00:00:00+08:00",
        tariff: str = "alibaba-cn",
        **asked: Any,
    ) -> MeteredBill:
        """The month's bill; `asked` are the pipeline's other arguments."""
        with open_store(self.workspace).reader() as reader:
            return make_metered_bill(
                reader, parse_month(month), as_of=parse_instant(as_of), tariff=load(tariff), **asked
            )


def tell(
    folder: Path, *tables: str, now: str = "2027-01-01T00:00:00Z", workspace: Path | None = None
) -> Story:
    """Import tables of columns separated by spaces; account a1, cn-hangzhou and `now` fill what they leave out."""
    paths = []
    for number, table in enumerate(tables):
        path = folder / f"table-{number}.csv"
        lines = [
            ",".join("" if cell == "-" else cell for cell in line.split())
            for line in table.strip().splitlines()
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        paths.append(str(path))
    kept = Workspace(workspace or folder / "workspace")
    request = Request(paths, now=now, account="a1", region="cn-hangzhou")
    summary = run(kept, request, stdin=io.BytesIO())
    assert sum(batch.rejected for batch in summary.batches) == 0
    return Story(kept)


def amounts(metered: MeteredBill) -> dict[str, Decimal]:
    """Amount by charge, of a bill in which no charge comes twice."""
    assert len({line.charge for line in metered.bill.lines}) == len(metered.bill.lines)
    return {line.charge: line.amount for line in metered.bill.lines}
