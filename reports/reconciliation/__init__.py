"""What people see of a reconciliation besides the terminal: one page with the bridge, the largest differences and what to do.

Decides nothing and computes no money: amounts, classes and sentences come from `billing.reconciling`.
"""
