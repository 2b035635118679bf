"""The formats of bills: each is one module of this folder with a FORMAT; the folder is scanned, order means nothing.

To add a format, add a module. Formats tell themselves apart by what a file holds, so that at most one recognises it.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from billing.reconciling.sources import BillFormat


@cache
def formats() -> Mapping[str, BillFormat]:
    """All formats by name, sorted."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {
        each.FORMAT.name: each.FORMAT for each in sorted(modules, key=lambda module: str(module.FORMAT.name))
    }
