"""Every refusal of a tariff file: a sample that runs, with the message that it must print in its first line."""

from pathlib import Path

import pytest

from rules.errors import TariffError
from rules.tariff import load

SAMPLES = sorted((Path(__file__).parent / "refused").glob("*.toml"))


def refusal(name_or_path: str | Path, search: list[Path] | None = None) -> str:
    with pytest.raises(TariffError) as refused:
        load(name_or_path, search or [])
    return str(refused.value)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_refusal_names_file_and_entry_and_what_to_do(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample.parent)
    expected = sample.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert refusal(sample.name) == expected


def test_an_unknown_tariff_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text('[tariff]\nid = "acme"\nbase = "alibaba-ch"\n')
    assert refusal("alibaba_cn", [tmp_path]) == (
        "there is no tariff 'alibaba_cn': did you mean 'alibaba-cn'? known are alibaba-cn, alibaba-intl, acme"
    )
    assert refusal("list-prices") == "there is no tariff 'list-prices': known are alibaba-cn, alibaba-intl"
    assert refusal("acme", [tmp_path]) == (
        f"there is no base 'alibaba-ch' ({tmp_path}/acme.toml, [tariff]):"
        " did you mean 'alibaba-cn'? known are alibaba-cn, alibaba-intl, acme"
    )


def test_a_name_that_two_files_have_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "acme.toml").write_text('[tariff]\nid = "acme"\ncurrency = "CNY"\n')
    folders = [tmp_path / "one", tmp_path / "two"]
    assert refusal("acme", folders) == (
        f"acme is the name of {folders[0]}/acme.toml, too ({folders[1]}/acme.toml): rename this file"
    )
    (tmp_path / "one" / "alibaba-cn.toml").write_text("")
    assert refusal("alibaba-cn", folders) == (
        f"alibaba-cn is the name of a shipped tariff, too ({folders[0]}/alibaba-cn.toml): rename this file"
    )


def test_a_file_that_can_t_be_read_is_refused(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    assert refusal(absent) == f"the tariff can't be read ({absent}): No such file or directory"
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    assert refusal(folder) == f"the tariff can't be read ({folder}): Is a directory"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"\xff\xfe[tariff]",
            "the file is no TOML ({file}): 'utf-8' codec can't decode byte 0xff in position 0",
        ),
        (b"#" * (1 << 20) + b"#", "the file is too large ({file}): a tariff has at most a megabyte"),
        (b"a = " + b"[" * 100_000, "the file is no TOML that can be read ({file}): it nests too deeply"),
        (
            b"a = " + b"9" * 5_000,
            "the file is no TOML that can be read ({file}): it nests too deeply or has a number too long",
        ),
    ],
    ids=["encoding", "size", "nesting", "digits"],
)
def test_a_hostile_file_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile.toml"
    file.write_bytes(content)
    assert refusal(file).startswith(message.format(file=file))
