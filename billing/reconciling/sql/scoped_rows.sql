-- Purpose: the bill's rows, each with its subject.
-- Grain:   one row per row of the bill.
-- Takes:   bill_rows, bill_subjects; {same}: that a row says what a subject says, in the columns in which subjects differ at all.
-- Gives:   place: file and row in one number; bucket in the bill's grain.
create or replace temp table scoped_rows as
select
    (cast(r.file as bigint) << 40) + r.row_number as place,
    s.subject,
    {bucket} as bucket,
    r.exact_gross as gross,
    r.resource_package
from (select *, {gross} as exact_gross from bill_rows) as r
inner join (select subject, {texts} from bill_subjects) as s on {same}
