"""Messages reach real receivers: signed webhooks, mail, and each of them whatever happens to the others."""

import hmac
import time
from hashlib import sha256
from pathlib import Path

import pytest

from billing.alerting.channels import webhook
from tests.alerting.receivers import free_port, http_receiver, smtp_receiver
from tests.cli.running import Shell

HEAD = "account_id,region,quota,limit,used,observed_at\n"


def observe(imcost: Shell, used: int, at: str, *, quota: str = "manual_image_caches") -> None:
    """Import what ListUsage said at an instant of 2026-11."""
    Path("quotas.csv").write_text(f"{HEAD}42,cn-hangzhou,{quota},50,{used},{day(at)}\n")
    assert imcost("import", "quotas.csv").code == 0


def day(at: str) -> str:
    """`01 10:00` as an instant of November."""
    return f"2026-11-{at.replace(' ', 'T')}:00+08:00"


def notify(imcost: Shell, *urls: str, rest: str = "") -> None:
    """A workspace whose alerts go to these addresses."""
    if not imcost.workspace.exists():
        assert imcost("init").code == 0
    quoted = ", ".join(f'"{url}"' for url in urls)
    (imcost.workspace / "imcost.toml").write_text(f"[notify]\nurls = [{quoted}]\n{rest}\n")


def check(imcost: Shell, at: str, *args: str) -> int:
    """The exit code of a check."""
    return imcost("alerts", "check", "--as-of", day(at), *args).code


def test_a_webhook_gets_the_json_of_the_check_signed(imcost: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec")
    with http_receiver() as receiver:
        notify(imcost, receiver.url, rest='secret = "${HOOK_SECRET}"')
        observe(imcost, 45, "01 10:00")
        answer = imcost("alerts", "check", "--as-of", day("01 11:00"), "--json")
        assert answer.code == 1
        [post] = receiver.posts
        assert post.path == "/hook/s3cr3t-token"
        assert post.json["alerts"] == answer.json["alerts"]
        assert post.json["as_of"] == answer.json["as_of"]
        assert post.json["change"] == "firing"
        assert post.key == post.json["key"]
        signed = post.headers["Imcost-Timestamp"].encode() + b"." + post.body
        expected = hmac.new(b"whsec", signed, sha256).hexdigest()
        assert post.headers["Imcost-Signature"] == f"v1={expected}"


def test_each_change_is_told_once_however_often_one_checks(imcost: Shell) -> None:
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        observe(imcost, 45, "01 10:00")
        for minute in range(5):
            assert check(imcost, f"01 11:0{minute}") == 1
        observe(imcost, 49, "01 12:00")
        for minute in range(3):
            check(imcost, f"01 12:0{minute}")
        observe(imcost, 44, "01 12:30")
        for minute in range(3):
            check(imcost, f"01 12:3{minute}")
        observe(imcost, 30, "01 13:00")
        assert check(imcost, "01 13:00") == 0
        assert check(imcost, "01 13:01") == 0
        assert [post.json["change"] for post in receiver.posts] == ["firing", "raised", "lowered", "resolved"]
        assert len({post.key for post in receiver.posts}) == 4
        last = receiver.posts[-1].json
        assert last["title"] == "RESOLVED 60% · manual caches · cn-hangzhou"
        assert "Lasted 2h, peak 98% (49) on 2026-11-01 12:00 +08:00" in last["text"]


def test_mail_arrives_with_its_key_and_readable_on_a_phone(imcost: Shell) -> None:
    with smtp_receiver() as (mailbox, port):
        notify(imcost, f"mailto://127.0.0.1:{port}?from=imcost@example.com&to=oncall@example.com")
        observe(imcost, 48, "01 10:00")
        assert check(imcost, "01 11:00") == 1
        [mail] = mailbox.mails
        assert mail["Subject"] == "CRITICAL 96% · manual caches · cn-hangzhou"
        assert len(mail["Idempotency-Key"]) == 32
        text = mail.get_content()
        assert text.splitlines()[:4] == [
            "48 of 50 manual image caches used in cn-hangzhou, account 42",
            "Since 2026-11-01 11:00 +08:00",
            "At the limit, creating a manual cache is refused: what waits for one fails.",
            "Do: delete caches that nothing uses, or ask for a higher quota.",
        ]
        assert mail.get_content_type() == "text/plain"


def test_chinese_is_sent_where_it_is_set(imcost: Shell) -> None:
    with smtp_receiver() as (mailbox, port), http_receiver() as receiver:
        mail = f"mailto://127.0.0.1:{port}?from=imcost@example.com&to=oncall@example.com"
        notify(imcost, mail, receiver.url, rest='language = "zh"')
        observe(imcost, 48, "01 10:00")
        check(imcost, "01 11:00")
        assert mailbox.mails[0]["Subject"] == "【严重】96% · 手动镜像缓存 · cn-hangzhou"
        assert "达到上限后，手动创建会被拒绝" in mailbox.mails[0].get_content()
        assert receiver.posts[0].json["alerts"][0]["message"].startswith("cn-hangzhou 手动镜像缓存已用 48/50")


@pytest.mark.parametrize("behaviour", ["refuses", "hangs up"])
def test_a_receiver_that_fails_stops_no_other_and_gets_the_same_key_later(
    imcost: Shell, behaviour: str
) -> None:
    with http_receiver() as bad, http_receiver() as good:
        bad.behaviour = behaviour
        notify(imcost, bad.url, good.url)
        observe(imcost, 45, "01 10:00")
        answer = imcost("alerts", "check", "--as-of", day("01 11:00"))
        assert answer.code == 1
        assert f"warning: http://127.0.0.1:{bad.port}/…: " in answer.err
        assert "s3cr3t" not in answer.err + answer.out
        assert [post.json["change"] for post in good.posts] == ["firing"]
        listed = imcost("alerts", "list", "--json", "--as-of", day("01 11:00"))
        assert listed.code == 1
        assert [each["attempts"] for each in listed.json["undelivered"]] == [1]
        bad.behaviour = "answers"
        tries = len(bad.posts)
        check(imcost, "01 13:30")
        assert {post.key for post in bad.posts} == {good.posts[0].key}
        assert len(bad.posts) == tries + 1
        assert len(good.posts) == 1
        assert imcost("alerts", "list", "--as-of", day("01 13:30")).code == 0


def test_a_failed_delivery_is_exit_code_1_even_where_nothing_fires(imcost: Shell) -> None:
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        observe(imcost, 45, "01 10:00")
        check(imcost, "01 11:00")
        receiver.behaviour = "refuses"
        observe(imcost, 10, "01 12:00")
        assert check(imcost, "01 12:00") == 1
        receiver.behaviour = "answers"
        assert check(imcost, "01 14:30") == 0


def test_a_receiver_that_hangs_is_left_after_a_bound(imcost: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 1)
    monkeypatch.setattr("billing.alerting.delivery.TRIES_IN_RUN", 1)
    with http_receiver() as slow, http_receiver() as good:
        slow.behaviour = "hangs"
        notify(imcost, slow.url, good.url)
        observe(imcost, 45, "01 10:00")
        begun = time.monotonic()
        answer = imcost("alerts", "check", "--as-of", day("01 11:00"))
        assert time.monotonic() - begun < 4
        assert "no answer within 1 s" in answer.err
        assert len(good.posts) == 1


def test_what_is_never_answered_is_given_up_after_a_day(imcost: Shell) -> None:
    notify(imcost, f"http://127.0.0.1:{free_port()}/hook")
    observe(imcost, 45, "01 10:00")
    check(imcost, "01 11:00")
    for at in ("01 13:00", "01 16:00", "01 20:00", "02 11:30"):
        check(imcost, at)
    listed = imcost("alerts", "list", "--json", "--as-of", day("02 11:30")).json
    assert listed["undelivered"][0]["given_up"] is True
    assert "refused" in listed["undelivered"][0]["error"].lower()


def test_a_dead_mail_server_is_said_without_its_password(
    imcost: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.alerting.delivery.TRIES_IN_RUN", 1)
    url = f"mailto://user:Passw0rd9@127.0.0.1:{free_port()}?from=imcost@example.com&to=oncall@example.com"
    notify(imcost, url)
    observe(imcost, 45, "01 10:00")
    answer = imcost("alerts", "check", "--as-of", day("01 11:00"))
    assert "warning: mailto://127.0.0.1:" in answer.err
    assert "Passw0rd9" not in answer.err + answer.out
    catalogue = (imcost.workspace / "catalogue.sqlite").read_bytes()
    assert b"Passw0rd9" not in catalogue


def test_no_notify_sends_nothing_and_keeps_the_states(imcost: Shell) -> None:
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        observe(imcost, 45, "01 10:00")
        assert check(imcost, "01 11:00", "--no-notify") == 1
        assert check(imcost, "01 11:01") == 1
        assert receiver.posts == []
        assert check(imcost, "01 15:00") == 1
        assert [post.json["change"] for post in receiver.posts] == ["reminder"]


def test_an_alert_is_repeated_until_somebody_takes_it(imcost: Shell) -> None:
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        observe(imcost, 45, "01 10:00")
        id = imcost("alerts", "check", "--json", "--as-of", day("01 11:00")).json["alerts"][0]["id"]
        check(imcost, "01 14:59")
        check(imcost, "01 15:00")
        assert imcost("alerts", "ack", id, "--by", "li", "--as-of", day("01 15:30")).code == 0
        check(imcost, "01 20:00")
        assert [post.json["change"] for post in receiver.posts] == ["firing", "reminder"]
        observe(imcost, 49, "01 21:00")
        check(imcost, "01 21:00")
        shown = imcost("alerts", "list", "--json", "--as-of", day("01 21:00")).json["alerts"][0]
        assert shown["acked"] is False
        assert receiver.posts[-1].json["change"] == "raised"
