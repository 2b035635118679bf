"""Tariffs: dated and sourced prices in TOML, strictly read, layered, and looked up by region and instant.

Owns the file format, its checks and the order in which entries decide. Knows no usage: a tariff says what a
unit costs, rating multiplies.
"""

from rules.tariff.entries import Dated, DatedValue, Discount, Rate, SettlementEntry
from rules.tariff.frozen import freeze, thaw
from rules.tariff.loading import available, load, shipped
from rules.tariff.tariff import Tariff

__all__ = [
    "Dated",
    "DatedValue",
    "Discount",
    "Rate",
    "SettlementEntry",
    "Tariff",
    "available",
    "freeze",
    "load",
    "shipped",
    "thaw",
]
