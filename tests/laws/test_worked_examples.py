"""The worked examples of the billing model come out of the program exactly, each in an account of its own."""

import pytest

from tests.laws.program import Program
from tests.oracle.worked_examples import EXAMPLES


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A workspace with the records of all examples."""
    program = Program(tmp_path_factory.mktemp("examples"))
    caches = [row | {"account_id": f"{n}"} for n, each in enumerate(EXAMPLES) for row in each.caches]
    instances = [row | {"account_id": f"{n}"} for n, each in enumerate(EXAMPLES) for row in each.instances]
    program.import_files(("caches", caches), ("instances", instances))
    return program


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda number: EXAMPLES[number].title)
def test_worked_examples_come_out_exactly(program: Program, number: int) -> None:
    example = EXAMPLES[number]
    found = program.bill(example.month, example.tariff, accounts=[str(number)])
    assert found.complete
    assert sum(line.amount for line in found.lines if line.charge in example.charges) == example.exact
    assert not any(line.estimated for line in found.lines if line.charge in example.charges)
