"""Keeping usage records: a journal of immutable Parquet files, and the catalogue that names those which count.

Owns identity, revisions, what is current, durability and compaction. Doesn't know where records come from, nor what they cost.
A change counts at one point: the catalogue's transaction that names the new files. Before it they lie in the staging
folder or unnamed, and the next writer sweeps them; after it they are whole.
"""

from billing.store.store import Reader, Store, create_store, open_store
from billing.store.writer import BatchCounts, NewBatch, Writer

__all__ = ["BatchCounts", "NewBatch", "Reader", "Store", "Writer", "create_store", "open_store"]
