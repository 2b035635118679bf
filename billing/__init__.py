"""What happened and what it cost: keeping usage records, metering, rating, and the command line above it all."""

__version__ = "0.1.0"
