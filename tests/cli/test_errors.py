"""Every exit code, and errors as one line that says what is wrong, where, and what to do."""

import errno
import fcntl
import os
import re
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import click
import pytest

from billing.cli import main as program
from billing.cli.options import Context, common_options
from tests.cli.running import Shell, command_line

CACHE = "cache_id,account_id,region,size_gib,created_at,ready_at,snapshot_gib,observed_at\n"
INSTANCE = "instance_id,account_id,region,cache_id,vcpu,memory_gib,started_at,ended_at,observed_at\n"
OCTOBER = "2026-10-03T10:00:00+08:00,2026-10-03T10:05:00+08:00,2,2026-11-01T00:00:00+08:00\n"

WRONG = {
    "no command of that name": (["chargs"], "no command 'chargs': did you mean 'charges'?"),
    "no option of that name": (
        ["charges", "--jsn", "2026-10"],
        "Did you mean '--json'?: see imcost charges --help",
    ),
    "an argument too few": (["charges"], "missing argument 'MONTH': see imcost charges --help"),
    "no instant": (
        ["charges", "2026-10", "--as-of", "noon"],
        "'noon' is no instant (--as-of): write RFC 3339",
    ),
    "no zone": (["--as-of", "2026-10-01T10:00:00", "check"], "names no zone (--as-of): add an offset"),
    "no workspace": (["charges", "2026-10"], "there is no workspace here"),
    "no tariff": (
        ["tariff", "show", "alibaba-cm"],
        "there is no tariff 'alibaba-cm': did you mean 'alibaba-cn'?",
    ),
    "no such file": (
        ["tariff", "check", "ours.toml"],
        "'FILE': File 'ours.toml' does not exist: see imcost tariff check --help",
    ),
    "a choice that is none": (
        ["charges", "2026-10", "--format", "xml"],
        "'xml' is not one of 'table', 'json'",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_one_line_and_exit_code_2(imcost: Shell, case: str) -> None:
    args, said = WRONG[case]
    result = imcost(*args)
    assert result.code == 2
    assert result.out == ""
    assert re.fullmatch(r"error: .+\n", result.err), result.err
    assert said in result.err
    assert not imcost.workspace.exists()


def test_a_clean_answer_is_0(imcost: Shell) -> None:
    assert imcost("init").code == 0
    assert imcost("charges", "2026-10").code == 0


def test_a_month_that_is_none_is_2(imcost: Shell) -> None:
    imcost("init")
    result = imcost("charges", "october")
    assert (result.code, result.out) == (2, "")
    assert result.err == "error: 'october' is no month: write year and month, such as 2026-10\n"


def test_a_bill_with_an_unrated_quantity_is_1(imcost: Shell, tmp_path: Path) -> None:
    (tmp_path / "caches.csv").write_text(CACHE + "imc-1,1,cn-nowhere,40," + OCTOBER)
    assert imcost("import", "caches.csv").code == 0
    result = imcost("charges", "2026-10", "--json")
    assert result.code == 1
    assert {item["reason"] for item in result.json["unrated"]} == {
        f"no rate ebs.{rate} for region cn-nowhere from 2026-10-01" for rate in ("essd_pl1", "snapshot")
    }
    assert "the total is incomplete" in result.err


def test_what_has_no_price_is_named_once_however_the_month_is_cut(imcost: Shell, tmp_path: Path) -> None:
    build = "2021-05-02T10:00:00+08:00,2021-05-04T10:00:00+08:00,2,2021-06-01T00:00:00+08:00\n"
    (tmp_path / "caches.csv").write_text(CACHE + "imc-1,1,cn-hangzhou,40," + build)
    assert imcost("import", "caches.csv").code == 0
    whole = imcost("charges", "2021-05", "--json").json["unrated"]
    assert len(whole) == 4
    assert imcost("charges", "2021-05", "--by", "day", "--json").json["unrated"] == whole


def test_rejected_rows_are_3(imcost: Shell, tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text(
        INSTANCE
        + "eci-1,1,cn-hangzhou,,2,4,2026-10-03T10:00:00+08:00,2026-10-03T11:00:00+08:00,2026-11-01T00:00:00Z\n"
        + "eci-2,1,cn-hangzhou,,2,4,2026-10-03T10:00:00,,2026-11-01T00:00:00Z\n"
    )
    result = imcost("import", "runs.csv", "--json")
    assert (result.code, result.json["new"], result.json["rejected"]) == (3, 1, 1)
    listed = imcost("rejected", "--json")
    assert listed.code == 0
    assert [(row["path"], row["line"]) for row in listed.json["rejected"]] == [("runs.csv", 3)]


def failing(error: BaseException) -> click.Command:
    """A command in which something goes wrong."""

    @click.command()
    @common_options
    def command(_: Context) -> None:
        raise error

    return command


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let `imcost check` end in an exception."""
    monkeypatch.setattr(program.Commands, "get_command", lambda *_: failing(error))


@pytest.mark.parametrize("where", ["before", "after", "nowhere"])
def test_a_bug_is_4_and_says_how_to_report_it(
    imcost: Shell, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    fail_with(monkeypatch, ZeroDivisionError("two\nlines"))
    args = {"before": ["--debug", "check"], "after": ["check", "--debug"], "nowhere": ["check"]}[where]
    result = imcost(*args)
    assert result.code == 4
    assert "internal error: ZeroDivisionError: two lines: this is a bug, please report it" in result.err
    assert ("Traceback" in result.err) == (where != "nowhere")
    assert result.err.count("\n") == 1 or where != "nowhere"


def test_a_traceback_is_not_shown_for_wrong_use_either(imcost: Shell) -> None:
    assert "Traceback" not in imcost("charges", "october").err
    assert "Traceback" in imcost("charges", "october", "--debug").err


def test_an_interrupt_is_130(imcost: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, KeyboardInterrupt())
    assert imcost("check") == (130, "", "interrupted\n")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EISDIR, errno.EROFS])
def test_the_file_system_is_not_our_bug(imcost: Shell, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    fail_with(monkeypatch, OSError(number, os.strerror(number), "bill.csv"))
    result = imcost("check")
    assert result.code == 2
    assert result.err.startswith(f"error: {os.strerror(number)} (bill.csv)")


def test_whoever_reads_our_output_may_stop() -> None:
    with subprocess.Popen(
        command_line("tariff", "show", "alibaba-cn", "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_below_stdout_is_said_in_one_line() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command_line("tariff", "show", "alibaba-cn", "--json"),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"error: No space left on device: nothing more was written\n"


def unread(pipe: int) -> int:
    """The bytes in a pipe that nobody has read yet."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_control_c_really_ends_a_command(tmp_path: Path) -> None:
    with subprocess.Popen(
        command_line("--workspace", tmp_path / "ws", "import", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        process_group=0,
    ) as running:
        assert running.stdin is not None
        assert running.stderr is not None
        running.stdin.write(b"x" * (1 << 20))  # more than a pipe holds, so the command is reading it
        running.stdin.flush()
        while unread(running.stdin.fileno()):
            time.sleep(0.05)
        time.sleep(0.5)
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(timeout=20) == 130
        assert running.stderr.read() == b"interrupted\n"
