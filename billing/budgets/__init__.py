"""Budgets: what was spent of a month's budget so far, and what the month is expected to cost.

All amounts come from the one pipeline, asked at the present moment, for the weeks before it, and for what runs on to the month's
end. Nothing here prices anything.
"""

from billing.budgets.spending import BudgetState, budget_states

__all__ = ["BudgetState", "budget_states"]
