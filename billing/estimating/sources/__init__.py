"""Where questions come from besides options: each module of this folder with a SOURCE reads one kind of file.

To add a source, add a module. A file belongs to the source that has its ending.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from billing.errors import UsageError
from billing.estimating.plan import Defaults, Plan, check_size
from billing.estimating.reading import Source, read_bytes


@cache
def sources() -> Mapping[str, Source]:
    """All sources by the ending of their files."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {ending: module.SOURCE for module in modules for ending in module.SOURCE.endings}


def read_plan(path: Path, defaults: Defaults) -> Plan:
    """What the file asks for; a UsageError says what is wrong with it, and where."""
    source = sources().get(path.suffix.lower())
    if source is None:
        raise UsageError(
            "no kind of file that an estimate can be made from",
            place=str(path),
            hint=f"give a file that ends in {', '.join(sorted(sources()))}",
        )
    plan = source.read(read_bytes(path, source.most_bytes), str(path), defaults)
    check_size(len(plan.resources), str(path))
    if not plan.resources and not plan.unpriced:
        raise UsageError("nothing in it is a cache or uses one", place=str(path), hint=source.hint)
    return plan
