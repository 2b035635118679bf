-- Purpose: batches whose rows don't add up: read = new + revised + unchanged + rejected.
-- Grain:   one row per batch.
-- Takes:   batches.
-- Gives:   the batch and its counts.
select id as batch, path, read, new, revised, unchanged, rejected
from batches
where read <> new + revised + unchanged + rejected
order by id
