"""Closing, correcting, reopening and proving months, as users do it."""

import os
import signal
import sqlite3
import subprocess
from contextlib import closing
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlmodel import Session

from billing.books import acts
from billing.books.making import Inputs
from billing.store import open_store
from billing.workspace import Workspace
from tests.cli.running import Shell, command_line

NOW = "2026-12-15T09:00:00+08:00"
CACHES = """cache_id,account_id,region,size_gib,snapshot_gib,created_at,ready_at,deleted_at,observed_at
imc-1,1,cn-hangzhou,40,2,2026-10-05T09:55:00+08:00,2026-10-05T10:00:00+08:00,2026-10-20T00:00:00+08:00,2026-12-01T00:00:00Z
imc-2,2,cn-hangzhou,20,1,2026-10-05T09:55:00+08:00,2026-10-05T10:00:00+08:00,2026-11-02T00:00:00+08:00,2026-12-01T00:00:00Z
"""
HEADER = "instance_id,account_id,region,cache_id,started_at,ended_at,observed_at,retracted\n"
RUNS = f"""{HEADER}eci-1,1,cn-hangzhou,imc-1,2026-10-06T12:00:00+08:00,2026-10-06T15:00:00+08:00,2026-12-01T00:00:00Z,
eci-2,2,cn-hangzhou,imc-2,2026-10-31T23:00:00+08:00,2026-11-01T01:00:00+08:00,2026-12-01T00:00:00Z,
"""


def bring(imcost: Shell, folder: Path, name: str, text: str) -> None:
    """Import a file with this text."""
    (folder / name).write_text(text)
    assert imcost("import", folder / name, "--as-of", NOW).code == 0


def run(id: str, hours: int, observed: str, retracted: str = "") -> str:
    """A file with one run of imc-1 that began on 2026-10-06 at 12:00."""
    ended = f"2026-10-06T{12 + hours}:00:00+08:00"
    return f"{HEADER}{id},1,cn-hangzhou,imc-1,2026-10-06T12:00:00+08:00,{ended},{observed},{retracted}\n"


@pytest.fixture
def books(imcost: Shell, tmp_path: Path) -> Shell:
    """A workspace with two accounts in October, one of which runs on into November."""
    imcost("init")
    bring(imcost, tmp_path, "caches.csv", CACHES)
    bring(imcost, tmp_path, "runs.csv", RUNS)
    return imcost


def close(imcost: Shell, month: str, *options: str) -> int:
    """The exit code of a close."""
    return imcost("close", month, "--as-of", NOW, *options).code


def statement(imcost: Shell, month: str, account: str = "1", *options: str) -> dict[str, Any]:
    """An account's statement."""
    found = imcost("statement", month, "--account", account, "--json", "--as-of", NOW, *options)
    answer: dict[str, Any] = found.json["statements"][0]
    return answer


def test_a_statement_is_open_and_then_closed_with_the_same_numbers(books: Shell) -> None:
    before = statement(books, "2026-10")
    assert (before["status"], before["sha256"], before["settlement"]) == ("open", None, "cut")
    closed = books("close", "2026-10", "--as-of", NOW, "--json")
    assert closed.code == 0
    assert [each["account_id"] for each in closed.json["statements"]] == ["1", "2"]
    after = statement(books, "2026-10")
    assert after["status"] == "closed"
    same = ("statement_id", "total", "payable", "rounding_adjustment", "lines")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert closed.json["statements"][0] == after
    assert len(after["payable"].partition(".")[2]) == 2


def test_what_stops_a_close_changes_nothing(books: Shell, tmp_path: Path) -> None:
    early = books("close", "2026-11", "--as-of", "2026-11-30T23:59:59+08:00")
    assert (early.code, early.err.count("\n")) == (2, 1)
    assert "can't be closed before 2026-12-01T00:00:00+08:00" in early.err
    assert "close 2026-10 first" in books("close", "2026-11", "--as-of", NOW).err
    (books.workspace / "imcost.toml").write_text('[books]\nsettling = "60d"\n')
    assert "2026-12-31" in books("close", "2026-10", "--as-of", NOW).err
    (books.workspace / "imcost.toml").write_text("")
    bring(
        books,
        tmp_path,
        "open.csv",
        f"{HEADER}eci-9,1,cn-hangzhou,imc-1,2026-10-07T00:00:00Z,,2026-10-07T00:00:00Z,\n",
    )
    assert "--allow-estimates" in books("close", "2026-10", "--as-of", NOW).err
    assert books("audit", "--json").json == {"entries": []}
    assert close(books, "2026-10", "--allow-estimates") == 0
    assert statement(books, "2026-10")["marks"] == ["estimated"]
    twice = books("close", "2026-10", "--as-of", NOW)
    assert (twice.code, "closed already" in twice.err) == (2, True)


def test_a_quantity_without_a_price_has_to_be_allowed(books: Shell, tmp_path: Path) -> None:
    elsewhere = CACHES.replace("cn-hangzhou", "cn-beijing").replace("imc-", "imc-b")
    bring(books, tmp_path, "elsewhere.csv", elsewhere)
    assert "--allow-unrated" in books("close", "2026-10", "--as-of", NOW).err
    assert close(books, "2026-10", "--allow-unrated") == 0
    found = statement(books, "2026-10")
    assert (found["marks"], found["unrated"][0]["corrects_month"]) == (["unrated"], None)
    assert books("verify").code == 0
    assert statement(books, "2026-11")["unrated"] == []


def test_late_revised_and_withdrawn_usage_is_corrected_on_the_first_open_month(
    books: Shell, tmp_path: Path
) -> None:
    close(books, "2026-10")
    frozen = statement(books, "2026-10")
    bring(books, tmp_path, "late.csv", run("eci-3", 1, "2026-12-02T00:00:00Z"))
    [late] = statement(books, "2026-11")["corrections"]
    assert (late["corrects_month"], late["charge"], late["quantity"], late["amount"]) == (
        "2026-10", "usage.cache_disk", "144000", "0.084",
    )  # fmt: skip
    assert close(books, "2026-11") == 0
    bring(books, tmp_path, "longer.csv", run("eci-3", 3, "2026-12-03T00:00:00Z"))
    [longer] = statement(books, "2026-12")["corrections"]
    assert (longer["amount"], longer["line_id"]) == ("0.168", late["line_id"])
    bring(books, tmp_path, "gone.csv", run("eci-3", 3, "2026-12-04T00:00:00Z", "true"))
    credit = statement(books, "2026-12")
    assert [each["amount"] for each in credit["corrections"]] == ["-0.084"]
    assert (credit["payable"], credit["rounding_adjustment"]) == ("-0.08", "0.004")
    assert statement(books, "2026-10") == frozen
    assert books("verify").code == 0


def test_a_month_is_corrected_where_only_the_present_moment_moved_on(books: Shell, tmp_path: Path) -> None:
    """Whether a cache of unknown build was ever used decides about its snapshot: an instance may start after the close."""
    building = (
        CACHES.splitlines()[0]
        + "\nimc-3,1,cn-hangzhou,40,2,2026-10-05T09:55:00+08:00,,,2026-10-06T00:00:00Z\n"
    )
    bring(books, tmp_path, "building.csv", building)
    use = f"{HEADER}eci-5,1,cn-hangzhou,imc-3,2026-11-20T00:00:00+08:00,2026-11-20T01:00:00+08:00,2026-12-01T00:00:00Z,\n"
    bring(books, tmp_path, "use.csv", use)
    assert books("close", "2026-10", "--as-of", "2026-11-10").code == 0
    corrections = statement(books, "2026-11")["corrections"]
    assert [(each["charge"], each["cache_id"]) for each in corrections] == [("creation.snapshot", "imc-3")]


def test_reopening_keeps_the_old_version(books: Shell, tmp_path: Path) -> None:
    close(books, "2026-10")
    first = statement(books, "2026-10")
    close(books, "2026-11")
    refused = books("reopen", "2026-10", "--reason", "x", "--as-of", NOW)
    assert (refused.code, "reopen 2026-11 first" in refused.err) == (2, True)
    assert books("reopen", "2026-11", "--reason", " ", "--as-of", NOW).code == 2
    for month in ("2026-11", "2026-10"):
        assert books("reopen", month, "--reason", "one more", "--as-of", NOW).code == 0
    bring(books, tmp_path, "late.csv", run("eci-3", 1, "2026-12-02T00:00:00Z"))
    assert statement(books, "2026-10")["version"] == 2
    assert close(books, "2026-10") == 0
    old, new = (statement(books, "2026-10", "1", "--version", each) for each in "12")
    assert old == first | {"status": "reopened"}
    assert (new["status"], new["corrections"], len(new["lines"])) == ("closed", [], len(old["lines"]))
    assert new["total"] != old["total"]
    assert books("statement", "2026-10", "--version", "3").code == 2
    trail = books("audit", "--json").json["entries"]
    assert [each["action"] for each in trail] == ["close", "close", "reopen", "reopen", "close"]
    assert trail[2]["reason"] == "one more"
    assert books("verify").code == 0


def test_a_price_is_corrected_on_request_after_a_dry_run(books: Shell) -> None:
    close(books, "2026-10")
    (books.workspace / "tariffs").mkdir(exist_ok=True)
    (books.workspace / "tariffs" / "half.toml").write_text(
        '[tariff]\nid = "half"\nbase = "alibaba-cn"\n[[discounts]]\nrate = "ebs.essd_pl1"\noff = "50%"\nfrom = 2026-10-01\n'
        'source = "annex"\nread = "2026-11"\ntrust = "own"\n'
    )
    half = ("correct", "2026-10", "--tariff", "half", "--as-of", NOW, "--json")
    dry = books(*half).json
    assert dry["applied"] is False
    assert {each["class"] for each in dry["corrections"]} == {"price"}
    assert statement(books, "2026-11")["corrections"] == []
    assert books(*half, "--apply").code == 2
    done = books(*half, "--apply", "--reason", "annex").json
    assert done["amount"] == dry["amount"]
    found = [each for account in "12" for each in statement(books, "2026-11", account)["corrections"]]
    assert {each["reason"] for each in found} == {"priced anew by tariff half: annex"}
    assert books("correct", "2026-11", "--tariff", "half", "--as-of", NOW).code == 2
    assert books("correct", "2026-10", "--tariff", "alibaba-intl", "--as-of", NOW).code == 2
    assert books("correct", "2026-10", "--as-of", NOW).code == 2
    close(books, "2026-11")
    assert books("verify").code == 0


def pem() -> bytes:
    """A new private key."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_statements_are_signed_with_the_users_own_key(books: Shell, tmp_path: Path) -> None:
    (books.workspace / "key.pem").write_bytes(pem())
    (tmp_path / "other.pem").write_bytes(pem())
    (books.workspace / "imcost.toml").write_text('[books]\nsigning_key = "key.pem"\n')
    assert close(books, "2026-10") == 0
    assert statement(books, "2026-10")["signature"]["algorithm"] == "ed25519"
    assert books("verify", "--public-key", books.workspace / "key.pem").code == 0
    other = books("verify", "--public-key", tmp_path / "other.pem")
    assert (other.code, "signed by another key" in other.out) == (1, True)
    with closing(sqlite3.connect(books.workspace / "catalogue.sqlite")) as catalogue, catalogue:
        catalogue.execute(
            'update closedstatement set signature = replace(signature, \'"signature": "\', \'"signature": "A\')'
        )
    assert "signature doesn't hold" in books("verify").out
    (books.workspace / "key.pem").write_text("no key")
    assert close(books, "2026-11") == 2


TAMPERED = {
    'update closedstatement set document = replace(document, \'"amount":"0.0\', \'"amount":"1.0\') where id = 1': "statement 1",
    "update closedstatement set document = replace(document, '\"version\":1', '\"version\": 1') where id = 2": "statement 2",
    'update auditentry set document = replace(document, \'"by":"\', \'"by":"x\') where id = 1': "audit entry 1",
    "update frozentariff set content = replace(content, '0.0021', '0.0022')": "frozen tariff",
    "update closedstatement set sha256 = replace(sha256, substr(sha256, 1, 4), '0000') where id = 2": "statement 2",
    "delete from closedstatement where id = 1": "statement 1",
    "delete from frozentariff": "close of 2026-10",
}


@pytest.mark.parametrize("change", TAMPERED)
def test_a_changed_byte_is_found_and_named(change: str, books: Shell) -> None:
    close(books, "2026-10")
    close(books, "2026-11")
    with closing(sqlite3.connect(books.workspace / "catalogue.sqlite")) as catalogue, catalogue:
        assert catalogue.execute(change).rowcount > 0
    found = books("verify", "--json")
    assert found.code == 1
    assert TAMPERED[change] in found.json["faults"][0]["what"]


def test_a_changed_record_file_is_found_and_named(books: Shell) -> None:
    close(books, "2026-10")
    file = max((books.workspace / "records").glob("instances-*"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    found = books("verify")
    assert (found.code, file.name in found.out) == (1, True)
    assert "changed_files" in books("close", "2026-11", "--as-of", NOW).err


def merge_all(workspace: Path) -> None:
    """Merge all record files of each kind, as compaction does."""
    store = open_store(Workspace(workspace))
    with store.writer() as writer, store.reader() as reader:
        writer.compact("instances", reader.files["instances", "current"])
        writer.compact("caches", reader.files["caches", "current"])


def test_what_a_statement_was_made_from_is_found_after_files_were_merged(
    books: Shell, tmp_path: Path
) -> None:
    close(books, "2026-10")
    records = statement(books, "2026-10")["records"]
    [entry] = books("audit", "--json").json["entries"]
    lying = sorted(sha256(file.read_bytes()).hexdigest() for file in (books.workspace / "records").iterdir())
    assert (records["instances"], records["caches"], records["files"]) == (2, 2, len(lying))
    assert records["sha256"] == sha256("".join(f"{each}\n" for each in lying).encode()).hexdigest()
    assert entry["record_files"] == lying
    bring(books, tmp_path, "late.csv", run("eci-1", 1, "2026-12-02T00:00:00Z"))
    merge_all(books.workspace)
    assert close(books, "2026-11") == 0
    bring(books, tmp_path, "later.csv", run("eci-1", 4, "2026-12-03T00:00:00Z"))
    merge_all(books.workspace)
    assert books("verify").code == 0
    with closing(sqlite3.connect(books.workspace / "catalogue.sqlite")) as catalogue, catalogue:
        catalogue.execute("delete from merging where id > 2")
    cut = books("verify", "--json")
    assert (cut.code, "neither there nor merged" in cut.json["faults"][0]["message"]) == (1, True)


def test_statements_of_the_first_form_keep_verifying(
    books: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(acts, "Inputs", partial(Inputs, form=1))
        assert close(books, "2026-10") == 0
    first = statement(books, "2026-10")
    assert (first["form"], sorted(first["records"])) == (
        1, ["caches", "caches_sha256", "instances", "instances_sha256"],
    )  # fmt: skip
    bring(books, tmp_path, "late.csv", run("eci-1", 1, "2026-12-02T00:00:00Z"))
    merge_all(books.workspace)
    assert close(books, "2026-11") == 0
    assert books("verify").code == 0


def test_a_close_finds_an_open_month_decades_before(books: Shell, tmp_path: Path) -> None:
    old = CACHES.splitlines()[0] + "\nimc-0,1,cn-hangzhou,40,2,{},{},{},2026-12-01T00:00:00Z\n".format(
        *(f"2009-03-05T0{hour}:00:00+08:00" for hour in (1, 2, 3))
    )
    bring(books, tmp_path, "old.csv", old)
    assert "close 2009-03 first" in books("close", "2026-10", "--as-of", NOW).err


def test_a_close_that_fails_leaves_the_month_open_and_whole(
    books: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Session) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", failing)
        assert close(books, "2026-10") == 130
    assert statement(books, "2026-10")["status"] == "open"
    assert close(books, "2026-10") == 0


@pytest.mark.slow
@pytest.mark.parametrize("after_s", ["0.6", "0.9", "1.2", "1.5", "1.8"])
def test_a_killed_close_leaves_the_month_open_or_closed(after_s: str, books: Shell) -> None:
    started = subprocess.Popen(
        command_line("close", "2026-10", "--as-of", NOW, "--workspace", books.workspace)
    )
    try:
        started.wait(timeout=float(after_s))
    except subprocess.TimeoutExpired:
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
    closed = statement(books, "2026-10")["status"] == "closed"
    assert books("verify").code == 0
    assert close(books, "2026-10") == (2 if closed else 0)


def test_of_two_closes_at_once_one_wins(books: Shell) -> None:
    command = command_line("close", "2026-10", "--as-of", NOW, "--workspace", books.workspace)
    both = [
        subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    errors = [each.communicate()[1] for each in both]
    assert sorted(each.returncode for each in both) == [0, 2]
    assert sum("closed already" in error for error in errors) == 1
    assert len(books("audit", "--json").json["entries"]) == 1


def test_before_2024_04_the_total_is_rounded_half_up_and_says_so(imcost: Shell, tmp_path: Path) -> None:
    imcost("init")
    bring(imcost, tmp_path, "caches.csv", CACHES.replace("2026-10", "2024-03").replace("2026-11", "2024-04"))
    found = statement(imcost, "2024-03", "2")
    total = Decimal(found["total"])
    rounded = total.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert (found["settlement"], Decimal(found["payable"]), rounded > total) == ("half-up", rounded, True)
    assert "each hourly settlement" in found["notes"][0]


def test_a_month_without_anything_has_no_statement(books: Shell) -> None:
    assert books("statement", "2026-12", "--json", "--as-of", NOW).json == {"statements": []}
    assert "no statement" in books("statement", "2026-12", "--as-of", NOW).out
    for command in ("statement", "close", "reopen", "correct", "verify", "audit"):
        assert "Example" in books(command, "--help").out


def test_the_report_of_the_first_open_month_carries_corrections_and_that_of_a_closed_one_its_statement(
    books: Shell, tmp_path: Path
) -> None:
    def report(month: str, *options: str | Path) -> dict[str, Any]:
        found = books("report", month, "--format", "json", "--as-of", NOW, *options)
        answer: dict[str, Any] = found.json
        return answer

    assert report("2026-10")["statements"] == []
    assert close(books, "2026-10") == 0
    before = report("2026-10")
    bring(books, tmp_path, "late.csv", run("eci-late", 5, "2026-12-02T00:00:00Z"))
    page = tmp_path / "october.html"
    after = report("2026-10", "--html", page)
    assert after["payable"] == before["payable"]
    assert Decimal(after["total"]) > Decimal(before["total"])
    [first, second] = after["statements"]
    assert (first["status"], first["account_id"]) == ("closed", "1")
    assert Decimal(first["payable"]) + Decimal(second["payable"]) == Decimal(after["payable"])
    assert first["sha256"][:16] in page.read_text()
    november = report("2026-11", "--xlsx", tmp_path / "november.xlsx", "--html", page)
    assert Decimal(november["corrections"]) == Decimal(after["total"]) - Decimal(before["total"])
    parts = ("total", "corrections", "rounding_adjustment")
    assert Decimal(november["payable"]) == sum(Decimal(november[name]) for name in parts)
    assert 'id="statements"' in page.read_text()
    assert report("2026-11", "--account", "2")["statements"] == []
