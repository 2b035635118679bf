"""What a month's caches give away: idle ones, duplicates, sizes and ways of creation that don't fit, extra storage.

What claims a saving was replayed (`Saving`); the rest says what something costs (`Cost`), and each cache is in one of those only.
"""

from billing.findings.costs import COST_KINDS, Cost, costs
from billing.findings.month import Findings, month_findings
from billing.findings.savings import SAVING_KINDS, Saving, savings

__all__ = ["COST_KINDS", "SAVING_KINDS", "Cost", "Findings", "Saving", "costs", "month_findings", "savings"]
