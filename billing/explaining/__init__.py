"""Explaining: how a line, a cache, an instance or a month's total came about, down to the row of the file that said so.

What is explained is metered again for the caches concerned alone. The parts that are shown are added up by themselves and have to
give the number that the meter and rating gave; where they don't, that is a bug, and said so.
"""
