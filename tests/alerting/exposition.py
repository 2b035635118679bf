"""A strict reader of Prometheus's text format, with what `promtool check metrics` asks of names, types and help."""

import re
from decimal import Decimal
from typing import NamedTuple

LINE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9]+(?:\.[0-9]+)?)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)')
ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
NOT_BASE = ("milliseconds", "minutes", "hours", "days", "percent", "kilobytes", "gibibytes")


class Sample(NamedTuple):
    """One value of a metric."""

    name: str
    labels: dict[str, str]
    value: Decimal


def read_exposition(text: str) -> list[Sample]:
    """All samples; an AssertionError says what is wrong with the text."""
    assert text.endswith("\n")
    helped: set[str] = set()
    typed: dict[str, str] = {}
    samples: list[Sample] = []
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, _, said = line.removeprefix("# HELP ").partition(" ")
            assert said, f"{name}: no help"
            assert name not in helped, f"{name}: help twice"
            helped.add(name)
        elif line.startswith("# TYPE "):
            name, _, kind = line.removeprefix("# TYPE ").partition(" ")
            assert name not in typed, f"{name}: typed twice"
            assert kind in ("gauge", "counter"), line
            typed[name] = kind
        else:
            samples.append(_sample(line, typed, samples))
            assert samples[-1].name in helped
    assert {sample.name for sample in samples} == set(typed) == helped
    identities = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in samples]
    assert len(identities) == len(set(identities)), "a sample twice"
    return samples


def _sample(line: str, typed: dict[str, str], before: list[Sample]) -> Sample:
    match = LINE.fullmatch(line)
    assert match is not None, line
    name = match[1]
    assert name in typed, f"{name}: no type before its samples"
    assert (typed[name] == "counter") == name.endswith("_total")
    assert not any(unit in name.split("_") for unit in NOT_BASE), f"{name}: no base unit"
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name), f"{name}: not lower case"
    names = [sample.name for sample in before]
    assert name not in names or names[-1] == name, f"{name}: its samples stand apart"
    labels = {found[1]: _unescaped(found[2]) for found in LABEL.finditer(match[2] or "")}
    assert "".join(found[0] for found in LABEL.finditer(match[2] or "")) == (match[2] or ""), line
    return Sample(name, labels, Decimal(match[3]))


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda found: ESCAPES[found[0]], text)
