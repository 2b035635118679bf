-- Purpose: a bill file's rows with typed values, and which of them can't be read.
-- Grain:   one row per row of the file.
-- Takes:   {relation}: the file's columns as text.
-- Gives:   {table}; columns that the file has not got are only in the view, as constants. texts (empty where unknown), amounts and quantities DECIMAL(38, 15),
--          gross_places: the decimals that gross is written with, begin_s and end_s (epoch seconds), timed: whether the begin has a time, day (of the billing zone, counted from 1970-01-01);
--          problem: 0 where the row is fine, else raw has the row's texts. Times without a zone are {naive_offset_s} s ahead of UTC.
create or replace temp table {table}_typed as
select
    * exclude ({left_out}),
    case when problem <> 0 then to_json(struct_pack({raw}))::varchar end as raw
from (
    select
        *,
        case
            when problem_number <> 0 then problem_number
            when gross is null and pretax is null then {needed}
            when (begin <> '' and begin_s is null) or (length(date) > 7 and day is null) then {late}
            when strlen(item_code) + strlen(item_name) + strlen(product_name) + strlen(product)
                > length(item_code) + length(item_name) + length(product_name) + length(product)
                and regexp_matches(
                    concat(item_code, item_name, product_name, product), '[\x{{80}}-\x{{9f}}\x{{fffd}}]|[Ã-ï][\x{{80}}-\x{{bf}}]|锟斤拷'
                ) then {garbled}
            else 0
        end as problem
    from (
        select
            *,
            length(begin) > 10 as timed,
            {typed},
            cast(
                case strpos(coalesce(gross_text, pretax_text), '.')
                    when 0 then 0
                    else strlen(coalesce(gross_text, pretax_text)) - strpos(coalesce(gross_text, pretax_text), '.')
                end as integer
            ) as gross_places,
            epoch_us(try_cast(replace(begin, chr(47), '-') as timestamp)) // 1000000
            - case
                when suffix(begin, 'Z') or (length(begin) > 19 and substr(begin, -6, 1) in ('+', '-')) then 0
                else {naive_offset_s}
            end as begin_s,
            epoch_us(try_cast(replace("end", chr(47), '-') as timestamp)) // 1000000
            - case
                when suffix("end", 'Z') or (length("end") > 19 and substr("end", -6, 1) in ('+', '-')) then 0
                else {naive_offset_s}
            end as end_s,
            try_cast(
                case
                    when length(date) = 8 and date not like '%-%'
                        then concat(left(date, 4), '-', substr(date, 5, 2), '-', right(date, 2))
                    when length(date) > 7 then left(replace(date, chr(47), '-'), 10)
                end as date
            ) - date '1970-01-01' as day,
            case {problems} else 0 end as problem_number
        from (
            select
            {texts}
            from {relation}
        ) as text_columns
    ) as typed
) as checked;
create or replace temp view {table} as
select {line} as line, {row} as row_number, {constants}{focus} as focus, * {without_places}from {table}_typed
