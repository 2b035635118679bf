"""Which format a file is of: the first bytes and the first JSON document are looked at, and every format is asked."""

from collections.abc import Iterator
from itertools import islice

from billing.errors import UsageError
from billing.importing.answers import unwrapped
from billing.importing.documents import Json, TooDeep, decode, documents, too_deep
from billing.importing.formats import formats
from billing.importing.inputs import Input
from billing.importing.reading import Format, Sample
from billing.importing.refusal import InputRefused
from billing.importing.rejection import MOST_ROW_BYTES
from rules.errors import suggestion

HEAD_BYTES = 1 << 16
FIRST_LINES = 20
"""Lines that are tried, where the first one is no JSON: it may be a broken row."""


def format_named(name: str) -> Format:
    """The format that --format names, whatever its capitals."""
    known = {each.lower(): each for each in formats()}
    if name.lower() not in known:
        raise UsageError(f"there is no format {name!r}", place="--format", hint=suggestion(name, formats()))
    return formats()[known[name.lower()]]


def sample_of(file: Input) -> Sample:
    """What formats are recognised by. Refuses text that begins like JSON and isn't."""
    with file.file.open("rb") as source:
        sample = Sample(file, source.read(HEAD_BYTES))
    if not sample.is_json or not sample.is_text:
        return sample
    document, by_line = _first_document(file)
    return Sample(file, sample.head, document, by_line)


def recognise(sample: Sample) -> Format | None:
    """The one format that the file is of; None for an answer of the provider that carries no usage records.

    Refuses what no format recognises.
    """
    found = [each for each in formats().values() if each.recognises(sample)]
    if len(found) == 1:
        return found[0]
    path = sample.input.path
    if found:
        names = " and ".join(each.name for each in found)
        raise InputRefused(f"the file could be {names}", place=path, hint="say which with --format")
    if _is_other_answer(sample.document):
        return None
    raise InputRefused("the file is of no known kind", place=path, hint=_hint(sample))


def _hint(sample: Sample) -> str:
    if not sample.is_text:
        return "usage records are CSV or JSON Lines in UTF-8, or Parquet"
    if not sample.by_line:
        return "JSON Lines have one record a line; jq -c '.[]' makes them of an array"
    if isinstance(sample.document, dict):
        return f"its keys are {', '.join(list(sample.document)[:5])}, none of which is known"
    return f"known are {', '.join(formats())}"


def _is_other_answer(document: Json) -> bool:
    """An answer, or a documented example of one, of an operation that is not imported."""
    answer = unwrapped(document)[1]
    return isinstance(answer, dict) and ("RequestId" in answer or answer is not document)


def _first_document(file: Input) -> tuple[Json, bool]:
    """The first JSON document of a file, and whether it is a line; an array's first element stands for it."""
    lines = list(_lines(file))
    first, others = lines[0], lines[1:]
    try:
        return _alone(first), not first.lstrip().startswith("[")
    except TooDeep as error:
        raise too_deep(file.path) from error
    except ValueError:
        pass
    try:
        return next(documents(file.file, path=file.path)).value, False
    except InputRefused:
        for text in others:
            try:
                document = decode(text)
            except ValueError:
                continue
            if isinstance(document, dict):
                return document, True
        raise
    except StopIteration:
        return None, False


def _alone(text: str) -> Json:
    document = decode(text)
    return (document or [None])[0] if isinstance(document, list) else document


def _lines(file: Input) -> Iterator[str]:
    """The first lines that are not empty, cut where they are longer than any row."""
    with file.file.open(encoding="utf-8-sig", errors="replace", newline="\n") as source:
        filled = (line for line in iter(lambda: source.readline(MOST_ROW_BYTES), "") if line.strip())
        yield from islice(filled, FIRST_LINES)
