"""All benchmarks, one after the other."""

from benchmarks import (
    alerts,
    books,
    estimate,
    forecast,
    importing,
    month,
    peers,
    quota,
    reconcile,
    replay,
    report,
    start,
)

for benchmark in (
    start,
    estimate,
    month,
    importing,
    books,
    quota,
    alerts,
    forecast,
    replay,
    reconcile,
    report,
    peers,
):
    benchmark.main()
