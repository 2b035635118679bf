"""All benchmarks, one after the other."""

from benchmarks import estimate, forecast, importing, month, peers, quota, replay, start

for benchmark in (start, estimate, month, importing, quota, forecast, replay, peers):
    benchmark.main()
