"""The worked examples of the billing model, asked as questions; computed by hand from the provider's pages."""

from decimal import Decimal

from billing.bill import exact_sum
from billing.estimating import Option, Pull, Question, make_estimate
from rules.tariff import load
from tests.estimating.questions import at, question


def amounts(asked: Question, option: Option, tariff: str = "alibaba-intl") -> dict[str, str]:
    """Amount by charge, and `total`."""
    found = make_estimate(asked, load(tariff)).option(option)
    assert found.complete
    named = found.total_by_charge | {"total": found.total}
    return {name: format(amount.normalize(), "f") for name, amount in named.items()}


def test_40_gib_built_in_300_s_with_a_snapshot_of_2_gib_for_3_days_and_one_instance_for_3_hours() -> None:
    found = amounts(question(), "manual")
    assert found == {
        "creation.instance_vcpu": "0.00462",  # 0.0000077 × 2 × 300
        "creation.instance_memory": "0.001152",  # 0.00000096 × 4 × 300
        "creation.disk": "0.0016666667",  # 0.05 / 100 / 3600 × 40 × 300
        "creation.snapshot": "0.004",  # 0.02 / 720 × 2 × 72
        "usage.cache_disk": "0.06",  # 0.05 / 100 × 40 × 3
        "total": "0.0714386667",
    }
    creation = [Decimal(amount) for charge, amount in found.items() if charge.startswith("creation.")]
    assert sum(creation) == Decimal("0.0114386667")


def test_the_same_created_automatically_pays_for_10_gib_of_ephemeral_storage() -> None:
    assert amounts(question(), "automatic") == {
        "creation.automatic": "0",
        "usage.ephemeral_storage": "0.015",  # 0.05 / 100 × (40 − 30) × 3
        "total": "0.015",
    }


def test_20_gib_extra_for_an_hour_in_2022() -> None:
    october = at("2022-10-10T12:00:00")
    declared = question(at_s=october, extra=Decimal(20), run_s=3600)
    derived = question(at_s=october, run_s=3600)  # 40 GiB, of which 20 are included
    for asked in (declared, derived):
        assert amounts(asked, "automatic")["total"] == "0.006376"


def test_three_instances_of_25_gib_for_720_hours() -> None:
    asked = question(
        at_s=at("2021-09-01T00:00:00"), size_gib=Decimal(25), count=3, run_s=720 * 3600, keep_s=None
    )
    assert amounts(asked, "manual")["usage.cache_disk"] == "17.28"  # 0.0320 / 100 × 25 × 3 × 720


def test_no_cache_costs_what_the_instances_pull() -> None:
    asked = question(count=7, pull=Pull(seconds=50, estimated=False))
    assert amounts(asked, "no_cache") == {
        "pull.instance_vcpu": "0.00539",  # 0.0000077 × 2 × 50 × 7
        "pull.instance_memory": "0.001344",  # 0.00000096 × 4 × 50 × 7
        "total": "0.006734",
    }
    first = amounts(asked, "automatic")
    assert (first["pull.instance_vcpu"], first["pull.instance_memory"]) == ("0.00077", "0.000192")
    assert "pull.instance_vcpu" not in amounts(asked, "manual")


def test_an_instant_cache_in_yuan() -> None:
    asked = question(
        at_s=at("2025-06-01T10:00:00"), size_gib=Decimal(100), snapshot_gib=Decimal(100), keep_s=3600, build_s=20,
        instant=True, standard_snapshot_s=20,
    )  # fmt: skip
    found = amounts(asked, "manual", "alibaba-cn")
    assert found["creation.local_snapshot_enabling"] == "1"
    assert found["creation.local_snapshot"] == "0.0007716049"  # 100 × 20 / (720 × 3600)
    assert found["creation.snapshot"] == "0.0166666667"  # 100 × 0.12 / 720


def test_a_permanent_cache_counts_a_month_and_a_year() -> None:
    found = make_estimate(question(keep_s=None, snapshot_gib=Decimal(36)), load("alibaba-cn")).option(
        "manual"
    )
    assert found.total_by_charge["creation.snapshot"] == Decimal("4.32")  # 36 × 0.12
    year, month = found.year_total, found.total
    assert year is not None
    assert year - month == Decimal("48.24")  # 36 × 0.12 / 720 × (8760 − 720)


def test_the_month_of_a_long_time_is_its_first_720_hours() -> None:
    tariff = load("alibaba-cn")
    long = make_estimate(question(keep_s=90 * 86400), tariff).option("manual")
    month = make_estimate(question(keep_s=30 * 86400), tariff).option("manual")
    assert long.monthly_total == month.total == month.monthly_total
    assert len(long.months) == 3
    assert exact_sum(long.months) == long.total
    assert long.total > month.total
