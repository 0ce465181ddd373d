-- Callbacks: PromptLab tells a URL when a job has ended. Locks nothing large: only new tables, and a trigger on job_dispatch.

-- Which master key the sealed secrets of this database belong to.
create table master_key_check (
    only_row   boolean primary key default true check (only_row),
    value      bytea not null check (length(value) = 32),
    created_at timestamptz not null default now()
);
comment on column master_key_check.value is 'HMAC of a fixed text under the key: tells a wrong key, and nothing about the right one';

-- One row for each job that was submitted with a callbackUrl. Like the other tables beside `job` it has no foreign keys.
create table job_callback (
    job_id         uuid primary key,
    workspace_id   uuid not null,
    url            text not null check (length(url) between 1 and 2000),
    host           text not null,
    delivery_id    uuid,
    due_at         timestamptz,
    claimed        boolean not null default false,
    attempts       int not null default 0 check (attempts >= 0),
    round_at       timestamptz,
    round_attempts int not null default 0 check (round_attempts between 0 and attempts),
    last_status    smallint check (last_status between 100 and 999),
    last_error     text check (length(last_error) <= 500),
    delivered_at   timestamptz,
    gave_up_at     timestamptz,
    created_at     timestamptz not null default now(),
    check ((delivery_id is null) = (round_at is null)),
    check (delivery_id is not null or attempts = 0),
    check (num_nonnulls(due_at, delivered_at, gave_up_at) = case when delivery_id is null then 0 else 1 end),
    check (not claimed or due_at is not null)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
comment on column job_callback.host is 'of the URL: calls to one host are limited, so that a dead one starves nobody';
comment on column job_callback.delivery_id is 'one per ending of the job, the same in every call about it; null while the job lives';
comment on column job_callback.due_at is 'next call; while claimed the end of the lease, when another process may call';
comment on column job_callback.attempts is 'calls about this ending, from 1; also the fencing number of a claim';
comment on column job_callback.round_at is 'when the present round of calls began: the end of the job, or when somebody asked for a new round';
create index job_callback_due on job_callback (host, due_at) where due_at is not null;
comment on index job_callback_due is 'the claim: hosts by loose index scan, then what is due of each';

create index job_callback_waiting on job_callback (job_id) where delivery_id is null;
comment on index job_callback_waiting is 'the end of jobs: which of them somebody wants to hear of, and whether there are any at all';

-- A job ends when its dispatch row goes, in whichever statement: then its callback becomes due, in the same transaction.
-- As a trigger it costs the queue no round trip and no way of ending a job can forget it. The settings leave one plan, a probe
-- of an index for each id, also when the statistics are old.
create function job_callback_due_v1() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
begin
    if exists (select from job_callback c where c.delivery_id is null) then
        update job_callback c set delivery_id = gen_random_uuid(), due_at = now(), round_at = now()
          from gone g where c.job_id = g.job_id and c.delivery_id is null;
    end if;
    return null;
end $$;
create trigger job_callback_due after delete on job_dispatch
    referencing old table as gone for each statement execute function job_callback_due_v1();

-- Whoever removes jobs removes their callbacks.
create function job_callback_gone_v1() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
begin
    delete from job_callback c using gone g where c.job_id = g.id;
    return null;
end $$;
create trigger job_callback_gone after delete on job
    referencing old table as gone for each statement execute function job_callback_gone_v1();

-- What callbacks of a workspace are signed with, sealed under the master key.
create table callback_secret (
    workspace_id   uuid primary key references workspace,
    sealed         bytea not null,
    created_at     timestamptz not null default now(),
    previous       bytea,
    previous_until timestamptz,
    check ((previous is null) = (previous_until is null))
);
comment on column callback_secret.previous is 'the one before the latest rotation; signs too until previous_until';
