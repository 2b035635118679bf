"""What the price list says, as values: charges, units, dated prices, billing months, money, quotas and retention.

Owns every rule of the billing model of ECI image caches, each with its source. Does no I/O but reading its own TOML files and a user's
tariff, knows no usage record and no clock. Someone who never runs the program can check it against the provider's pages.
"""
