"""Every code has a sample that anyone can run, and says exactly what the sample's .expected file says."""

from pathlib import Path

import pytest

from billing.importing.rejection import REJECTIONS
from tests.importing.reading import read

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(file for file in SAMPLES.iterdir() if file.suffix != ".expected")


def code_of(file: Path) -> str:
    """The code that a sample is named after."""
    return file.name.split(".")[0]


def test_every_code_has_one_sample() -> None:
    """No code without a sample, no sample without a code."""
    assert sorted(code_of(file) for file in FILES) == sorted(rejection.code for rejection in REJECTIONS)


@pytest.mark.parametrize("file", FILES, ids=code_of)
def test_a_sample_is_rejected_as_expected(file: Path, tmp_path: Path) -> None:
    """The rejected rows have their lines, codes and sentences, and the good rows beside them go in."""
    sample = tmp_path / file.name
    sample.symlink_to(file)
    found = read(sample, account="1234567890123456" if file.suffix == ".json" else None)
    told = "".join(f"{bad.line}: {bad.code}: {bad.message}\n" for bad in found.bad)
    assert told == (SAMPLES / f"{code_of(file)}.expected").read_text()
    assert {bad.code for bad in found.bad} == {code_of(file)}
    assert found.good
