"""What a charge's record holds while it is metered: small expressions over its columns and the tariff's dated values.

An expression can be evaluated on decimals here, and translated to SQL by the meter; a test holds the two together. An unknown
column (None) makes the result unknown, unless `Known` names what stands in for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

Numbers = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Expression:
    """A node; the leaves are Constant, Column and Value."""

    def evaluate(self, columns: Numbers, values: Numbers) -> Decimal | None:
        """The number held, in the unit of the columns (GiB, vCPU), or None where it can't be known."""
        raise TypeError(f"{type(self).__name__} is not an expression that can be evaluated")

    def columns(self) -> frozenset[str]:
        """The record's columns that the expression refers to."""
        return frozenset(node.name for node in self._nodes() if isinstance(node, Column))

    def values(self) -> frozenset[str]:
        """The dated values of the tariff that the expression refers to."""
        return frozenset(node.name for node in self._nodes() if isinstance(node, Value))

    def _nodes(self) -> "Iterator[Expression]":
        yield self
        for part in fields(self):
            child = getattr(self, part.name)
            if isinstance(child, Expression):
                yield from child._nodes()


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A whole number."""

    number: int

    def evaluate(self, columns: Numbers, values: Numbers) -> Decimal | None:
        """The number."""
        return Decimal(self.number)

    def __str__(self) -> str:
        """The number as text."""
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Column(Expression):
    """A column of the metered record; `cache.size_gib` is the size of the cache that an instance uses."""

    name: str

    def evaluate(self, columns: Numbers, values: Numbers) -> Decimal | None:
        """The record's value."""
        return columns[self.name]

    def __str__(self) -> str:
        """The column's name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Value(Expression):
    """A dated value of the tariff."""

    name: str

    def evaluate(self, columns: Numbers, values: Numbers) -> Decimal | None:
        """The value that holds in the metered period."""
        return values[self.name]

    def __str__(self) -> str:
        """The value's name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Known(Expression):
    """`first` where it is known, else `otherwise`."""

    first: Expression
    otherwise: Expression

    def evaluate(self, columns: Numbers, values: Numbers) -> Decimal | None:
        """The first known of the two."""
        first = self.first.evaluate(columns, values)
        return self.otherwise.evaluate(columns, values) if first is None else first

    def __str__(self) -> str:
        """Both, in words."""
        return f"({self.first}, else {self.otherwise})"


@dataclass(frozen=True, slots=True)
class Excess(Expression):
    """How far `of` lies above `over`, at least 0."""

    of: Expression
    over: Expression

    def evaluate(self, columns: Numbers, values: Numbers) -> Decimal | None:
        """max(0, of - over), unknown where one of them is."""
        of, over = self.of.evaluate(columns, values), self.over.evaluate(columns, values)
        return None if of is None or over is None else max(Decimal(0), of - over)

    def __str__(self) -> str:
        """As a formula."""
        return f"max(0, {self.of} - {self.over})"


@dataclass(frozen=True, slots=True)
class Times(Expression):
    """A size times a count of copies."""

    size: Expression
    count: Expression

    def evaluate(self, columns: Numbers, values: Numbers) -> Decimal | None:
        """The product, unknown where one of them is."""
        size, count = self.size.evaluate(columns, values), self.count.evaluate(columns, values)
        return None if size is None or count is None else size * count

    def __str__(self) -> str:
        """As a formula."""
        return f"{self.size} * {self.count}"
