"""A month in FOCUS, the FinOps Open Cost and Usage Specification, versions 1.2 and 1.4.

Owns which columns each version has and what ours are under their names. One row is one line of a statement, or one correction
of a closed month. Computes no amount but a list cost: what discounts of the tariff took off, put back.
"""

from billing.exporting.focus.export import Export, export_focus

__all__ = ["Export", "export_focus"]
