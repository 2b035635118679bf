"""`imcost quota`: the answer of interface.md, the past, the history as table, JSON and drawing, and what is refused."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.running import Shell
from tests.quotas.stories import at, cache, observed

AS_OF = at(24 * 20)


def workspace(
    imcost: Shell, caches: Sequence[dict[str, str]], seen: Sequence[dict[str, str]] = (), settings: str = ""
) -> None:
    """Import the rows of a story."""
    imcost.workspace.mkdir(exist_ok=True)
    (imcost.workspace / "imcost.toml").write_text(settings)
    paths = []
    for name, rows in (("caches", caches), ("quotas", seen)):
        if rows:
            columns = sorted({column for row in rows for column in row})
            path = imcost.workspace.parent / f"{name}.csv"
            lines = [",".join(row.get(column, "") for column in columns) for row in rows]
            path.write_text("\n".join([",".join(columns), *lines]) + "\n")
            paths.append(path)
    assert imcost("import", *paths).code == 0


@pytest.fixture
def filled(imcost: Shell) -> Shell:
    """Two manual caches, one of them LRU; two automatic ones; the manual quota was observed to be full."""
    caches = [
        cache("a", 1, elimination_strategy="LRU", ready_at=at(2), snapshot_gib="2"),
        cache("b", 2),
        cache("c", 3, creation_method="automatic", last_matched_at=at(30)),
        cache("d", 4, creation_method="automatic"),
    ]
    workspace(imcost, caches, [observed(24 * 19 + 1, 3, limit=3)])
    return imcost


def test_the_answer_is_as_the_interface_has_it(filled: Shell) -> None:
    result = filled("quota", "--json", "--as-of", AS_OF)
    assert (result.code, result.err) == (0, "")
    assert result.json["as_of"] == AS_OF
    automatic, manual = result.json["quotas"]
    expected = {
        "account_id": "a",
        "region": "cn-hangzhou",
        "quota": "manual_image_caches",
        "limit": 3,
        "limit_observed_at": at(24 * 19 + 1),
        "used": 3,
        "counted": 2,
        "share": "1",
        "peak": 3,
        "peak_at": at(24 * 19 + 1),
        "at_limit": "evicts",
        "next_evicted": ["imc-a"],
    }
    assert {name: manual[name] for name in expected} == expected
    assert manual["forecast"]["reaches"] == AS_OF
    assert (manual["difference"], manual["differs_since"]) == (1, at(24 * 19 + 1))
    assert manual["explanations"] == [
        f"the caches' records are older, the last was observed at {at(2)}: records may be missing"
    ]
    (loss,) = manual["losses"]
    assert (loss["rebuild_s"], loss["pull_s"], loss["uses"]) == (3600, 278, 0)
    assert loss["rebuild_amount"] == "0.483072"
    unknown = {"limit": None, "limit_observed_at": None, "share": None, "free_places": None, "used": 2}
    assert {name: automatic[name] for name in unknown} == unknown
    assert automatic["next_evicted"] == ["imc-d", "imc-c"]
    assert automatic["forecast"]["reaches"] is None
    assert automatic["forecast"]["reason"] == "the limit is not known"


def test_the_table_says_what_matters(filled: Shell) -> None:
    result = filled("quota", "--as-of", AS_OF)
    assert result.code == 0
    said = " ".join(result.out.split())
    assert "a cn-hangzhou automatic 2 unknown 2 unknown" in said
    assert "a cn-hangzhou manual 3 3 100% 0 3 now" in said
    assert "the limit is unknown: import the provider's ListUsage" in said
    assert "1 more observed than counted, since" in said
    assert "at the limit: caches are evicted, the least recently used first:" in said
    assert "imc-d never 2026-10-01" in said


def test_a_refusal_is_told(imcost: Shell) -> None:
    workspace(imcost, [cache("a", 1)], [observed(2, 1, limit=1)])
    result = imcost("quota", "--as-of", at(30))
    assert "at the limit: the next creation is refused: no cache is marked LRU" in result.out
    assert "1~" in result.out
    assert "~ the latest observation is old" in result.out
    assert imcost("quota", "--json", "--as-of", at(30)).json["quotas"][0]["at_limit"] == "refused"


def test_the_past_is_as_it_was(filled: Shell) -> None:
    then = filled("quota", "--json", "--as-of", AS_OF, "--at", at(3)).json
    assert then["as_of"] == at(3)
    assert [(quota["quota"], quota["used"], quota["limit"]) for quota in then["quotas"]] == [
        ("automatic_image_caches", 1, None),
        ("manual_image_caches", 2, None),
    ]
    assert filled("quota", "--json", "--as-of", at(3)).json == then


def test_filters_leave_the_others_away(filled: Shell) -> None:
    wanted = filled("quota", "--json", "--as-of", AS_OF, "--quota", "manual_image_caches").json["quotas"]
    assert [quota["quota"] for quota in wanted] == ["manual_image_caches"]
    for option in (("--account", "b"), ("--region", "cn-beijing")):
        assert filled("quota", "--json", "--as-of", AS_OF, *option).json["quotas"] == []
    assert "no quota is known" in filled("quota", "--account", "b").out


def test_the_history_is_a_table_and_json(filled: Shell) -> None:
    steps = filled("quota", "--history", "--from", at(0), "--as-of", at(50), "--json").json["steps"]
    manual = [step for step in steps if step["quota"] == "manual_image_caches"]
    assert [(step["from"], step["until"], step["used"]) for step in manual] == [
        (at(0), at(1), 0),
        (at(1), at(2), 1),
        (at(2), at(50), 2),
    ]
    table = filled(
        "quota", "--history", "--from", at(0), "--as-of", at(50), "--quota", "manual_image_caches"
    ).out
    rows = [line.split()[:4] for line in table.splitlines() if line.startswith("2026")]
    assert rows == [
        ["2026-10-01", "2", "2", "2"],
        ["2026-10-02", "2", "2", "2"],
        ["2026-10-03", "2", "2", "2"],
    ]


def test_the_history_is_a_drawing(filled: Shell, tmp_path: Path) -> None:
    path = tmp_path / "quotas.svg"
    result = filled("quota", "--chart", path, "--as-of", AS_OF)
    assert (result.code, result.out) == (0, f"{path}\n")
    drawing = path.read_text()
    assert drawing.startswith("<svg")
    assert "manual_image_caches" in drawing
    assert "stroke-dasharray" in drawing
    again = tmp_path / "again.svg"
    filled("quota", "--chart", again, "--as-of", AS_OF)
    assert again.read_text() == drawing


def test_limits_of_one_cache_and_what_expires_in_use(imcost: Shell) -> None:
    tags = '"{' + ",".join(f'""t{number}"":""""' for number in range(17)) + '}"'
    caches = [
        cache("small", 1, size_gib="10"),
        cache("tagged", 1, tags=tags),
        cache("going", 1, retention_days="20"),
        cache("kept", 1),
    ]
    workspace(imcost, caches)
    instances = imcost.workspace.parent / "instances.csv"
    instances.write_text(
        "instance_id,account_id,region,cache_id,vcpu,memory_gib,started_at,observed_at\n"
        f"eci-1,a,cn-hangzhou,imc-going,2,4,{at(24 * 18)},{at(24 * 18)}\n"
    )
    assert imcost("import", instances).code == 0
    answer = imcost("quota", "--json", "--as-of", AS_OF).json
    assert [
        (each["cache_id"], each["what"], each["value"], each["beyond"]) for each in answer["near_limits"]
    ] == [
        ("imc-small", "size_gib", "10", True),
        ("imc-tagged", "tags", "17", False),
    ]
    assert answer["expiring"] == [
        {
            "account_id": "a",
            "region": "cn-hangzhou",
            "cache_id": "imc-going",
            "expires_at": at(24 * 20 + 1),
            "running": 1,
            "started_lately": 1,
        }
    ]
    said = " ".join(imcost("quota", "--as-of", AS_OF).out.split())
    assert "imc-small: size_gib 10 of 20 to 32768 beyond it" in said
    assert "imc-going: expires at" in said


def test_evictions_at_the_limit_are_concluded(imcost: Shell) -> None:
    caches = [
        cache("a", 1, 5, creation_method="automatic"),
        cache("b", 2, creation_method="automatic"),
        cache("c", 5, creation_method="automatic"),
        cache("m", 1, 6),
    ]
    workspace(imcost, caches, [observed(1, None, limit=2, quota="automatic"), observed(1, None, limit=1)])
    automatic, manual = imcost("quota", "--json", "--as-of", at(30)).json["quotas"]
    assert (automatic["evicted"], manual["evicted"]) == (1, 0)
    assert (automatic["full_s"], manual["full_s"]) == (28 * 3600, 5 * 3600)
    assert "1 caches were deleted while it was full" in imcost("quota", "--as-of", at(30)).out


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[quota]\nstale = "soon"\n', "quota.stale is 'soon'"),
        ('[quota]\nstale = "0m"\n', "quota.stale is 0: every observation would be old"),
        ('[quota]\nwindow = "3d"\n', "quota.window is '3d'"),
        ('[quota]\nwindow = "8d1h"\n', 'write whole days, "7d" to "366d"'),
        ("[quota]\nwindows = 7\n", "unknown setting quota.windows"),
    ],
)
def test_bad_settings_are_refused(imcost: Shell, settings: str, said: str) -> None:
    workspace(imcost, [cache("a", 1)])
    (imcost.workspace / "imcost.toml").write_text(settings)
    result = imcost("quota")
    assert result.code == 2
    assert said in result.err


def test_settings_are_followed(imcost: Shell) -> None:
    workspace(imcost, [], [observed(1, 3)], '[quota]\nstale = "40d"\nwindow = "14d"\n')
    (quota,) = imcost("quota", "--json", "--as-of", AS_OF).json["quotas"]
    assert quota["stale"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--at", at(24 * 21)), "lies after the present moment (--at)"),
        (("--at", "yesterday"), "'yesterday' is no instant (--at)"),
        (("--history", "--from", at(24 * 20)), "the history begins at its end or later (--from)"),
        (("--quota", "manual"), "there is no quota 'manual'"),
        (("--chart", "x.svg", "--account", "nobody"), "there is no quota to draw (--chart)"),
    ],
)
def test_wrong_use_is_refused(filled: Shell, arguments: tuple[str, ...], said: str) -> None:
    result = filled("quota", "--as-of", AS_OF, *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_names_from_other_people_are_harmless(imcost: Shell) -> None:
    workspace(imcost, [cache("a[red]\x1b[31m", 1, creation_method="automatic", account_id="x[bold]")])
    out = imcost("quota", "--as-of", AS_OF).out
    assert "\x1b" not in out
    assert "x[bold]" in out
    assert "imc-a[red]\\x1b[31m" in out
