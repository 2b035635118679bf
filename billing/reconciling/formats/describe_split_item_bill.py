"""Answers of DescribeSplitItemBill: the bill split into the items that a billed instance consists of, day by day."""

from billing.reconciling.answers import AnswerBill

FORMAT = AnswerBill("DescribeSplitItemBill", wrapped=False, marks=("SplitItemID",))
