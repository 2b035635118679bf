"""The store: what becomes of records, what a crash leaves, and what `imcost check` finds."""
