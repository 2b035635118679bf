"""A second reading of the billing model: plain Python and fractions, sharing no code with the program.

It was written from the billing model and the interface alone, with its own table of prices and its own reading of
times. It is slow and obvious on purpose; the laws compare the program with it in every quantity, amount, flag and count.
"""
