"""YAML documents with every scalar as the text that was written; the only user of PyYAML.

Traps written down: aliases let a few hundred bytes unfold to gigabytes, merge keys already while loading, so the unfolded size
is counted before anything is built; the C parser nests on the machine's stack, so depth is counted on its events first; YAML's
own types would turn 1.10 into a binary float and `no` into false, so none is resolved.
"""

import re
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.cyaml import CBaseLoader
from yaml.resolver import BaseResolver

from billing.errors import UsageError

MOST_DEPTH, MOST_NODES = 60, 200_000


class _MergeOnly(BaseResolver):
    """Knows one tag: the merge key."""


_MergeOnly.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("<<"), ["<"])


class _Texts(CBaseLoader, SafeConstructor, _MergeOnly):
    """Builds texts, lists and dictionaries only, and what an explicit tag of YAML's own asks for."""


def documents(content: str, place: str) -> list[Any]:
    """The documents of a YAML text, in order; bounded in depth and in what aliases unfold to."""
    try:
        _check_depth(content, place)
        loader = _Texts(content)
        found = []
        left = MOST_NODES
        while loader.check_node():
            node = loader.get_node()
            left -= _unfolded(node, {})
            if left < 0:
                raise UsageError(
                    "the file unfolds to more than can be read",
                    place=place,
                    hint="use fewer anchors, or split it",
                )
            found.append(loader.construct_document(node))
        return found
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(
            f"the file is no YAML: {error.problem or error.context}",
            place=f"{place}, line {line}",
            hint="check it there",
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        raise UsageError(
            "the file is no YAML that can be read", place=place, hint="check what wrote it"
        ) from None


def _check_depth(content: str, place: str) -> None:
    depth = 0
    for nodes, event in enumerate(yaml.parse(content, Loader=CBaseLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH or nodes > 2 * MOST_NODES:
            what = "nests too deeply" if depth > MOST_DEPTH else "is too long"
            raise UsageError(f"the file {what}", place=place, hint="split it")


def _unfolded(node: Any, known: dict[int, int]) -> int:
    """How many nodes a node is when every alias is followed; a node inside itself counts as too many."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = MOST_NODES + 1
    size = 1
    if isinstance(node, yaml.MappingNode):
        size += sum(_unfolded(key, known) + _unfolded(value, known) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        size += sum(_unfolded(each, known) for each in node.value)
    known[id(node)] = min(size, MOST_NODES + 1)
    return known[id(node)]
