"""Metering: from usage records to exact quantities, one per record subject, charge and slice of the month.

Owns the clipping of usage at the month, at dated changes of the tariff and at the present moment, whole seconds, started
clock hours, and the translation of charge declarations into SQL. Knows no price: that is rating's job.
"""

from billing.metering.meter import (
    Metered,
    MeteredCache,
    Metering,
    Subject,
    Usage,
    make_quantities,
    meter,
    meter_quantities,
)
from billing.metering.slices import Slice, make_slices

__all__ = [
    "Metered",
    "MeteredCache",
    "Metering",
    "Slice",
    "Subject",
    "Usage",
    "make_quantities",
    "make_slices",
    "meter",
    "meter_quantities",
]
