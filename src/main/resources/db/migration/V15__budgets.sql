-- Budgets: what a workspace, or one API key of it, may use in a period (docs/adr/0017-budgets.md). New tables only; locks nothing large.

-- Periods are calendar ones in UTC, weeks begin on Monday; `total` is one that never ends.
create function budget_period_start_v1(p_period text, p_at timestamptz) returns timestamptz language sql immutable as $$
    select case p_period when 'total' then timestamptz 'epoch'
                         else date_trunc(p_period, p_at at time zone 'UTC') at time zone 'UTC' end
$$;
create function budget_period_end_v1(p_period text, p_start timestamptz) returns timestamptz language sql immutable as $$
    select case when p_period <> 'total' then (p_start at time zone 'UTC' + ('1 ' || p_period)::interval) at time zone 'UTC' end
$$;

create table budget (
    id           uuid primary key,
    workspace_id uuid not null references workspace on delete cascade,
    api_key_id   uuid references api_key on delete cascade,
    period       text not null check (period in ('day', 'week', 'month', 'total')),
    limit_usd    numeric(20,12) check (limit_usd >= 0),
    limit_tokens bigint check (limit_tokens >= 0),
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    check (num_nonnulls(limit_usd, limit_tokens) > 0),
    unique nulls not distinct (workspace_id, api_key_id, period)
);
comment on table budget is 'Lock order everywhere: budget by id, then budget_hold, then budget_use; the submit, which adds new holds only, takes budget_use first';
comment on column budget.api_key_id is 'whose jobs count; null = all of the workspace';
create index budget_of_key on budget (api_key_id) where api_key_id is not null;
comment on index budget_of_key is 'the end of an API key';

-- One row a budget and period: what is used up, and what may be. Whoever decides on it locks it.
create table budget_use (
    budget_id      uuid not null references budget on delete cascade,
    period_start   timestamptz not null,
    workspace_id   uuid not null,
    spent_usd      numeric not null default 0 check (spent_usd >= 0),
    spent_tokens   bigint not null default 0 check (spent_tokens >= 0),
    held_usd       numeric not null default 0 check (held_usd >= 0),
    held_tokens    bigint not null default 0 check (held_tokens >= 0),
    unknown_usd    numeric not null default 0 check (unknown_usd >= 0),
    unknown_tokens bigint not null default 0 check (unknown_tokens >= 0),
    warned_at      timestamptz,
    primary key (budget_id, period_start)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
comment on column budget_use.spent_usd is 'recorded by the attempts of jobs that have ended';
comment on column budget_use.held_usd is 'the sum of the holds of this period: the worst case of jobs that have not ended or are not settled';
comment on column budget_use.unknown_usd is 'what calls without a known bill may have cost beyond what was recorded';
comment on column budget_use.warned_at is 'when most of a limit was used or held for the first time';

-- What a job may cost each budget that it counts in. Written with the job, gone when it is settled.
create table budget_hold (
    job_id       uuid not null,
    budget_id    uuid not null references budget on delete cascade,
    period_start timestamptz not null,
    workspace_id uuid not null,
    usd          numeric not null check (usd >= 0),
    tokens       bigint not null check (tokens >= 0),
    call_usd     numeric not null check (call_usd >= 0),
    call_tokens  bigint not null check (call_tokens >= 0),
    after_attempt integer not null check (after_attempt >= 0),
    primary key (job_id, budget_id),
    foreign key (budget_id, period_start) references budget_use on delete cascade
);
comment on column budget_hold.call_usd is 'the worst case of one call; the hold is that of all calls so far, the one under way included';
comment on column budget_hold.after_attempt is 'later attempts are paid from this hold; those before from an earlier one, before the job was put back';
create index budget_hold_of_use on budget_hold (budget_id, period_start);
comment on index budget_hold_of_use is 'removal of a budget';

call own_by_workspace_v1('budget');
call own_by_workspace_v1('budget_use');
call own_by_workspace_v1('budget_hold');
grant select, insert, update, delete on budget, budget_use, budget_hold to promptlab_api;
call work_for_all_v1('budget');
call work_for_all_v1('budget_use');
call work_for_all_v1('budget_hold');
grant select, update (updated_at) on budget to promptlab_worker;
grant select, update on budget_use to promptlab_worker;
grant select, insert, update, delete on budget_hold to promptlab_worker;

-- What the attempts of a job after one came to: as recorded, and what those without a known bill may have cost beyond that.
-- The check would plan the body as the owner, whom row-level security shows nothing.
set local check_function_bodies = off;
create function budget_attempts_v1(p_job uuid, p_after integer, p_call_usd numeric, p_call_tokens bigint)
returns table (spent_usd numeric, spent_tokens bigint, unknown_usd numeric, unknown_tokens bigint) language sql stable as $$
    select coalesce(sum(a.cost_usd), 0), coalesce(sum(a.input_tokens + a.output_tokens), 0)::bigint,
           coalesce(sum(greatest(p_call_usd - coalesce(a.cost_usd, 0), 0))
                        filter (where a.usage_estimated or a.cost_usd is null), 0),
           coalesce(sum(greatest(p_call_tokens - coalesce(a.input_tokens + a.output_tokens, 0), 0))
                        filter (where a.usage_estimated or a.input_tokens is null or a.output_tokens is null), 0)::bigint
      from job_attempt a where a.job_id = p_job and a.attempt > p_after
$$;
