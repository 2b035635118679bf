"""Replays: a simulator that agrees with a slow one, records that agree with the bill, and laws."""
