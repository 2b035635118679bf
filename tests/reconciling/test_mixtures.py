"""Faults of every class, several at once: all are found in their class and amount, and nothing else is."""

from decimal import Decimal
from random import Random

import pytest

from billing.reconciling import Reconciliation
from billing.reconciling.result import CLASSES, COMPARED
from tests.reconciling.faults import FAULTS, Fault, Planted, plant
from tests.reconciling.paper import as_csv, as_focus
from tests.reconciling.provider import bill, world
from tests.reconciling.workspace import Books

MIXTURES = 100
QUICK = 10


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """One company for all mixtures."""
    return Books(tmp_path_factory.mktemp("books"), *world(Random(7)))


def check_mixture(books: Books, seed: int) -> None:
    """Plant, write the bill on some paper, reconcile, and compare with what was planted."""
    random = Random(seed)
    caches, instances = world(Random(7))
    rows = bill(caches, instances)
    planted = plant(rows, instances, random)
    header, encoding = random.choice((("english", "utf-8"), ("console", "utf-8-sig"), ("chinese", "gb18030")))
    found = books.reconcile({f"bill-{seed}.csv": as_csv(rows, header, encoding)})
    check_sums(found)
    check_found(found, planted)
    assert len(found.quarantine) == sum(row.broken for row in rows)


def check_sums(found: Reconciliation) -> None:
    """Every class sums to the whole, exactly."""
    assert found.difference == found.theirs - found.ours
    assert sum((found.amount(name) for name in CLASSES), Decimal(0)) == found.difference


def check_found(found: Reconciliation, planted: list[Planted]) -> None:
    """Everything planted is found in its class, for its amount; nothing beside it."""
    for each in planted:
        matching = [
            one
            for one in found.differences
            if one.class_ == each.class_
            and (
                each.about in (one.instance_id, one.account_id)
                or (each.about == "yundisk" and each.about in str(one.reason))
            )
        ]
        assert matching, f"{each} was not found among {found.differences}"
        if each.amount is not None:
            amount = sum((one.amount for one in matching), Decimal(0)) * 1_000_000
            # What a whole resource is off by counts its rounding, hour by hour; a deduction is exact.
            assert abs(amount - each.amount) <= 60, f"{each}: {matching}"
    wanted = {(each.class_, each.about) for each in planted}
    false = [
        one
        for one in found.differences
        if one.class_ in COMPARED and (one.class_, one.instance_id) not in wanted
    ]
    assert not false, false
    bridge = {"coupon", "voucher", "discount", "refund", "tax", "resource_package"}
    assert {one.class_ for one in found.differences} & bridge == {each.class_ for each in planted} & bridge


@pytest.mark.parametrize("seed", range(QUICK))
def test_faults_are_found_and_nothing_else(books: Books, seed: int) -> None:
    check_mixture(books, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(QUICK, MIXTURES))
def test_faults_are_found_in_many_mixtures(books: Books, seed: int) -> None:
    check_mixture(books, seed)


def test_the_mixtures_hold_every_fault() -> None:
    seen = set()
    for seed in range(MIXTURES):
        random = Random(seed)
        seen |= set(random.sample(FAULTS, random.randint(2, 5)))
    assert seen == set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_each_fault_alone(books: Books, fault: Fault) -> None:
    random = Random(3)
    caches, instances = world(Random(7))
    rows = bill(caches, instances)
    planted = fault(rows, instances[5].id, random)
    if any(row.broken for row in rows):
        content = as_csv(rows)
    elif planted.class_ in ("missing_in_bill", "price", "quantity", "timing"):
        content = as_focus(rows)
    else:
        content = as_csv(rows, "chinese", "utf-8-sig")
    found = books.reconcile({"alone.csv": content})
    check_sums(found)
    check_found(found, [planted])
    assert found.reconciles == (planted.class_ not in COMPARED or planted.amount is None)
