"""Estimates: what a cache would cost, and whether it is worth making.

Owns the question, the usage records that its answer would leave behind, the options side by side and where one
overtakes another. Owns no formula: the records go through the meter's declarations and through rating, as a bill's do.
"""

from billing.estimating.estimate import Estimate, make_estimate
from billing.estimating.question import MONTH_S, OPTIONS, Group, Option, Pull, Question

__all__ = ["MONTH_S", "OPTIONS", "Estimate", "Group", "Option", "Pull", "Question", "make_estimate"]
