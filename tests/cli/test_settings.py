"""imcost.toml: what is left out has a default, what is not understood is refused with its line."""

from pathlib import Path

import pytest

from billing.cli.init import SETTINGS
from billing.settings import Settings, SettingsError, read_settings
from tests.cli.running import Shell


def written(folder: Path, text: str) -> Path:
    """A settings file with this text."""
    path = folder / "imcost.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "imcost.toml") == Settings(tariff="alibaba-cn")


def test_everything_of_the_interface_is_understood(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        tariff = "ours"
        [[alerts.quota]]
        quota = "*"
        warning = "80%"
        critical = "95%"
        clear = "5%"
        for = "0m"
        forecast = "7d"
        [[alerts.budget]]
        name = "search team"
        monthly = "5000"
        tag = { team = "search" }
        actual = ["80%", "100%"]
        forecast = ["100%"]
        [notify]
        urls = []
        repeat = "4h"
        """,
    )
    settings = read_settings(path)
    assert settings.tariff == "ours"
    assert settings.alerts["budget"][0]["tag"] == {"team": "search"}
    assert settings.notify == {"urls": [], "repeat": "4h"}


WRONG = {
    'tarif = "x"': "unknown setting tarif ({path}, line 1): did you mean 'tariff'?",
    '\n[[alerts.quota]]\nwarnin = "80%"': "unknown setting alerts.quota.warnin ({path}, line 3): did you mean 'warning'?",
    '[alerts]\nquotas = "x"': "unknown setting alerts.quotas ({path}, line 2): did you mean 'quota'?",
    "[notify]\nurl = []": "unknown setting notify.url ({path}, line 2): did you mean 'urls'?",
    "tariff = 3": 'tariff is 3 ({path}, line 1): write a text: "…"',
    "[alerts]\nquota = 5": "alerts.quota is 5 ({path}, line 2): write a list: […]",
    "[alerts]\nquota = [5]": "alerts.quota is [5] ({path}, line 2): write it below [[alerts.quota]]",
    "tariff = ": "not TOML: Invalid value (at end of document) ({path})",
    'tariff = ""': 'tariff is empty ({path}, line 1): write a text: "…"',
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_not_understood_is_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as refused:
        read_settings(path)
    assert str(refused.value) == WRONG[text].format(path=path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "imcost.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_settings(path)


def test_init_writes_settings_that_are_understood(imcost: Shell) -> None:
    result = imcost("init", "--json")
    assert result.code == 0
    assert result.json == {
        "workspace": str(imcost.workspace),
        "settings": str(imcost.workspace / "imcost.toml"),
        "made": True,
    }
    settings = read_settings(imcost.workspace / "imcost.toml")
    assert settings.tariff == "alibaba-cn"
    assert settings.alerts["quota"][0]["warning"] == "80%"
    assert "{{" not in SETTINGS.format(tariff="x")


def test_init_changes_nothing_that_is_there(imcost: Shell) -> None:
    imcost("init")
    (imcost.workspace / "imcost.toml").write_text('tariff = "alibaba-intl"\n')
    before = {path: path.stat().st_mtime_ns for path in imcost.workspace.rglob("*")}
    result = imcost("init", "--json", "--tariff", "alibaba-cn")
    assert (result.code, result.json["made"]) == (0, False)
    assert {path: path.stat().st_mtime_ns for path in imcost.workspace.rglob("*")} == before


def test_init_takes_a_folder_and_a_tariff(imcost: Shell, tmp_path: Path) -> None:
    assert imcost("init", tmp_path / "there", "--tariff", "alibaba-intl").code == 0
    assert read_settings(tmp_path / "there" / "imcost.toml").tariff == "alibaba-intl"
    assert not imcost.workspace.exists()


def test_init_refuses_a_tariff_that_is_not_known(imcost: Shell) -> None:
    result = imcost("init", "--tariff", "nobody")
    assert result.code == 2
    assert not imcost.workspace.exists()


def test_broken_settings_stop_a_command_with_their_line(imcost: Shell) -> None:
    imcost("init")
    path = imcost.workspace / "imcost.toml"
    path.write_text('\n\ntarif = "x"\n')
    result = imcost("charges", "2026-10")
    assert result.code == 2
    assert result.err == f"error: unknown setting tarif ({path}, line 3): did you mean 'tariff'?\n"


def test_the_settings_name_the_account_and_region_of_input_that_names_none(
    imcost: Shell, tmp_path: Path
) -> None:
    imcost("init")
    written(imcost.workspace, 'account = "42"\nregion = "cn-hangzhou"\n')
    (tmp_path / "runs.csv").write_text("instance_id,started_at\neci-1,2026-10-01T00:00:00+08:00\n")
    assert imcost("import", "runs.csv").code == 0
    again = imcost("import", "runs.csv", "--account", "42", "--region", "cn-hangzhou", "--json")
    assert again.json["unchanged"] == 1
