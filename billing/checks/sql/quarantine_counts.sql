-- Purpose: batches that say they rejected another number of rows than the quarantine keeps.
-- Grain:   one row per batch.
-- Takes:   batches.
-- Gives:   the batch, what it says, what is kept.
select id as batch, path, rejected, kept
from batches
where rejected <> kept
order by id
