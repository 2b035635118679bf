"""The quantity that a charge says is held: a small expression over a record's columns and a tariff's dated values.

Sizes are GiB. An expression whose columns or values are not known has no value (None), never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

Columns = Mapping[str, Decimal | int | None]
Values = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Constant:
    """A whole number that the rule itself states, such as one enabling."""

    value: int

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """The number."""
        return Decimal(self.value)

    def columns(self) -> frozenset[str]:
        """The columns that the value depends on: none."""
        return frozenset()

    def values(self) -> frozenset[str]:
        """The dated values that the value depends on: none."""
        return frozenset()

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the record; on an instance charge `cache.size_gib` is the column of the instance's cache."""

    name: str

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """What the record says, None where it says nothing."""
        found = columns[self.name]
        return None if found is None else Decimal(found)

    def columns(self) -> frozenset[str]:
        """The columns that the value depends on: this one."""
        return frozenset({self.name})

    def values(self) -> frozenset[str]:
        """The dated values that the value depends on: none."""
        return frozenset()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Value:
    """A dated value of the tariff, as it stands at the moment of use."""

    name: str

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """What the tariff says, None where it has no such value."""
        return values.get(self.name)

    def columns(self) -> frozenset[str]:
        """The columns that the value depends on: none."""
        return frozenset()

    def values(self) -> frozenset[str]:
        """The dated values that the value depends on: this one."""
        return frozenset({self.name})

    def __str__(self) -> str:
        return self.name


class _Pair:
    """What the nodes with two operands share."""

    __slots__ = ()
    __match_args__: tuple[str, ...]

    def _operands(self) -> "tuple[Expression, Expression]":
        first, second = (getattr(self, name) for name in self.__match_args__)
        return first, second

    def columns(self) -> frozenset[str]:
        """The columns that the value depends on: those of both operands."""
        first, second = self._operands()
        return first.columns() | second.columns()

    def values(self) -> frozenset[str]:
        """The dated values that the value depends on: those of both operands."""
        first, second = self._operands()
        return first.values() | second.values()


@dataclass(frozen=True, slots=True)
class Known(_Pair):
    """The first where it is known, otherwise the second."""

    first: "Expression"
    otherwise: "Expression"

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """The first operand's value, or where that is None the second's."""
        found = self.first.evaluate(columns, values)
        return self.otherwise.evaluate(columns, values) if found is None else found

    def __str__(self) -> str:
        return f"({self.first}, where not known {self.otherwise})"


@dataclass(frozen=True, slots=True)
class Excess(_Pair):
    """What lies over a threshold: max(0, of - over)."""

    of: "Expression"
    over: "Expression"

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """The difference, at least zero; None where either is not known."""
        of, over = self.of.evaluate(columns, values), self.over.evaluate(columns, values)
        return None if of is None or over is None else max(Decimal(0), of - over)

    def __str__(self) -> str:
        return f"max(0, {self.of} − {self.over})"


@dataclass(frozen=True, slots=True)
class Times(_Pair):
    """A size times a count."""

    left: "Expression"
    right: "Expression"

    def evaluate(self, columns: Columns, values: Values) -> Decimal | None:
        """The product; None where either factor is not known."""
        left, right = self.left.evaluate(columns, values), self.right.evaluate(columns, values)
        return None if left is None or right is None else left * right

    def __str__(self) -> str:
        return f"{self.left} × {self.right}"


Expression = Constant | Column | Value | Known | Excess | Times
