-- Purpose: the keys with their names as words of fixed lists: a column of such words is written five times as quickly as texts,
--          and is read as the same texts.
-- Grain:   one row per key.
-- Takes:   cache_keys; the types account_word, region_word and cache_word, which list its names.
-- Gives:   a key's columns, and its three names as words.
select
    cache_key,
    account_id,
    region,
    cache_id,
    cast(account_id as account_word) as account_word,
    cast(region as region_word) as region_word,
    cast(cache_id as cache_word) as cache_word
from cache_keys
