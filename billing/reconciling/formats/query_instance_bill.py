"""Answers of QueryInstanceBill, which DescribeInstanceBill has replaced: the same items, wrapped once more."""

from billing.reconciling.answers import AnswerBill

FORMAT = AnswerBill("QueryInstanceBill", wrapped=True, marks=("InstanceID",))
