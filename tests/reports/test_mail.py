"""Reports by mail: to a real server, with a PDF; tried without sending; refused and failed in one sentence.

What is attached takes no time here: the README's mail carries the PDF that is really rendered (tests/docs/test_readme.py).
"""

import configparser
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from billing.cli.report_mail import LARGEST, _fitting
from reports.mailing import Part, letter
from reports.pdf import Pdf
from tests.alerting.receivers import free_port, smtp_receiver
from tests.cli.running import Shell
from tests.reports.build import HOSTILE, full, metered, report
from tests.reports.test_command import AS_OF

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture
def any_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF that takes no time, for what happens to a mail whatever is attached."""
    monkeypatch.setattr("reports.pdf.render_pdf", lambda page, **given: Pdf(b"%PDF-1.7", ""))


def notify(imcost: Shell, *urls: str) -> None:
    quoted = ", ".join(f'"{url}"' for url in urls)
    (imcost.workspace / "imcost.toml").write_text(f"[notify]\nurls = [{quoted}]\n")


def address(port: int) -> str:
    return f"mailto://127.0.0.1:{port}?from=imcost@example.com&to=finance@example.com"


@pytest.mark.usefixtures("any_pdf")
def test_the_report_arrives_with_its_pdf_and_says_what_is_payable(imcost: Shell) -> None:
    with smtp_receiver() as (mailbox, port):
        notify(imcost, address(port), "https://127.0.0.1:9/hook")
        answer = imcost("--as-of", AS_OF, "report", "2026-10", "--email", "--json")
        assert answer.code == 0, answer.err
        [mail] = mailbox.mails
        found = answer.json
        payable = f"CNY {found['payable']}"
        assert mail["Subject"] == f"Image cache costs, October 2026: {payable}"
        body = mail.get_body(("plain",))
        assert body is not None
        assert f"Payable: {payable}" in body.get_content()
        [attached] = mail.iter_attachments()
        assert attached.get_filename() == "imcost-2026-10.pdf"
        assert attached.get_content() == Path(found["pdf"]).read_bytes() == b"%PDF-1.7"
        assert found["mail"]["sent"] == [f"mailto://127.0.0.1:{port}/…"]


@pytest.mark.usefixtures("any_pdf")
def test_a_dry_run_shows_the_mail_and_sends_nothing(imcost: Shell) -> None:
    with smtp_receiver() as (mailbox, port):
        notify(imcost, address(port))
        answer = imcost("--as-of", AS_OF, "report", "2026-10", "--lang", "zh", "--email", "--dry-run")
        assert answer.code == 0, answer.err
        assert mailbox.mails == []
        assert f"To:       mailto://127.0.0.1:{port}/…\n" in answer.out
        assert "Attached: imcost-2026-10.zh.pdf\n" in answer.out
        assert "应付：" in answer.out


@pytest.mark.usefixtures("any_pdf")
def test_a_server_that_is_gone_is_one_warning_and_exit_code_1(
    imcost: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.cli.report_mail.PAUSE_S", 0)
    monkeypatch.setattr("apprise.url.URLBase.throttle", lambda *args, **given: None)
    url = f"mailto://user:Passw0rd9@127.0.0.1:{free_port()}?from=a@example.com&to=b@example.com"
    notify(imcost, url)
    answer = imcost("--as-of", AS_OF, "report", "2026-10", "--email")
    assert answer.code == 1
    assert "the report was not sent" in answer.err
    assert "Passw0rd9" not in answer.err + answer.out
    assert (imcost.workspace / "reports" / "imcost-2026-10.pdf").exists()


@pytest.mark.parametrize(
    ("urls", "arguments", "said"),
    [
        (["https://127.0.0.1:9/hook"], ["--email"], "no address of mail"),
        (["mailto://${NOT_SET_ANYWHERE}"], ["--email"], "NOT_SET_ANYWHERE is not set"),
        (["mailto://127.0.0.1"], ["--email", "--html", "x.html"], "a mail carries the PDF"),
        ([], ["--dry-run"], "only mail can be tried"),
    ],
)
def test_what_can_not_be_mailed_is_refused_before_anything_is_rendered(
    imcost: Shell, urls: list[str], arguments: list[str], said: str
) -> None:
    notify(imcost, *urls)
    answer = imcost("--as-of", AS_OF, "report", "2026-10", *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert not (imcost.workspace / "reports").exists()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_names_are_plain_text_on_one_line_each(language: str) -> None:
    parts = [Part(name, Decimal(index)) for index, name in enumerate(HOSTILE)] + [Part(None, Decimal(1))]
    found = letter(full(HOSTILE), parts, ["a\nb.pdf"], language)
    assert "\n" not in found.subject
    assert "\x1b" not in found.text
    listed = [line for line in found.text.splitlines() if line.startswith("  ")]
    assert len(listed) == len(parts)
    assert letter(report(metered([])), [], [], language).text.count("\n") >= 4


def test_what_is_too_large_is_left_out(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path, size in zip(paths, (10, LARGEST, LARGEST - 10), strict=True):
        with path.open("wb") as file:
            file.truncate(size)
    assert _fitting(paths) == [paths[0], paths[2]]


def test_the_timers_service_reports_the_month_before(tmp_path: Path) -> None:
    service = configparser.RawConfigParser()
    service.optionxform = str  # type: ignore[assignment, method-assign]
    service.read(EXAMPLES / "imcost-report.service")
    timer = configparser.RawConfigParser()
    timer.read(EXAMPLES / "imcost-report.timer")
    assert timer["Timer"]["oncalendar"].startswith("*-*-02 ")
    program = tmp_path / "imcost"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    script = service["Service"]["ExecStart"].removeprefix("/bin/sh -c '").removesuffix("'").replace("%%", "%")
    date = tmp_path / "date"
    date.write_text(
        '#!/bin/sh\ncase "$1" in -d) exec /bin/date "$@";; *) exec /bin/date -d 2027-01-31 "$@";; esac\n'
    )
    date.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": f"{tmp_path}:/bin:/usr/bin"},
    )
    assert done.stdout == "report 2026-12 --all --email\n"
