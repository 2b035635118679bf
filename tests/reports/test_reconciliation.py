"""The reconciliation's page: the bridge leads from ours to theirs, names are harmless, and nothing is let in."""

from dataclasses import replace
from decimal import Decimal

from billing.reconciling import Difference, Reconciliation
from billing.reconciling.result import CLASSES
from reports.reconciliation.page import ADVICE, render_reconciliation
from reports.reconciliation.waterfall import steps
from tests.reports.build import HOSTILE


def difference(class_: str, amount: str, name: str = "eci-1") -> Difference:
    """One difference."""
    return Difference(
        class_,
        Decimal(amount),
        "usage.cache_disk",
        "1001",
        "cn-hangzhou",
        "imc-1",
        name,
        f"because of {name}",
    )


def reconciliation(*differences: Difference) -> Reconciliation:
    """A reconciliation of these differences, from 100."""
    total = sum((each.amount for each in differences), Decimal(0))
    return Reconciliation(
        month="2026-10",
        currency="CNY",
        as_of="2026-11-10T00:00:00+08:00",
        tariff={"id": "alibaba-cn", "digest": "sha256:0"},
        ours=Decimal(100),
        theirs=100 + total,
        gross=100 + total,
        grain="hour",
        matched=12,
        differences=differences,
        tolerance=Decimal(0),
        files=(),
    )


def test_the_bridge_leads_from_ours_to_theirs() -> None:
    found = reconciliation(
        difference("missing_in_bill", "-30"), difference("price", "20"), difference("coupon", "-10")
    )
    made = steps(found)
    assert [step.label for step in made] == ["Our total", "price", "missing in bill", "coupon", "Amount due"]
    assert made[0].amount + sum(step.amount for step in made[1:-1]) == made[-1].amount == 80
    assert [(step.from_, step.long) for step in made] == [(0, 83), (83, 16), (75, 25), (66, 8), (0, 66)]
    assert [step.compared for step in made] == [False, True, True, False, False]


def test_a_bridge_below_zero_has_its_bars_inside() -> None:
    made = steps(reconciliation(difference("refund", "-150"), difference("tax", "20")))
    assert all(0 <= step.from_ <= step.from_ + step.long <= 100 for step in made)


def test_the_page_has_every_difference_and_what_to_do() -> None:
    page = render_reconciliation(reconciliation(difference("price", "20"), difference("timing", "1.5")))
    assert page == render_reconciliation(
        reconciliation(difference("price", "20"), difference("timing", "1.5"))
    )
    assert "because of eci-1" in page
    assert ADVICE["price"] in page
    assert "Does not agree" in page
    assert "Agrees" in render_reconciliation(reconciliation(difference("coupon", "-10")))


def test_every_class_has_advice() -> None:
    assert set(ADVICE) == set(CLASSES) - {"matched"}


def test_names_are_harmless_and_nothing_is_let_in() -> None:
    found = reconciliation(*(difference("price", "1", name) for name in HOSTILE))
    page = render_reconciliation(replace(found, zones={HOSTILE[0]: 8}))
    assert "<script" not in page
    assert "onerror=alert(1)>" not in page
    assert "\u202e" not in page
    assert "default-src &#39;none&#39;" in page
