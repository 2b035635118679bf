"""Groups of regions: what they cover and whether they share a region, held to counting them out."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.tariff.regions import EVERYWHERE, Regions, region

ALL = ["".join(letters) for length in range(1, 5) for letters in product("abc", repeat=length)]
"""Patterns know only a and b, so that the ends of all regions can't be excluded one by one."""

PATTERNS = st.sampled_from(
    ["*", *(f"{name}{end}" for name in ALL if len(name) <= 2 and "c" not in name for end in ("", "*"))]
)
GROUPS = st.builds(
    Regions,
    st.just("group"),
    st.lists(PATTERNS, min_size=1, max_size=2).map(tuple),
    st.lists(PATTERNS, max_size=1).map(tuple),
)


def members(group: Regions) -> set[str]:
    return {name for name in ALL if group.covers(region(name))}


@settings(max_examples=300)
@given(GROUPS)
def test_a_group_has_what_it_matches_and_does_not_exclude(group: Regions) -> None:
    def matches(pattern: str, name: str) -> bool:
        return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern

    assert members(group) == {
        name
        for name in ALL
        if any(matches(pattern, name) for pattern in group.match)
        and not any(matches(pattern, name) for pattern in group.excluded)
    }


@settings(max_examples=300)
@given(GROUPS, GROUPS)
def test_two_groups_meet_where_they_share_a_region(one: Regions, other: Regions) -> None:
    assert one.meets(other) == other.meets(one) == bool(members(one) & members(other))


@settings(max_examples=300)
@given(GROUPS, GROUPS)
def test_a_group_covers_only_what_it_has(one: Regions, other: Regions) -> None:
    if one.covers(other):
        assert members(other) <= members(one)


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        (EVERYWHERE, Regions("cn", ("cn-*",)), True),
        (Regions("cn", ("cn-*",), ("cn-hongkong",)), region("cn-hongkong"), False),
        (Regions("cn", ("cn-*",), ("cn-hongkong",)), Regions("cn", ("cn-*",)), False),
        (Regions("cn", ("cn-*",), ("cn-hongkong",)), Regions("mainland", ("cn-*",), ("cn-hongkong",)), True),
        (Regions("cn", ("cn-*",), ("cn-hongkong",)), Regions("north", ("cn-north-*",)), True),
        (region("cn-hangzhou"), EVERYWHERE, False),
    ],
)
def test_what_is_covered(wide: Regions, narrow: Regions, covers: bool) -> None:
    assert wide.covers(narrow) is covers


def test_only_a_single_region_is_exact() -> None:
    assert region("cn-hangzhou").exact
    assert not EVERYWHERE.exact
    assert not Regions("east", ("cn-hangzhou",)).exact
