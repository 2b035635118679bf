"""The two tariffs that come with the program hold exactly what was found, from the days on which it was found."""

import pytest

from rules.money import plain
from rules.period import epoch_s, parse_date_or_instant
from rules.tariff import Tariff, available, load, shipped

PRICES = {
    "alibaba-cn": [
        ("eci.vcpu", "0.000049", "vCPU-second", "mainland-china", "2021-07-01", None),
        ("eci.memory", "0.00000613", "GiB-second", "mainland-china", "2021-07-01", None),
        ("ebs.essd_pl1", "0.0021", "GiB-hour", "cn-hangzhou", "2021-07-01", None),
        ("ebs.snapshot", "0.12", "GiB-month", "cn-hangzhou", "2021-07-01", None),
        ("ebs.instant_access.enabling", "1", "enabling", "cn-hangzhou", "2021-07-01", None),
        ("ebs.instant_access", "1", "GiB-month", "cn-hangzhou", "2021-07-01", None),
        ("eci.ephemeral_storage", "0.0021", "GiB-hour", "cn-hangzhou", "2021-07-01", None),
    ],
    "alibaba-intl": [
        ("eci.vcpu", "0.0000077", "vCPU-second", "cn-hangzhou", "2021-07-01", None),
        ("eci.memory", "0.00000096", "GiB-second", "cn-hangzhou", "2021-07-01", None),
        ("ebs.essd_pl1", "0.032", "100 GiB-hour", "cn-hangzhou", "2021-07-01", "2022-09-20"),
        ("ebs.essd_pl1", "0.03188", "100 GiB-hour", "cn-hangzhou", "2022-09-20", "2024-01-01"),
        ("ebs.essd_pl1", "0.05", "100 GiB-hour", "cn-hangzhou", "2024-01-01", None),
        ("ebs.snapshot", "0.02", "GiB-month", "cn-hangzhou", "2021-07-01", None),
        ("eci.ephemeral_storage", "0.032", "100 GiB-hour", "cn-hangzhou", "2021-07-01", "2022-09-20"),
        ("eci.ephemeral_storage", "0.03188", "100 GiB-hour", "cn-hangzhou", "2022-09-20", "2024-01-01"),
        ("eci.ephemeral_storage", "0.05", "100 GiB-hour", "cn-hangzhou", "2024-01-01", None),
    ],
}
VALUES = [
    ("temporary_instance_vcpu", "2", "2021-07-01", None),
    ("temporary_instance_memory_gib", "4", "2021-07-01", None),
    ("included_ephemeral_gib", "20", "2021-07-01", "2024-01-01"),
    ("included_ephemeral_gib", "30", "2024-01-01", None),
    ("settlement", "half-up", "2021-07-01", "2024-04-01"),
    ("settlement", "cut", "2024-04-01", None),
]


def at(text: str) -> int:
    return epoch_s(parse_date_or_instant(text))


@pytest.fixture(params=list(PRICES))
def tariff(request: pytest.FixtureRequest) -> Tariff:
    return load(request.param)


def test_two_tariffs_are_shipped() -> None:
    assert shipped() == ("alibaba-cn", "alibaba-intl")
    assert tuple(available()) == shipped()
    assert [(load(name).id, load(name).currency, load(name).zone) for name in shipped()] == [
        ("alibaba-cn", "CNY", "Asia/Shanghai"),
        ("alibaba-intl", "USD", "Asia/Shanghai"),
    ]


def test_a_shipped_tariff_can_be_checked_as_a_file(tariff: Tariff) -> None:
    assert load(available()[tariff.id]) == tariff


def test_prices_are_exactly_those_that_were_found(tariff: Tariff) -> None:
    rows = [
        (row.name, plain(row.price.amount), row.price.per, row.region, row.from_label, row.until_label)
        for row in tariff.rows()
    ]
    assert rows == PRICES[tariff.id]


def test_dated_values_are_exactly_those_that_were_found(tariff: Tariff) -> None:
    assert [(row.name, row.text, row.from_label, row.until_label) for row in tariff.value_rows()] == VALUES


def test_every_entry_says_where_it_comes_from_and_how_far_to_trust_it(tariff: Tariff) -> None:
    for entry in tariff.entries:
        assert entry.source
        assert entry.read
        assert entry.trust in ("found", "mirror", "inferred")
        assert entry.tariff == tariff.id
        assert entry.place.startswith(f"{tariff.id}.toml:")


@pytest.mark.parametrize(
    ("region", "known"),
    [("cn-hangzhou", True), ("cn-beijing", True), ("cn-hongkong", False), ("us-east-1", False)],
)
def test_mainland_china_is_every_cn_region_but_hongkong(region: str, known: bool) -> None:
    assert (load("alibaba-cn").rate("eci.vcpu", region, at("2026-10-01")) is not None) is known


def test_a_region_without_a_price_has_none(tariff: Tariff) -> None:
    assert tariff.rate("ebs.essd_pl1", "cn-beijing", at("2026-10-01")) is None
    reason = tariff.missing_reason("ebs.essd_pl1", "cn-beijing", at("2026-10-01"))
    assert reason == "no rate ebs.essd_pl1 for region cn-beijing from 2026-10-01"


def test_nothing_holds_before_the_first_day(tariff: Tariff) -> None:
    before = at("2021-07-01") - 1
    assert tariff.rate("eci.vcpu", "cn-hangzhou", before) is None
    assert tariff.value("included_ephemeral_gib", before) is None
    assert tariff.missing_value_reason("included_ephemeral_gib", before) == (
        "no value included_ephemeral_gib from 2021-06-30T23:59:59+08:00"
    )


def test_the_usd_tariff_has_no_instant_access() -> None:
    intl = load("alibaba-intl")
    for name in ("ebs.instant_access", "ebs.instant_access.enabling"):
        assert intl.rate(name, "cn-hangzhou", at("2026-10-01")) is None


def test_a_price_changes_on_its_day_and_not_a_second_earlier() -> None:
    intl = load("alibaba-intl")
    day = at("2022-09-20")
    before, after = (intl.rate("ebs.essd_pl1", "cn-hangzhou", second) for second in (day - 1, day))
    assert before is not None
    assert after is not None
    assert (str(before.price.amount), str(after.price.amount)) == ("0.0320", "0.03188")
    assert (before.from_label, before.until_label, after.from_label) == (
        "2021-07-01",
        "2022-09-20",
        "2022-09-20",
    )


def test_changes_are_those_strictly_inside() -> None:
    intl = load("alibaba-intl")
    days = ("2022-09-20", "2024-01-01", "2024-04-01")
    assert intl.changes(at("2021-07-01"), at("2030-01-01")) == tuple(map(at, days))
    assert intl.changes(at("2022-09-20"), at("2024-01-01")) == ()
    assert intl.changes(at("2022-09-20") - 1, at("2024-01-01") + 1) == tuple(map(at, days[:2]))


def test_a_month_is_settled_by_the_rule_of_its_time(tariff: Tariff) -> None:
    assert tariff.settlement(at("2024-03-01")) == "half-up"
    assert tariff.settlement(at("2024-04-01")) == "cut"


def test_ephemeral_storage_has_the_price_of_the_disk_and_says_so() -> None:
    found = load("alibaba-intl").rate("eci.ephemeral_storage", "cn-hangzhou", at("2022-09-21"))
    assert found is not None
    assert found.same_as is not None
    assert (found.name, found.same_as.same_as, found.same_as.source) == (
        "eci.ephemeral_storage",
        "ebs.essd_pl1",
        "ECI: storage space, billing",
    )
    assert (found.source, found.read) == ("ECI: storage space, billing", "2022-09-20")
