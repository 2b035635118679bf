"""Why a row can be rejected: every stable code, declared once, with the sentence that says what to do.

A rejected row is data, not an error: it is kept with file, line, raw text, code and sentence, and the good rows beside it are
imported. Codes never change their meaning; scripts rely on them. Each has a runnable sample under tests/importing/samples.
"""

from dataclasses import dataclass

from billing.importing.columns import EARLIEST, LATEST, MOST_DECIMALS, MOST_IMAGES, MOST_TAGS, InputColumn

MOST_ROW_BYTES = 2_000_000
"""A longer row is no usage record: it is rejected unread."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason: `code` for scripts, `sentence` for people; `{column}` and the like are filled in for the row's column."""

    code: str
    sentence: str


REJECTIONS: tuple[Rejection, ...] = (
    Rejection(
        "field_count", "the row does not have as many fields as the header: quote fields that hold a comma"
    ),
    Rejection(
        "bad_quoting", 'a quoted field is not closed properly: double quotes inside a field are written ""'
    ),
    Rejection("not_utf8", "the row is not valid UTF-8: save the file as UTF-8"),
    Rejection("row_too_long", f"the row is longer than {MOST_ROW_BYTES} bytes: it can't be one record"),
    Rejection("bad_json", "the line is not a JSON object with distinct keys: write one record per line"),
    Rejection(
        "bad_answer", "the answer's {column} is not of the documented shape: keep it as the provider sent it"
    ),
    Rejection("missing_value", "{column} is empty: every record needs it{option}"),
    Rejection("bad_text", "{column} is not plain text: it must be text without NUL characters"),
    Rejection(
        "bad_number",
        "{column} is not a plain decimal number: write digits with a point, such as 20 or 0.5; no sign, unit or exponent",
    ),
    Rejection(
        "too_precise",
        f"{{column}} has more than {MOST_DECIMALS} decimals: round it to {MOST_DECIMALS} at its source",
    ),
    Rejection("bad_integer", "{column} is not a whole number: write digits only"),
    Rejection("out_of_range", "{column} is out of range: it must be {range}"),
    Rejection("bad_boolean", "{column} is neither true nor false"),
    Rejection("bad_choice", "{column} is not a known value: write {choices}"),
    Rejection("bad_time", "{column} is not a time: write it as 2026-10-01T00:00:00+08:00"),
    Rejection("naive_time", "{column} has no offset: add Z or an offset such as +08:00"),
    Rejection("time_out_of_range", f"{{column}} is out of range: times lie between {EARLIEST} and {LATEST}"),
    Rejection("wrong_order", "{column} is before {other}: one of the two is wrong"),
    Rejection("two_outcomes", "{column} and {other} are both set: a build either became ready or failed"),
    Rejection("bad_tags", 'tags are not a JSON object of strings: write them as {{"team":"search"}}'),
    Rejection("too_many_tags", f"there are more than {MOST_TAGS} tags: the provider allows {MOST_TAGS}"),
    Rejection("bad_images", 'images are not a JSON array of text: write them as ["nginx:1.27"]'),
    Rejection(
        "too_many_images", f"there are more than {MOST_IMAGES} images: a cache holds at most {MOST_IMAGES}"
    ),
)

_BY_CODE = {rejection.code: rejection for rejection in REJECTIONS}


@dataclass(frozen=True, slots=True)
class Problem:
    """A code with the sentence for one column: what a check found, told to the person who must mend it."""

    code: str
    message: str


def problem(code: str, column: InputColumn | None = None, *, other: str = "", name: str = "") -> Problem:
    """The problem with this code at a column (or at the field `name` of an answer); `other` is a second column's name."""
    facts = {"column": name, "other": other, "option": "", "range": "", "choices": ""}
    if column is not None:
        facts |= {
            "column": column.name,
            "option": f", or give {column.option}" if column.option else "",
            "range": _range(column),
            "choices": " or ".join(column.choices),
        }
    return Problem(code, _BY_CODE[code].sentence.format(**facts))


def _range(column: InputColumn) -> str:
    """The bounds in words: "more than 0 and at most 32768"."""
    bounds = []
    if column.above is not None:
        bounds.append(f"more than {column.above}")
    if column.low is not None:
        bounds.append(f"at least {column.low}")
    if column.high is not None:
        bounds.append(f"at most {column.high}")
    return " and ".join(bounds)
