"""A user's own tariff over a base: replaced and added prices, discounts, and which entry decides."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest

from rules.money import plain
from rules.period import epoch_s, parse_date_or_instant
from rules.tariff import Tariff, load

ORIGIN = 'source = "contract 17"\nread = "2026-01"\ntrust = "own"'

Write = Callable[..., Tariff]


def at(text: str) -> int:
    return epoch_s(parse_date_or_instant(text))


def price(tariff: Tariff, name: str, region: str, when: str) -> str | None:
    found = tariff.rate(name, region, at(when))
    return None if found is None else f"{plain(found.price.amount)} per {found.price.per}"


def rows(tariff: Tariff, name: str) -> list[str]:
    """The rows of a rate as: price, region, from .. until, whose, discount."""
    return [
        f"{plain(row.price.amount)} {row.region} {row.from_label}..{row.until_label or ''} {row.tariff}"
        + (f" -{row.discount.label}" if row.discount else "")
        for row in tariff.rows()
        if row.name == name
    ]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a tariff, with the origin of every entry filled in, and loads it."""

    def write_and_load(entries: str, id: str = "acme", head: str = 'base = "alibaba-cn"') -> Tariff:
        body = dedent(entries).replace("ORIGIN", ORIGIN)
        (tmp_path / f"{id}.toml").write_text(f'[tariff]\nid = "{id}"\n{head}\n{body}')
        return load(id, [tmp_path])

    return write_and_load


def test_an_overlay_takes_everything_that_it_does_not_say_from_its_base(write: Write) -> None:
    acme, base = write(""), load("alibaba-cn")
    assert (acme.currency, acme.zone, acme.title) == (base.currency, base.zone, "acme")
    assert acme.rows() == base.rows()
    assert acme.value_rows() == base.value_rows()
    assert acme.settlement(at("2026-10-01")) == "cut"


def test_a_region_is_added_and_the_same_storage_follows_it(write: Write) -> None:
    acme = write("""
        [[rates]]
        rate = "ebs.essd_pl1"
        region = "cn-beijing"
        price = 0.0022
        per = "GiB-hour"
        from = 2026-01-01
        ORIGIN
        """)
    assert price(acme, "ebs.essd_pl1", "cn-beijing", "2025-12-31") is None
    assert price(acme, "ebs.essd_pl1", "cn-beijing", "2026-01-01") == "0.0022 per GiB-hour"
    assert price(acme, "eci.ephemeral_storage", "cn-beijing", "2026-01-01") == "0.0022 per GiB-hour"
    assert price(acme, "ebs.essd_pl1", "cn-hangzhou", "2026-01-01") == "0.0021 per GiB-hour"
    found = acme.rate("ebs.essd_pl1", "cn-beijing", at("2026-01-01"))
    assert found is not None
    assert (found.tariff, found.source, found.trust) == ("acme", "contract 17", "own")


def test_a_price_replaces_the_base_s_while_it_holds(write: Write) -> None:
    acme = write("""
        [[rates]]
        rate = "ebs.essd_pl1"
        region = "cn-hangzhou"
        price = "0.0019"
        per = "GiB-hour"
        from = 2026-03-01
        until = 2026-07-01T06:00:00+08:00
        ORIGIN
        """)
    assert rows(acme, "ebs.essd_pl1") == [
        "0.0021 cn-hangzhou 2021-07-01..2026-03-01 alibaba-cn",
        "0.0019 cn-hangzhou 2026-03-01..2026-07-01T06:00:00+08:00 acme",
        "0.0021 cn-hangzhou 2026-07-01T06:00:00+08:00.. alibaba-cn",
    ]
    assert acme.changes(at("2026-01-01"), at("2027-01-01")) == (
        at("2026-03-01"),
        at("2026-07-01T06:00:00+08:00"),
    )


def test_a_hole_in_the_own_entries_is_filled_by_the_base(write: Write) -> None:
    """Beijing alone has no base price to fall back to: there the same hole is refused (refused/gap.toml)."""
    entry = """
        [[rates]]
        rate = "ebs.essd_pl1"
        region = "cn-hangzhou"
        price = "{}"
        per = "GiB-hour"
        from = {}
        until = {}
        ORIGIN
        """
    acme = write(
        entry.format("0.0019", "2026-01-01", "2026-02-01")
        + entry.format("0.0018", "2026-03-01", "2026-04-01")
    )
    assert [row.split()[0] for row in rows(acme, "ebs.essd_pl1")] == [
        "0.0021",
        "0.0019",
        "0.0021",
        "0.0018",
        "0.0021",
    ]


def test_an_entry_without_an_end_holds_until_the_next_one(write: Write) -> None:
    entry = """
        [[rates]]
        rate = "ebs.snapshot"
        region = "cn-beijing"
        price = "{}"
        per = "GiB-month"
        from = {}
        ORIGIN
        """
    acme = write(entry.format("0.11", "2026-03-01") + entry.format("0.1", "2026-01-01"))
    assert rows(acme, "ebs.snapshot")[:2] == [
        "0.1 cn-beijing 2026-01-01..2026-03-01 acme",
        "0.11 cn-beijing 2026-03-01.. acme",
    ]


def test_an_exact_region_beats_a_group_and_the_own_file_beats_the_base(write: Write) -> None:
    acme = write("""
        [regions.east]
        match = ["cn-hangzhou", "cn-shanghai*"]
        except = "cn-shanghai-finance-1"

        [[rates]]
        rate = "eci.vcpu"
        region = "east"
        price = "0.00004"
        per = "vCPU-second"
        from = 2026-01-01
        ORIGIN

        [[rates]]
        rate = "eci.vcpu"
        region = "cn-shanghai"
        price = "0.00003"
        per = "vCPU-second"
        from = 2026-01-01
        ORIGIN
        """)
    assert price(acme, "eci.vcpu", "cn-hangzhou", "2026-01-01") == "0.00004 per vCPU-second"
    assert price(acme, "eci.vcpu", "cn-shanghai", "2026-01-01") == "0.00003 per vCPU-second"
    assert price(acme, "eci.vcpu", "cn-shanghai-finance-1", "2026-01-01") == "0.000049 per vCPU-second"
    assert price(acme, "eci.vcpu", "cn-beijing", "2026-01-01") == "0.000049 per vCPU-second"
    assert rows(acme, "eci.vcpu") == [
        "0.00004 east 2026-01-01.. acme",
        "0.000049 mainland-china 2021-07-01.. alibaba-cn",
        "0.00003 cn-shanghai 2026-01-01.. acme",
    ]


def test_a_group_of_the_base_can_be_named(write: Write) -> None:
    acme = write("""
        [[rates]]
        rate = "ebs.snapshot"
        region = "mainland-china"
        price = "0.11"
        per = "GiB-month"
        from = 2026-01-01
        ORIGIN
        """)
    assert price(acme, "ebs.snapshot", "cn-hangzhou", "2026-01-01") == "0.11 per GiB-month"
    assert price(acme, "ebs.snapshot", "cn-hongkong", "2026-01-01") is None
    assert rows(acme, "ebs.snapshot") == [
        "0.11 mainland-china 2026-01-01.. acme",
        "0.12 cn-hangzhou 2021-07-01..2026-01-01 alibaba-cn",
    ]


def test_a_sourced_zero_is_a_price(write: Write) -> None:
    acme = write("""
        [[rates]]
        rate = "ebs.instant_access"
        region = "*"
        price = 0
        per = "GiB-month"
        from = 2025-01-01
        ORIGIN
        """)
    assert price(acme, "ebs.instant_access", "cn-hangzhou", "2025-01-01") == "0 per GiB-month"
    assert price(acme, "ebs.instant_access", "ap-southeast-1", "2025-01-01") == "0 per GiB-month"
    assert price(acme, "ebs.instant_access", "cn-hangzhou", "2024-12-31") == "1 per GiB-month"


def test_a_discount_takes_its_share_off_while_it_holds(write: Write) -> None:
    acme = write("""
        [[discounts]]
        rate = "ebs.essd_pl1"
        region = "cn-hangzhou"
        off = "15%"
        from = 2026-01-01
        until = 2027-01-01
        ORIGIN
        """)
    assert rows(acme, "ebs.essd_pl1") == [
        "0.0021 cn-hangzhou 2021-07-01..2026-01-01 alibaba-cn",
        "0.001785 cn-hangzhou 2026-01-01..2027-01-01 alibaba-cn -15%",
        "0.0021 cn-hangzhou 2027-01-01.. alibaba-cn",
    ]
    found = acme.rate("ebs.essd_pl1", "cn-hangzhou", at("2026-06-01"))
    assert found is not None
    assert found.discount is not None
    assert (found.list_price.amount, found.discount.off, found.discount.source, found.from_label) == (
        load("alibaba-cn").rows()[2].price.amount,
        Fraction(15, 100),
        "contract 17",
        "2026-01-01",
    )


def test_the_price_that_a_rate_is_the_same_as_is_the_list_price(write: Write) -> None:
    """The disk is billed by block storage and the storage by ECI: a discount on one is not a discount on the other."""
    acme = write("""
        [[discounts]]
        rate = "ebs.essd_pl1"
        off = "15%"
        from = 2026-01-01
        ORIGIN

        [[discounts]]
        rate = "eci.*"
        off = "10%"
        from = 2026-01-01
        ORIGIN
        """)
    assert price(acme, "ebs.essd_pl1", "cn-hangzhou", "2026-01-01") == "0.001785 per GiB-hour"
    assert price(acme, "eci.ephemeral_storage", "cn-hangzhou", "2026-01-01") == "0.00189 per GiB-hour"
    assert price(acme, "eci.vcpu", "cn-beijing", "2026-01-01") == "0.0000441 per vCPU-second"


def test_a_third_off_is_exact(write: Write) -> None:
    acme = write("""
        [[discounts]]
        rate = ["ebs.snapshot", "ebs.instant_access"]
        off = "1/3"
        from = 2026-01-01
        ORIGIN
        """)
    assert price(acme, "ebs.snapshot", "cn-hangzhou", "2026-01-01") == "0.08 per GiB-month"
    assert price(acme, "ebs.instant_access", "cn-hangzhou", "2026-01-01") == "2 per 3 GiB-month"
    found = acme.rate("ebs.instant_access", "cn-hangzhou", at("2026-01-01"))
    assert found is not None
    assert found.price.per_unit("GiB-second") == Fraction(2, 3 * 720 * 3600)


def test_a_discount_of_one_region_inside_a_group_is_a_row_of_its_own(write: Write) -> None:
    acme = write("""
        [[discounts]]
        rate = "eci.vcpu"
        region = "cn-shanghai"
        off = "50%"
        from = 2026-01-01
        ORIGIN
        """)
    assert rows(acme, "eci.vcpu") == [
        "0.000049 mainland-china 2021-07-01.. alibaba-cn",
        "0.0000245 cn-shanghai 2026-01-01.. alibaba-cn -50%",
    ]


def test_discounts_apply_to_their_own_file_and_below_and_are_never_compounded(write: Write) -> None:
    group = write("""
        [[discounts]]
        rate = "*"
        off = "10%"
        from = 2026-01-01
        ORIGIN
        """)
    assert price(group, "ebs.essd_pl1", "cn-hangzhou", "2026-01-01") == "0.00189 per GiB-hour"
    team = write(
        """
        [[rates]]
        rate = "ebs.snapshot"
        region = "cn-hangzhou"
        price = "0.1"
        per = "GiB-month"
        from = 2026-01-01
        ORIGIN

        [[discounts]]
        rate = "ebs.essd_pl1"
        off = "20%"
        from = 2026-01-01
        ORIGIN
        """,
        id="team",
        head='base = "acme"',
    )
    assert [layer.tariff for layer in team.layers] == ["team", "acme", "alibaba-cn"]
    assert price(team, "ebs.snapshot", "cn-hangzhou", "2026-01-01") == "0.1 per GiB-month"
    assert price(team, "ebs.essd_pl1", "cn-hangzhou", "2026-01-01") == "0.00168 per GiB-hour"
    assert price(team, "eci.vcpu", "cn-hangzhou", "2026-01-01") == "0.0000441 per vCPU-second"


def test_a_dated_value_and_the_settlement_can_be_replaced(write: Write) -> None:
    acme = write("""
        [[values]]
        value = "included_ephemeral_gib"
        is = 40.5
        from = 2026-10-15
        ORIGIN

        [[values]]
        value = "settlement"
        is = "half-up"
        from = 2026-10-01
        ORIGIN
        """)
    found = [acme.value("included_ephemeral_gib", at(day)) for day in ("2026-10-14", "2026-10-15")]
    assert [value and plain(value.value) for value in found] == ["30", "40.5"]
    assert (acme.settlement(at("2026-09-01")), acme.settlement(at("2026-10-01"))) == ("cut", "half-up")
    assert acme.changes(at("2026-10-01"), at("2026-11-01")) == (at("2026-10-15"),)


def test_a_tariff_may_stand_alone(write: Write) -> None:
    acme = write(
        """
        [[rates]]
        rate = "eci.vcpu"
        region = "eu-central-1"
        price = "0.00001"
        per = "vCPU-second"
        from = "2026-01-01"
        ORIGIN
        """,
        head='currency = "EUR"\ntitle = "Acme, list prices"',
    )
    assert (acme.currency, acme.title, len(acme.layers)) == ("EUR", "Acme, list prices", 1)
    assert price(acme, "eci.vcpu", "eu-central-1", "2026-01-01") == "0.00001 per vCPU-second"
    with pytest.raises(Exception, match="tariff acme has no settlement rule at 2026-10-01: add a "):
        acme.settlement(at("2026-10-01"))


def test_the_digest_is_of_what_the_tariff_says(write: Write) -> None:
    entry = """
        [[rates]]
        rate = "ebs.snapshot"
        region = "cn-beijing"
        price = {}
        per = "GiB-month"
        from = 2026-01-01
        ORIGIN
        """
    other = entry.replace("cn-beijing", "cn-shanghai")
    digests = [
        write(text).digest
        for text in (
            entry.format('"0.1"') + other.format("0.2"),
            "# the other way round\n" + other.format('"0.20"') + entry.format("0.10"),
            entry.format('"0.1"') + other.format("0.3"),
            "",
        )
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
    assert all(len(digest) == len("sha256:") + 64 for digest in digests)
    assert digests[3] != load("alibaba-cn").digest


def test_a_base_is_found_beside_the_file_that_names_it(write: Write, tmp_path: Path) -> None:
    write("", id="group")
    write("", id="team", head='base = "group"')
    assert [layer.tariff for layer in load(tmp_path / "team.toml").layers] == ["team", "group", "alibaba-cn"]
    assert load(str(tmp_path / "team.toml")).id == "team"
