"""What the price list says, as values: charges, units, tariffs, billing months, money, quotas, retention.

Reads nothing but its own TOML and a tariff file that it is given, knows no usage and asks nobody the time.
"""
