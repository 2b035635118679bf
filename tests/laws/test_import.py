"""How records are imported changes nothing: order, batches, and importing twice."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.program import Program, fresh_program
from tests.laws.worlds import Rows, World, worlds


@given(worlds(), st.data())
def test_order_and_batches_change_nothing(world: World, data: st.DataObject) -> None:
    """Versions of records come in any order, in files and commands cut anywhere, instances before their caches."""
    caches = data.draw(st.permutations(world.caches))
    instances = data.draw(st.permutations(world.instances))
    cut = data.draw(st.integers(0, len(caches)))
    half = data.draw(st.integers(0, len(instances)))
    with fresh_program() as program:
        program.import_files(("caches", world.caches), ("instances", world.instances))
        expected = _bills(program, world)
    with fresh_program() as program:
        program.import_files(("instances", instances[:half]))
        program.import_files(
            ("caches", caches[:cut]), ("instances", instances[half:]), ("caches", caches[cut:])
        )
        found = _bills(program, world)
    for name in expected[0]:
        assert [bill[name] for bill in found] == [bill[name] for bill in expected], name


@given(worlds(), st.data())
def test_importing_twice_changes_nothing(world: World, data: st.DataObject) -> None:
    """The same bytes again, and the same rows in another file: all of them are unchanged."""
    again = data.draw(st.permutations(world.caches))
    with fresh_program() as program:
        paths = [program.write("caches", world.caches), program.write("instances", world.instances)]
        first = program.import_paths(paths)
        before = _bills(program, world)
        rows = len(world.caches) + len(world.instances)
        assert (first.total("read"), first.total("rejected")) == (rows, 0)
        assert first.total("new") == len(_first_seen(world.caches)) + len(_first_seen(world.instances))
        second = program.import_paths(paths)
        assert (second.total("read"), second.total("unchanged")) == (rows, rows)
        third = program.import_files(("caches", again), ("instances", world.instances[::-1]))
        assert (third.total("read"), third.total("unchanged")) == (rows, rows)
        assert _bills(program, world) == before


def _bills(program: Program, world: World) -> list[dict[str, Any]]:
    bills = [program.bill(month, world.scene.tariffs[-1]).to_json() for month in world.scene.months]
    assert json.loads(json.dumps(bills)) == bills
    return bills


def _first_seen(rows: Rows) -> list[dict[str, str]]:
    """The first version of each record that appears in the file, unless it is a withdrawal."""
    first: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        name = (row["account_id"], row["region"], row.get("instance_id") or row["cache_id"])
        first.setdefault(name, row)
    return [row for row in first.values() if row["retracted"] != "true"]
