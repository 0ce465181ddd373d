-- Figures over time without a scan of jobs: rollups of what ended, and views that people save. New tables; triggers on job_result
-- and job_attempt, which it locks for a moment; builds a small BRIN index on job_attempt, which it reads once.

-- ---------------------------------------------------------------------------------------------------------------------
-- What the rollup reads: endings and calls, append-only facts. A redrive takes the result of a job away and a purge all of it;
-- what was not rolled up by then is kept aside, so that no figure depends on who came first.
-- ---------------------------------------------------------------------------------------------------------------------

create table history_progress (
    only_row  boolean primary key default true check (only_row),
    rolled_to timestamptz
);
comment on column history_progress.rolled_to is 'everything that finished before is in the rollups, once; null = nothing was rolled up yet';
insert into history_progress default values;
grant select on history_progress to promptlab_api;
grant select, update on history_progress to promptlab_worker;

create table history_gone_ending (
    workspace_id uuid not null,
    provider     text not null,
    model        text not null,
    template_id  uuid,
    outcome      text not null,
    finished_at  timestamptz not null
);
create table history_gone_call (
    workspace_id        uuid not null,
    provider            text not null,
    model               text not null,
    template_id         uuid,
    outcome             text not null,
    failure_class       text,
    input_tokens        bigint,
    output_tokens       bigint,
    cached_input_tokens bigint,
    cost_usd            numeric(20, 12),
    started_at          timestamptz not null,
    finished_at         timestamptz not null,
    waited              interval
);
comment on table history_gone_call is 'small and short-lived, as history_gone_ending: the next rollup takes the rows away';

create view history_ending with (security_invoker = true) as
    select r.workspace_id, j.provider, j.model, j.template_id, r.outcome, r.finished_at
      from job_result r join job j on j.id = r.job_id
    union all
    select workspace_id, provider, model, template_id, outcome, finished_at from history_gone_ending;
create view history_call with (security_invoker = true) as
    select a.workspace_id, j.provider, j.model, j.template_id, a.outcome, a.failure_class, a.input_tokens, a.output_tokens,
           a.cached_input_tokens, a.cost_usd, a.started_at, a.finished_at,
           case when a.attempt = 1 and j.run_at is null then a.started_at - j.created_at end as waited
      from job_attempt a join job j on j.id = a.job_id
    union all
    select workspace_id, provider, model, template_id, outcome, failure_class, input_tokens, output_tokens, cached_input_tokens,
           cost_usd, started_at, finished_at, waited
      from history_gone_call;

create index job_attempt_finished on job_attempt using brin (finished_at) with (pages_per_range = 16);
comment on index job_attempt_finished is 'the rollup: calls that ended lately; rows stand in the order of their end';

-- The lock makes this and a round of the rollup take turns: whoever comes second sees what the first has done.
create function history_ending_gone_v1() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7316, 16);
    insert into history_gone_ending
    select g.workspace_id, j.provider, j.model, j.template_id, g.outcome, g.finished_at
      from gone g join job j on j.id = g.job_id cross join history_progress p
     where p.rolled_to is null or g.finished_at >= p.rolled_to;
    return null;
end $$;
create trigger history_ending_gone after delete on job_result
    referencing old table as gone for each statement execute function history_ending_gone_v1();

create function history_call_gone_v1() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7316, 16);
    insert into history_gone_call
    select g.workspace_id, j.provider, j.model, j.template_id, g.outcome, g.failure_class, g.input_tokens, g.output_tokens,
           g.cached_input_tokens, g.cost_usd, g.started_at, g.finished_at,
           case when g.attempt = 1 and j.run_at is null then g.started_at - j.created_at end
      from gone g join job j on j.id = g.job_id cross join history_progress p
     where p.rolled_to is null or g.finished_at >= p.rolled_to;
    return null;
end $$;
create trigger history_call_gone after delete on job_attempt
    referencing old table as gone for each statement execute function history_call_gone_v1();

-- ---------------------------------------------------------------------------------------------------------------------
-- The rollups, in two grains: 5 minutes, kept for days, and 60, kept for good. A job without a template has the nil UUID.
-- ---------------------------------------------------------------------------------------------------------------------

create table history_jobs (
    workspace_id uuid not null,
    grain        smallint not null check (grain in (5, 60)),
    bucket_at    timestamptz not null,
    provider     text not null,
    model        text not null,
    template_id  uuid not null,
    outcome      text not null,
    jobs         bigint not null,
    primary key (workspace_id, grain, bucket_at, provider, model, template_id, outcome)
);
comment on column history_jobs.jobs is 'endings: a job that failed, was redriven and completed has ended twice';

create table history_calls (
    workspace_id        uuid not null,
    grain               smallint not null check (grain in (5, 60)),
    bucket_at           timestamptz not null,
    provider            text not null,
    model               text not null,
    template_id         uuid not null,
    failure             text not null,
    calls               bigint not null,
    unpriced            bigint not null,
    input_tokens        bigint not null,
    output_tokens       bigint not null,
    cached_input_tokens bigint not null,
    cost_usd            numeric not null,
    primary key (workspace_id, grain, bucket_at, provider, model, template_id, failure)
);
comment on column history_calls.failure is 'the class of the failure; empty = answered';
comment on column history_calls.unpriced is 'calls whose cost nobody knows; cost_usd is the sum of the others';

-- Times in slots that grow by a tenth: slot n holds what took longer than 1.1^(n-1) ms and at most 1.1^n ms, so that any quantile
-- of any union of rows is right to within 5 %.
create table history_times (
    workspace_id uuid not null,
    grain        smallint not null check (grain in (5, 60)),
    bucket_at    timestamptz not null,
    kind         text not null check (kind in ('call', 'wait')),
    provider     text not null,
    model        text not null,
    slot         smallint not null check (slot between 0 and 300),
    n            bigint not null,
    primary key (workspace_id, grain, bucket_at, kind, provider, model, slot)
);
comment on column history_times.kind is 'call: of an answered call; wait: from the submit to the first call';

create function history_slot_v1(p_time interval) returns smallint language sql immutable as $$
    select least(300, ceil(ln(greatest(extract(epoch from p_time)::double precision * 1000, 1)) / ln(1.1::double precision)))::smallint
$$;

call own_by_workspace_v1('history_gone_ending');
call own_by_workspace_v1('history_gone_call');
call own_by_workspace_v1('history_jobs');
call own_by_workspace_v1('history_calls');
call own_by_workspace_v1('history_times');
call work_for_all_v1('history_gone_ending');
call work_for_all_v1('history_gone_call');
call work_for_all_v1('history_jobs');
call work_for_all_v1('history_calls');
call work_for_all_v1('history_times');
grant select, insert, delete on history_gone_ending, history_gone_call to promptlab_api, promptlab_worker;
grant select on history_ending, history_call to promptlab_worker;
grant select on history_jobs, history_calls, history_times to promptlab_api;
grant select, insert, update, delete on history_jobs, history_calls, history_times to promptlab_worker;
call keep_until_deleted_v1('history_jobs');
call keep_until_deleted_v1('history_calls');
call keep_until_deleted_v1('history_times');

-- ---------------------------------------------------------------------------------------------------------------------
-- Saved views
-- ---------------------------------------------------------------------------------------------------------------------

create table saved_view (
    id              uuid primary key,
    workspace_id    uuid not null references workspace,
    page            text not null check (page in ('jobs', 'dead-letters', 'dashboard')),
    name            text not null check (length(name) between 1 and 60),
    query           json not null check (json_typeof(query) = 'object'),
    created_by_name text not null,
    created_at      timestamptz not null default now(),
    unique (workspace_id, page, name)
);
comment on table saved_view is 'filters of a page under a name, for everybody in the workspace';
call own_by_workspace_v1('saved_view');
grant select, insert, update, delete on saved_view to promptlab_api;
