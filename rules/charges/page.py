"""The page about the charges, docs/charges.md: made from the declarations, the examples and the shipped tariffs."""

from collections.abc import Iterator, Sequence

from rules.charges.charge import Charge
from rules.charges.declarations import CHARGES
from rules.charges.worked import Example, examples, sums
from rules.money import plain
from rules.period import rfc3339
from rules.tariff import Dated, load, shipped

_TOP = """# Charges

What an image cache and its use are charged for. This page is generated from the declarations in `rules/charges`, the
worked examples beside them and the shipped tariffs: `python -m rules.charges > docs/charges.md`.

The trust marks: **found** was read on a provider page or in its SDK, **mirror** in a third party's copy of one,
**inferred** follows from what was found, **own** is a user's own agreement. Times are those of UTC+8."""


def page() -> str:
    """The page as Markdown."""
    worked = examples()
    parts = [_TOP, _overview()]
    parts += [
        _section(charge, [example for example in worked if example.charge == charge.id]) for charge in CHARGES
    ]
    return "\n\n".join([*parts, _sums(), *_tariffs()]) + "\n"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _overview() -> str:
    return _table(
        ("charge", "English", "中文", "caches", "metered on", "rate", "trust"),
        (
            (
                f"[`{charge.id}`](#{charge.id.replace('.', '')})",
                charge.title["en"],
                charge.title["zh"],
                charge.creation_method,
                charge.record,
                "free" if charge.rate is None else f"`{charge.rate}`",
                charge.source.trust,
            )
            for charge in CHARGES
        ),
    )


def _section(charge: Charge, worked: Sequence[Example]) -> str:
    lines = [
        f"## `{charge.id}`",
        "",
        f"{charge.title['en']} · {charge.title['zh']}",
        "",
        f"- quantity: {charge.formula}, in {charge.unit}",
    ]
    if charge.requires is not None:
        lines.append(f"- only where `{charge.requires}` is true")
    if charge.estimated_when:
        unknown = " or ".join(f"`{column}`" for column in charge.estimated_when)
        lines.append(f"- an estimate where {unknown} is not known")
    note = f": {charge.source.note}" if charge.source.note else ""
    lines.append(f"- source: {charge.source.page}, read {charge.source.read}, {charge.source.trust}{note}")
    return "\n".join([*lines, "", *_examples(worked)])


def _examples(worked: Sequence[Example]) -> Iterator[str]:
    for example in worked:
        says = f" The page says {example.page_says}." if example.page_says else ""
        when = rfc3339(example.from_s)
        if example.until_s > example.from_s:
            when += f" to {rfc3339(example.until_s)}"
        yield (
            f"- **{example.title}** (`{example.tariff}`, {when}): {example.hand}; "
            f"comes to **{plain(example.amount)}**. From: {example.source}.{says}"
        )


def _sums() -> str:
    rows = (
        (
            found.title,
            found.page_says,
            " + ".join(plain(part.amount) for part in found.parts),
            f"**{plain(found.amount)}**",
        )
        for found in sums()
    )
    head = ("example", "the page says", "the charges", "exact")
    return f"## Examples of several charges\n\n{_table(head, rows)}"


def _holds(entry: Dated) -> str:
    return f"from {entry.from_label}" + (f" to {entry.until_label}" if entry.until_label else "")


def _tariffs() -> Iterator[str]:
    for name in shipped():
        tariff = load(name)
        rows = (
            (
                f"`{rate.name}`",
                f"{tariff.currency} {plain(rate.price.amount)}",
                rate.price.per,
                rate.region,
                _holds(rate),
                f"as `{rate.same_as.same_as}`: {rate.same_as.source}" if rate.same_as else rate.source,
                rate.same_as.read if rate.same_as else rate.read,
                rate.same_as.trust if rate.same_as else rate.trust,
            )
            for rate in tariff.rows()
        )
        head = ("rate", "price", "per", "region", "holds", "source", "read", "trust")
        yield f"## Tariff `{name}`\n\n{tariff.title}, {tariff.currency}.\n\n{_table(head, rows)}"
        values = (
            (f"`{found.name}`", found.text, _holds(found), found.source, found.read, found.trust)
            for found in tariff.value_rows()
        )
        yield _table(("value", "is", "holds", "source", "read", "trust"), values)
