"""All benchmarks, one after the other."""

from benchmarks import forecast, importing, month, peers, start

for benchmark in (start, month, importing, forecast, peers):
    benchmark.main()
