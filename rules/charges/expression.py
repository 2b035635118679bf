"""The quantity that a charge holds: a small expression over a record's columns and a tariff's dated values.

Sizes are GiB. Where a column or value that it needs is not known, an expression has no value (None), never
zero. The meter translates the same nodes into SQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Columns = Mapping[str, Decimal | int | None]
Values = Mapping[str, Decimal | None]


class _Node:
    """What all nodes share: which columns and dated values the quantity depends on."""

    __slots__ = ()

    def operands(self) -> "tuple[Expression, ...]":
        """The expressions that this one is made of."""
        return ()

    def columns(self) -> frozenset[str]:
        """The columns of the record that the quantity depends on."""
        return frozenset(name for operand in self.operands() for name in operand.columns())

    def values(self) -> frozenset[str]:
        """The dated values of the tariff that the quantity depends on."""
        return frozenset(name for operand in self.operands() for name in operand.values())


@dataclass(frozen=True, slots=True)
class Constant(_Node):
    """A whole number that the rule itself states, such as one enabling."""

    value: int

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """The number."""
        return Decimal(self.value)

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Column(_Node):
    """A column of the record; on an instance, `cache.size_gib` is the column of the cache that it uses."""

    name: str

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """What the record says, None where it says nothing."""
        found = columns[self.name]
        return None if found is None else Decimal(found)

    def columns(self) -> frozenset[str]:
        """This column."""
        return frozenset({self.name})

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Value(_Node):
    """A dated value of the tariff, as it stands at the moment of use."""

    name: str

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """What the tariff says, None where it has no such value then."""
        return values.get(self.name)

    def values(self) -> frozenset[str]:
        """This dated value."""
        return frozenset({self.name})

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Known(_Node):
    """The first where it is known, otherwise the second."""

    first: "Expression"
    otherwise: "Expression"

    def operands(self) -> "tuple[Expression, ...]":
        """Both."""
        return self.first, self.otherwise

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """The first operand's value, or where that is None the second's."""
        found = self.first.evaluate(columns, values)
        return self.otherwise.evaluate(columns, values) if found is None else found

    def __str__(self) -> str:
        return f"({self.first}, where not known {self.otherwise})"


@dataclass(frozen=True, slots=True)
class Excess(_Node):
    """What lies over a threshold: max(0, of - over)."""

    of: "Expression"
    over: "Expression"

    def operands(self) -> "tuple[Expression, ...]":
        """Both."""
        return self.of, self.over

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """The difference, at least zero; None where either is not known."""
        of, over = self.of.evaluate(columns, values), self.over.evaluate(columns, values)
        return None if of is None or over is None else max(Decimal(0), of - over)

    def __str__(self) -> str:
        return f"max(0, {self.of} − {self.over})"


@dataclass(frozen=True, slots=True)
class Times(_Node):
    """A size times a count."""

    size: "Expression"
    count: "Expression"

    def operands(self) -> "tuple[Expression, ...]":
        """Both."""
        return self.size, self.count

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """The product; None where either factor is not known."""
        size, count = self.size.evaluate(columns, values), self.count.evaluate(columns, values)
        return None if size is None or count is None else size * count

    def __str__(self) -> str:
        return f"{self.size} × {self.count}"


Expression = Constant | Column | Value | Known | Excess | Times
