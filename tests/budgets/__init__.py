"""Tests of budgets: what was spent is the bill's, and what is expected knows nothing of the future."""
