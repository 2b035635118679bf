"""Answers of DescribeInstanceBill: the bill by instance and billing item, for the month or day by day."""

from billing.reconciling.answers import AnswerBill

FORMAT = AnswerBill("DescribeInstanceBill", wrapped=False, marks=("InstanceID",), lacks=("SplitItemID",))
