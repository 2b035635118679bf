"""The nine charges: what is charged, from when until when, how much of it, at which rate, and who says so.

Owns the declarations, their expressions and the worked examples. Owns no price: those are the tariffs'.
To add a charge: one declaration, one file of worked examples, its rates in the tariffs.
"""

from rules.charges.charge import PHASES, Charge
from rules.charges.declarations import CHARGES
from rules.charges.pulling import PULL_CHARGES, PULL_SAMPLE
from rules.errors import RulesError, suggestion

__all__ = [
    "CHARGES",
    "PHASES",
    "PULL_CHARGES",
    "PULL_SAMPLE",
    "RATE_UNITS",
    "VALUE_NAMES",
    "Charge",
    "charge",
]

RATE_UNITS = {declared.rate: declared.unit for declared in CHARGES if declared.rate is not None}
"""The rates that some charge needs, each with the base unit that it is multiplied with."""

VALUE_NAMES = tuple(sorted({name for declared in CHARGES for name in declared.held.values()}))
"""The dated values of a tariff that some charge's quantity depends on."""

_BY_ID = {declared.id: declared for declared in CHARGES}


def charge(id: str) -> Charge:
    """The charge of that id; an unknown id is a RulesError that names the nearest known one."""
    if (found := _BY_ID.get(id)) is None:
        raise RulesError(f"there is no charge {id!r}", hint=suggestion(id, _BY_ID))
    return found
