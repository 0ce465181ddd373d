-- What happens to jobs, as rows that live streams read (docs/adr/0014-events.md). A new table; locks nothing.

create type event_type as enum ('job.queued', 'job.running', 'job.attempt.failed', 'job.completed', 'job.failed', 'job.cancelled', 'job.delta');

-- One row for each statement that moves jobs, with one place in every array for each job; an array that is null is null at every place.
create table event (
    seq             bigint generated always as identity primary key,
    at              timestamptz not null default clock_timestamp(),
    types           event_type[] not null,
    workspaces      uuid[] not null,
    jobs            uuid[] not null,
    attempts        int[],
    error_codes     text[],
    failure_classes text[],
    texts           text[],
    offsets         int[],
    check (cardinality(types) = cardinality(jobs) and cardinality(workspaces) = cardinality(jobs))
) with (toast_tuple_target = 8160, autovacuum_vacuum_insert_scale_factor = 0.05);
comment on table event is 'Append-only, written by the statements that move jobs. Whoever reads in the order of seq waits at a gap for the transactions that write here just then: the missing number may be one of theirs. The newest row is never removed: it tells how far the rest goes';
comment on column event.attempts is 'number of the latest call, from 1';
comment on column event.offsets is 'how many UTF-16 units of the attempt''s text came before';
alter table event alter column workspaces set storage external, alter column jobs set storage external;
create index event_at on event (at);
comment on index event_at is 'what is past its time; the events of one job, by the time in which it lived';
create index event_delta on event (seq) where texts is not null;
comment on index event_delta is 'pieces of text, which are past their time earlier';

alter table event enable row level security;
alter table event force row level security;
-- Requests write what they did, for the workspaces they work for, and read nothing: streams read as the worker and compare the
-- workspace of each entry.
create policy of_workspaces on event for insert to promptlab_api
    with check (workspaces <@ (select current_setting('promptlab.workspaces')::uuid[]));
grant insert on event to promptlab_api;
call work_for_all_v1('event');
grant select, insert, delete on event to promptlab_worker;
