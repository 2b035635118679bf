"""What a month shows of each cache's life: when it was built, used and idle, how it ended, and the pulling that it saved.

Owns no charge: amounts come from the bill's lines. What an instance would have pulled is the replay's assumption.
"""

from billing.lives.lives import CacheLife, CacheUse, End, cache_lives, used_by_day

__all__ = ["CacheLife", "CacheUse", "End", "cache_lives", "used_by_day"]
