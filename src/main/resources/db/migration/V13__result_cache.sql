-- The result cache over several processes: what each of them must forget, and what reuse has saved (docs/adr/0015-result-cache.md).
-- New tables; locks nothing.

-- Written in the transaction after which an input is answered by another job, or by none. Every process reads it after a hint, and once
-- a second without one, from the oldest transaction that was open when it last looked: so it misses no row and needs no order of commits.
create table cache_forget (
    xid          xid8 not null default pg_current_xact_id(),
    workspace_id uuid not null,
    input_hash   bytea check (length(input_hash) = 32),
    forgotten_at timestamptz not null default now()
);
comment on column cache_forget.input_hash is 'null = every input of the workspace';
create index cache_forget_xid on cache_forget (xid);
comment on index cache_forget_xid is 'what was written since a process last looked';
call own_by_workspace_v1('cache_forget');
grant insert on cache_forget to promptlab_api;
create policy for_auth on cache_forget to promptlab_auth using (true);
grant select, delete on cache_forget to promptlab_auth;

-- How submits were answered, by day in UTC. Added to in batches, about once a second a process.
create table cache_day (
    workspace_id        uuid not null,
    day                 date not null,
    memory_hits         bigint not null check (memory_hits >= 0),
    redis_hits          bigint not null check (redis_hits >= 0),
    database_hits       bigint not null check (database_hits >= 0),
    joined              bigint not null check (joined >= 0),
    misses              bigint not null check (misses >= 0),
    saved_input_tokens  bigint not null check (saved_input_tokens >= 0),
    saved_output_tokens bigint not null check (saved_output_tokens >= 0),
    saved_cost_usd      numeric(28, 12) not null check (saved_cost_usd >= 0),
    unpriced_hits       bigint not null check (unpriced_hits >= 0),
    primary key (workspace_id, day)
);
comment on column cache_day.joined is 'submits that were given a job which was still at work';
comment on column cache_day.saved_cost_usd is 'what the reused jobs cost, where it is known; unpriced_hits counts the others';
call own_by_workspace_v1('cache_day');
grant select, insert, update on cache_day to promptlab_api;
call keep_until_deleted_v1('cache_day');
