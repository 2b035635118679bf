"""Exporting: a month's statements in formats of others, for programs that know nothing of this one."""
