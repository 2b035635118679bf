"""`imcost alerts` as its users meet it: check, list, ack, silence, replay, and what a second run is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.alerting.receivers import http_receiver
from tests.alerting.test_delivery import check, day, notify, observe
from tests.cli.running import Shell

FIELDS = {
    "id", "rule", "severity", "state", "acked", "silenced_until", "subject", "value", "limit", "share", "threshold", "since",
    "message", "consequence",
}  # fmt: skip
"""What interface.md names."""


def alerts(imcost: Shell, at: str, command: str = "check") -> list[dict[str, Any]]:
    """The alerts of `imcost alerts COMMAND --json`."""
    found: list[dict[str, Any]] = imcost("alerts", command, "--json", "--as-of", day(at)).json["alerts"]
    return found


def test_a_check_answers_as_the_interface_says(imcost: Shell) -> None:
    imcost("init")
    observe(imcost, 40, "01 10:00")
    result = imcost("alerts", "check", "--json", "--as-of", day("01 11:00"))
    assert result.code == 1
    assert result.json["as_of"] == day("01 11:00")
    [alert] = result.json["alerts"]
    assert set(alert) >= FIELDS
    assert alert | {"id": ""} == alert | {
        "id": "",
        "rule": "quota *",
        "severity": "warning",
        "state": "firing",
        "acked": False,
        "silenced_until": None,
        "subject": {"account_id": "42", "region": "cn-hangzhou", "quota": "manual_image_caches"},
        "value": 40,
        "limit": 50,
        "share": "0.8",
        "threshold": "80%",
        "since": day("01 11:00"),
        "message": "40 of 50 manual image caches used in cn-hangzhou, account 42",
        "consequence": "At the limit, creating a manual cache is refused: what waits for one fails.",
    }


@pytest.mark.parametrize(
    ("used", "code", "state", "severity"),
    [
        (39, 0, "ok", "warning"),
        (40, 1, "firing", "warning"),
        (47, 1, "firing", "warning"),
        (48, 1, "firing", "critical"),
    ],
)
def test_thresholds(imcost: Shell, used: int, code: int, state: str, severity: str) -> None:
    imcost("init")
    observe(imcost, used, "01 10:00")
    result = imcost("alerts", "check", "--json", "--no-notify", "--as-of", day("01 11:00"))
    assert (result.code, result.json["alerts"][0]["state"]) == (code, state)
    assert result.json["alerts"][0]["severity"] == severity


def test_without_anything_known_nothing_fires(imcost: Shell) -> None:
    imcost("init")
    assert imcost("alerts", "check", "--json").json["alerts"] == []
    assert imcost("alerts", "check").code == 0


def test_a_quota_without_a_limit_is_unknown_and_not_fine(imcost: Shell) -> None:
    Path("caches.csv").write_text(
        "cache_id,account_id,region,creation_method,size_gib,created_at,observed_at\n"
        f"imc-1,42,cn-hangzhou,manual,20,{day('01 10:00')},{day('01 11:00')}\n"
    )
    imcost("init")
    assert imcost("import", "caches.csv").code == 0
    [alert] = [
        each for each in alerts(imcost, "01 12:00") if each["subject"]["quota"] == "manual_image_caches"
    ]
    assert (alert["value"], alert["limit"], alert["share"]) == (1, None, None)
    assert "the limit is not known" in alert["message"]
    assert "unknown" in imcost("alerts", "list", "--as-of", day("01 12:00")).out


def test_a_quiet_check_prints_nothing(imcost: Shell) -> None:
    imcost("init")
    observe(imcost, 45, "01 10:00")
    assert "cn-hangzhou" in imcost("alerts", "check", "--as-of", day("01 11:00")).out
    assert imcost("alerts", "check", "--as-of", day("01 11:01")) == (1, "", "")


def test_list_shows_what_the_last_check_left(imcost: Shell) -> None:
    imcost("init")
    observe(imcost, 45, "01 10:00")
    checked = alerts(imcost, "01 11:00")
    assert alerts(imcost, "01 12:00", "list") == checked
    table = imcost("alerts", "list", "--as-of", day("01 12:00"))
    assert (table.code, table.err) == (0, "")
    assert checked[0]["id"] in table.out
    assert "90%" in table.out


def test_states_later_than_the_present_are_ignored(imcost: Shell) -> None:
    imcost("init")
    observe(imcost, 45, "01 10:00")
    observe(imcost, 10, "03 10:00")
    check(imcost, "01 11:00")
    check(imcost, "03 11:00")
    assert alerts(imcost, "02 11:00", "list")[0]["state"] == "firing"
    result = imcost("alerts", "check", "--json", "--as-of", day("02 11:00"))
    assert result.json["alerts"][0]["state"] == "firing"
    assert result.json["alerts"][0]["since"] == day("01 11:00")
    assert "lies before the last check" in result.err
    assert alerts(imcost, "03 12:00", "list")[0]["state"] == "resolved"


def test_an_acknowledgement_names_who(imcost: Shell) -> None:
    imcost("init")
    observe(imcost, 45, "01 10:00")
    id = alerts(imcost, "01 11:00")[0]["id"]
    acked = imcost("alerts", "ack", id, "--by", "li", "--json", "--as-of", day("01 11:30"))
    assert acked.code == 0
    assert acked.json["alert"]["acked"] is True
    again = imcost("alerts", "ack", id, "--by", "wang", "--json", "--as-of", day("01 11:40"))
    assert again.json["alert"]["acked_by"] == "li"
    assert alerts(imcost, "01 12:00")[0]["acked"] is True
    observe(imcost, 10, "01 13:00")
    assert alerts(imcost, "01 13:00")[0]["acked"] is False


def test_only_what_fires_can_be_acknowledged(imcost: Shell) -> None:
    imcost("init")
    observe(imcost, 5, "01 10:00")
    id = alerts(imcost, "01 11:00")[0]["id"]
    fine, typo = imcost("alerts", "ack", id), imcost("alerts", "ack", id[:-1] + "x")
    assert (fine.code, typo.code) == (2, 2)
    assert "is ok, and only what fires can be acknowledged" in fine.err
    assert f"did you mean {id!r}?" in typo.err


@pytest.mark.parametrize(
    ("match", "silenced"),
    [
        ("quota=manual_image_caches,region=cn-*", True),
        ("manual_image_caches", True),
        ("quota ?", True),
        ("account=42", True),
        ("*", True),
        ("region=us-*", False),
        ("account=4", False),
        ("quota=manual_image_caches,region=us-*", False),
    ],
)
def test_a_silence_matches_fields_or_words(imcost: Shell, match: str, silenced: bool) -> None:
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        observe(imcost, 10, "01 09:00")
        check(imcost, "01 09:30")
        made = imcost(
            "alerts", "silence", match, "--for", "2h", "--reason", "moving", "--by", "li", "--json",
            "--as-of", day("01 10:30"),
        )  # fmt: skip
        assert made.code == 0
        assert bool(made.json["silence"]["alerts"]) == silenced
        observe(imcost, 45, "01 10:00")
        [alert] = alerts(imcost, "01 11:00")
        assert alert["state"] == "firing"
        assert alert["silenced_until"] == (day("01 12:30") if silenced else None)
        assert len(receiver.posts) == (0 if silenced else 1)
        check(imcost, "01 12:30")
        assert [post.json["change"] for post in receiver.posts] == ["firing"]


def test_a_silence_ends_early_with_0m(imcost: Shell) -> None:
    imcost("init")
    observe(imcost, 45, "01 10:00")
    check(imcost, "01 10:30")
    imcost("alerts", "silence", "quota=*", "--for", "2d", "--as-of", day("01 11:00"))
    listed = imcost("alerts", "list", "--as-of", day("01 11:30"))
    assert "silenced until 2026-11-03T11:00:00+08:00" in listed.out
    assert imcost("alerts", "silence", "quota=*", "--for", "0m", "--as-of", day("01 12:00")).code == 0
    assert alerts(imcost, "01 12:00")[0]["silenced_until"] is None


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["*", "--for", "soon"], "'soon' is no length of time (--for): write a length of time"),
        (["regin=x", "--for", "2h"], "alerts have no 'regin' (MATCH): did you mean 'region'?"),
        (["", "--for", "2h"], "'' matches nothing (MATCH)"),
        (["*"], "missing option '--for'"),
    ],
)
def test_a_silence_that_can_not_be_meant_is_refused(imcost: Shell, args: list[str], said: str) -> None:
    imcost("init")
    result = imcost("alerts", "silence", *args)
    assert result.code == 2
    assert said in result.err


def test_a_second_run_leaves_with_a_sentence(imcost: Shell) -> None:
    from billing.workspace import Workspace

    imcost("init")
    with Workspace(imcost.workspace).checking():
        result = imcost("alerts", "check")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"error: another process is checking the alerts of this workspace ({imcost.workspace}): nothing to do: it"
        " tells what changed\n"
    )


def test_a_missing_secret_stops_before_anything_changes(
    imcost: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_URL", raising=False)
    notify(imcost, "${NO_SUCH_URL}")
    observe(imcost, 45, "01 10:00")
    result = imcost("alerts", "check", "--as-of", day("01 11:00"))
    assert result.code == 2
    assert "NO_SUCH_URL is not set in the environment" in result.err
    assert alerts(imcost, "01 11:00", "list") == []
    assert check(imcost, "01 11:00", "--no-notify") == 1


def test_a_rule_that_is_taken_away_resolves_its_alerts(imcost: Shell) -> None:
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        observe(imcost, 45, "01 10:00")
        check(imcost, "01 11:00")
        notify(imcost, receiver.url, rest='[[alerts.quota]]\nquota = "automatic_image_caches"')
        [gone] = alerts(imcost, "01 12:00")
        assert (gone["state"], gone["message"]) == (
            "resolved",
            "No longer watched: no rule or no record is about it any more",
        )
        assert [post.json["change"] for post in receiver.posts] == ["firing", "resolved"]
        check(imcost, "03 12:00")
        check(imcost, "03 12:01")
        assert alerts(imcost, "03 12:02", "list") == []


def test_other_thresholds_do_not_fire_again(imcost: Shell) -> None:
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        observe(imcost, 45, "01 10:00")
        check(imcost, "01 11:00")
        notify(imcost, receiver.url, rest='[[alerts.quota]]\nwarning = "60%"')
        check(imcost, "01 12:00")
        notify(imcost, receiver.url, rest='[[alerts.quota]]\nwarning = "44"')
        check(imcost, "01 12:30")
        assert len(receiver.posts) == 1


def test_health_rules_watch_the_workspace_itself(imcost: Shell) -> None:
    notify(imcost, rest='[alerts.health]\nstale = "warning"\nchecks = "critical"\nunrated = "warning"')
    observe(imcost, 5, "01 10:00")
    states = {each["rule"]: each["state"] for each in alerts(imcost, "01 11:00")}
    assert states == {"quota *": "ok", "health stale": "ok", "health checks": "ok", "health unrated": "ok"}
    Path("caches.csv").write_text(
        "cache_id,account_id,region,creation_method,size_gib,created_at,ready_at,observed_at\n"
        f"imc-1,42,cn-nowhere,manual,20,{day('01 10:00')},{day('01 10:05')},{day('01 11:00')}\n"
    )
    assert imcost("import", "caches.csv").code == 0
    found = {each["rule"]: each for each in alerts(imcost, "02 11:00") if each["state"] == "firing"}
    assert set(found) == {"health stale", "health unrated"}
    assert "was observed last on 2026-11-01 10:00 +08:00, 1d 1h ago" in found["health stale"]["message"]
    assert "quantities of 2026-11 have no price" in found["health unrated"]["message"]
    for file in (imcost.workspace / "records").iterdir():
        file.unlink()
    broken = imcost("alerts", "check", "--json", "--as-of", day("02 12:00"))
    assert broken.code in (1, 2)


def test_hostile_names_are_harmless(imcost: Shell) -> None:
    hostile = "<b>@all</b>\\x1b[2J `x` *y* [z](http://evil)"
    Path("quotas.csv").write_text(
        "account_id,region,quota,limit,used,observed_at\n"
        f'"{hostile}",cn-hangzhou,manual_image_caches,50,45,{day("01 10:00")}\n'
    )
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        assert imcost("import", "quotas.csv").code == 0
        [alert] = alerts(imcost, "01 11:00")
        assert alert["subject"]["account_id"] == hostile
        for text in (alert["message"], receiver.posts[0].json["text"]):
            assert not set("<>@`*[]") & set(text)
        listed = imcost("alerts", "list", "--as-of", day("01 11:00"))
        assert "\x1b" not in listed.out


def test_a_replay_tells_what_would_have_fired(imcost: Shell, tmp_path: Path) -> None:
    imcost("init")
    for used, at in ((10, "01 10:00"), (45, "02 10:00"), (48, "03 10:00"), (20, "04 10:00")):
        observe(imcost, used, at)
    args = ["--from", day("01 00:00"), "--until", day("05 00:00"), "--as-of", day("06 00:00")]
    result = imcost("alerts", "replay", *args, "--json")
    assert result.code == 0
    assert [
        (each["at"], each["change"], each["severity"], each["value"]) for each in result.json["changes"]
    ] == [
        (day("02 10:00"), "fired", "warning", 45),
        (day("03 10:00"), "raised", "critical", 48),
        (day("04 10:00"), "resolved", "critical", 20),
    ]
    [alert] = result.json["alerts"]
    assert (alert["messages"], alert["firing_s"]) == (3, 2 * 86400)
    tuned = imcost("alerts", "replay", *args, "--set", "warning=97%", "--set", "critical=98%", "--json")
    assert tuned.json["changes"] == []
    held = imcost("alerts", "replay", *args, "--set", "for=36h", "--json").json["changes"]
    assert [(each["at"], each["change"]) for each in held] == [
        (day("03 22:00"), "fired"),
        (day("04 10:00"), "resolved"),
    ]
    drawing = tmp_path / "replay.svg"
    table = imcost("alerts", "replay", *args, "--chart", drawing)
    assert "fired" in table.out
    assert drawing.read_text().startswith("<svg")
    assert alerts(imcost, "06 00:00", "list") == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--from", "2026-11-05", "--until", "2026-11-05"], "there is nothing to replay"),
        (["--from", "noon"], "'noon' is no instant (--from)"),
        (["--from", "2026-11-01", "--every", "1s"], "1s is too short (--every)"),
        (["--from", "2026-11-01", "--set", "warnin=5%"], "did you mean 'warning'?"),
        (["--from", "2026-11-01", "--set", "warning=120%"], 'write at most "100%"'),
    ],
)
def test_a_replay_that_can_not_be_meant_is_refused(imcost: Shell, args: list[str], said: str) -> None:
    imcost("init")
    result = imcost("alerts", "replay", *args, "--as-of", "2026-11-06")
    assert result.code == 2
    assert said in result.err


def test_a_replay_agrees_with_checks_made_at_the_time(imcost: Shell) -> None:
    imcost("init")
    made: list[tuple[str, str, str]] = []
    for index, used in enumerate((30, 41, 39, 36, 49, 47, 44, 20, 48), start=1):
        at = f"{index:02} 10:00"
        observe(imcost, used, at)
        before = made[-1][1:] if made else ("ok", "warning")
        [alert] = alerts(imcost, at)
        if (alert["state"], alert["severity"]) != before and (alert["state"], before[0]) != (
            "ok",
            "resolved",
        ):
            made.append((day(at), alert["state"], alert["severity"]))
    args = ["--from", "2026-11-01", "--until", "2026-11-10", "--as-of", "2026-11-10", "--json"]
    replayed = imcost("alerts", "replay", *args).json["changes"]
    names = {"fired": "firing", "raised": "firing", "lowered": "firing", "resolved": "resolved"}
    assert [(each["at"], names[each["change"]], each["severity"]) for each in replayed] == [
        each for each in made if each[1] != "ok"
    ]


def test_the_channels_content_is_what_the_outbox_keeps(imcost: Shell) -> None:
    """No address and no secret is in the ledger."""
    with http_receiver() as receiver:
        notify(imcost, receiver.url)
        observe(imcost, 45, "01 10:00")
        check(imcost, "01 11:00")
        assert b"s3cr3t" not in (imcost.workspace / "catalogue.sqlite").read_bytes()
        assert json.loads(receiver.posts[0].body)["title"] == "WARNING 90% · manual caches · cn-hangzhou"
