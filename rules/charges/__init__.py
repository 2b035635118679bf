"""The nine charges of ECI image caches, each one declaration.

To add a charge: declare it in `creation.py` or `usage.py`, place it in CHARGES, add its worked example below `examples/` and its
rate to the tariffs. The meter, the explanations and docs/charges.md follow from the declaration.
"""

from rules.charges.charge import Charge, Source
from rules.charges.creation import (
    AUTOMATIC,
    DISK,
    INSTANCE_MEMORY,
    INSTANCE_VCPU,
    LOCAL_SNAPSHOT,
    LOCAL_SNAPSHOT_ENABLING,
    SNAPSHOT,
)
from rules.charges.usage import CACHE_DISK, EPHEMERAL_STORAGE

__all__ = ["CHARGES", "PHASES", "RATE_NAMES", "VALUE_NAMES", "Charge", "Source", "charge"]

PHASES = ("creation", "usage")

CHARGES: tuple[Charge, ...] = (
    INSTANCE_VCPU,
    INSTANCE_MEMORY,
    DISK,
    SNAPSHOT,
    LOCAL_SNAPSHOT,
    LOCAL_SNAPSHOT_ENABLING,
    AUTOMATIC,
    CACHE_DISK,
    EPHEMERAL_STORAGE,
)
"""In the order of a bill."""

RATE_NAMES: tuple[str, ...] = tuple(dict.fromkeys(charge.rate for charge in CHARGES if charge.rate is not None))
"""The rates that a tariff can have."""

VALUE_NAMES: tuple[str, ...] = tuple(sorted({name for charge in CHARGES for name in charge.held.values()}))
"""The dated values of a tariff that a quantity can refer to."""

_BY_ID = {charge.id: charge for charge in CHARGES}


def charge(charge_id: str) -> Charge:
    """The charge of an id; KeyError where there is none."""
    return _BY_ID[charge_id]
