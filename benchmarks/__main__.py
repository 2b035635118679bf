"""All benchmarks, one after the other."""

from benchmarks import forecast, importing, month, peers, quota, start

for benchmark in (start, month, importing, quota, forecast, peers):
    benchmark.main()
