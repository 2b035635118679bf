"""Quota accounting: against a slow walk through the events, by hand, on generated histories and on a real trace."""
