"""Reading usage records and the provider's own answers, checking every row, and handing them to the store.

Owns what an input file may be: where it lies, how it is compressed, which format and kind it is of, what a value may look like,
and why a row is rejected. Doesn't know what makes a record current (that is the store's), nor what anything costs. Rows are
checked by SQL over the file; where Python has to take a file apart, its rows go through the same SQL afterwards.

Steps, in this order (run.py): inputs → recognise → formats → desk and validation → loaded → posting. To add a format, add a
module to formats/; to add a column, add it to columns.py and to the store's schema.
"""
