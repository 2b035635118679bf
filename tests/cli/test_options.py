"""The options that every command has, before and after its name; terminals, colours and help."""

import os
import pty
from importlib import import_module
from pathlib import Path

import click
import pytest

from billing import __version__
from billing.cli import console
from billing.cli.main import COMMANDS, run
from tests.cli.running import Shell, command_line, process


def every_command() -> list[tuple[str, ...]]:
    """All commands and the commands of groups, as one types them."""
    found: list[tuple[str, ...]] = []
    for name, (module, _) in COMMANDS.items():
        command = import_module(module).command
        found.append((name,))
        if isinstance(command, click.Group):
            found.extend((name, below) for below in command.commands)
    return found


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_help_has_an_example_and_the_common_options(imcost: Shell, command: tuple[str, ...]) -> None:
    result = imcost(*command, "--help")
    assert result.code == 0
    assert "Example" in result.out
    assert f"imcost {command[0]}" in result.out
    for option in ("--workspace", "--as-of", "--json", "--debug", "--tariff"):
        assert option in result.out


def test_help_lists_every_command(imcost: Shell) -> None:
    for args in (["--help"], ["-h"]):
        result = imcost(*args)
        assert result.code == 0
        assert all(f"\n  {name} " in result.out for name in COMMANDS)


def test_version(imcost: Shell) -> None:
    assert imcost("--version") == (0, f"imcost {__version__}\n", "")


def test_json_before_and_after_is_the_same(imcost: Shell) -> None:
    before, after = imcost("--json", "tariff", "list"), imcost("tariff", "list", "--json")
    assert before == after == imcost("tariff", "--json", "list")
    assert before.json["tariffs"]


def test_the_later_workspace_wins(imcost: Shell, tmp_path: Path) -> None:
    assert run(["--workspace", "one", "init", "--workspace", "two"]) == 0
    assert not (tmp_path / "one").exists()
    assert (tmp_path / "two" / "imcost.toml").exists()


def test_the_environment_names_the_workspace_and_the_option_beats_it(
    imcost: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["init"]) == 0
    assert (tmp_path / "imcost-workspace").is_dir()
    monkeypatch.setenv("IMCOST_WORKSPACE", "named")
    assert run(["init"]) == 0
    assert (tmp_path / "named").is_dir()
    assert imcost("init").code == 0
    assert imcost.workspace.is_dir()


@pytest.mark.parametrize(
    ("as_of", "meant"),
    [
        ("2026-10-05", "2026-10-05T00:00:00+08:00"),
        ("2026-10-05T01:00:00Z", "2026-10-05T09:00:00+08:00"),
        ("2026-10-05T01:00:00-05:00", "2026-10-05T14:00:00+08:00"),
    ],
)
def test_as_of_is_the_present_moment(imcost: Shell, as_of: str, meant: str) -> None:
    imcost("init")
    before = imcost("--as-of", as_of, "charges", "2026-10", "--json")
    after = imcost("--as-of", "2020-01-01", "charges", "2026-10", "--json", "--as-of", as_of)
    assert before.json["as_of"] == after.json["as_of"] == meant


def test_the_tariff_option_beats_the_settings(imcost: Shell) -> None:
    imcost("init")
    assert imcost("charges", "2026-10", "--json").json["currency"] == "CNY"
    assert imcost("--tariff", "alibaba-intl", "charges", "2026-10", "--json").json["currency"] == "USD"


def test_text_from_other_people_is_harmless() -> None:
    hostile = "a\x1b[2J\r\n\u202eb\u2028[red]c[/red]\udc80"
    assert console.clean(hostile) == "a\\x1b[2J\\r\\n\\u202eb\\u2028[red]c[/red]\\udc80"
    assert console.safe(hostile) == "a\\x1b[2J\\r\\n\\u202eb\\u2028\\[red]c\\[/red]\\udc80"
    assert console.clean("镜像 café") == "镜像 café"


def test_a_hostile_argument_stays_on_one_line(imcost: Shell) -> None:
    result = imcost("charges", "2026-10\x1b[2J\nerror: none")
    assert result.code == 2
    assert "\x1b" not in result.err
    assert result.err.count("\n") == 1


def on_terminal(*args: str, **variables: str) -> bytes:
    """What a command writes when stdout is a terminal."""
    chunks = []

    def keep(descriptor: int) -> bytes:
        chunks.append(os.read(descriptor, 4096))
        return chunks[-1]

    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", **variables}
    pty.spawn(
        ["env", "-i", *(f"{name}={value}" for name, value in environment.items()), *command_line(*args)], keep
    )
    return b"".join(chunks)


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert b"\x1b[" in on_terminal("tariff", "list")
    assert b"\x1b[" not in on_terminal("tariff", "list", NO_COLOR="1")


def test_a_pipe_gets_plain_text_in_any_locale() -> None:
    result = process("tariff", "list", env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert result.code == 0
    assert "\x1b[" not in result.out
