"""All benchmarks, one after the other."""

from benchmarks import estimate, forecast, importing, month, peers, quota, start

for benchmark in (start, estimate, month, importing, quota, forecast, peers):
    benchmark.main()
