"""Benchmarks: ratios measured in one run on generated data; each module prints its own table when it is run."""
