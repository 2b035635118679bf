"""The invariants of a workspace, each a query that returns the rows which break it.

An error says that the workspace itself is damaged, or that imcost is wrong; a warning, that the records say something strange.
Nothing is repaired here.
"""

from billing.checks.run import Finding, closing_errors, run_checks

__all__ = ["Finding", "closing_errors", "run_checks"]
