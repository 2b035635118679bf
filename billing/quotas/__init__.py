"""Quota accounting: how many caches hold a place at a moment, what was observed, the trend, and what happens at the limit.

Owns counting, history and forecast. Knows nothing of thresholds and notifications, and not how anything is shown.
"""

from billing.quotas.accounting import QuotaUse, accounting
from billing.quotas.forecast import Forecast
from billing.quotas.history import QuotaStep, history

__all__ = ["Forecast", "QuotaStep", "QuotaUse", "accounting", "history"]
