"""All benchmarks, one after the other."""

from benchmarks import importing, month, peers, start

for benchmark in (start, month, importing, peers):
    benchmark.main()
