"""Names as SQL takes them, whatever they are made of."""


def quoted(name: str) -> str:
    """A name (of a column or table) in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def instant_literal(text: str) -> str:
    """An RFC 3339 instant in UTC, ending in Z, as a TIMESTAMP."""
    return f"TIMESTAMP '{text.removesuffix('Z').replace('T', ' ')}'"
