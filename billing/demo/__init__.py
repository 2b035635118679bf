"""A made-up company whose image caches have a history, for `imcost demo`: the same days always happened in the same way.

Owns the workloads, the timeline that they live on, and the files that their usage records come in.
"""

from billing.demo.sources import write_sources, write_tariff

__all__ = ["write_sources", "write_tariff"]
