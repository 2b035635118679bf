"""Reconciling: a month of ours against the provider's bill, every difference with a class, a sentence and an exact amount.

Owns reading bills (each format one file), laying usage and bill out on the same hours, matching them in passes whose order is
explained in `matching`, and classifying what is left. Our side comes out of the one pipeline. Knows nothing of how
a reconciliation is shown.
"""

from billing.reconciling.result import CLASSES, Difference, Reconciliation, Tolerance
from billing.reconciling.run import reconcile

__all__ = ["CLASSES", "Difference", "Reconciliation", "Tolerance", "reconcile"]
