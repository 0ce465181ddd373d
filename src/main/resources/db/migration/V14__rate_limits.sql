-- Rate limits: what workspaces and their API keys may, and the windows that several processes share (docs/adr/0016-rate-limits.md).
-- New tables and functions only.

-- ---------------------------------------------------------------------------------------------------------------------
-- The limits
-- ---------------------------------------------------------------------------------------------------------------------

create table rate_limit (
    workspace_id uuid not null references workspace on delete cascade,
    api_key_id   uuid references api_key on delete cascade,
    route_class  text not null check (route_class in ('reads', 'writes')),
    requests     int not null check (requests between 1 and 1000000),
    updated_at   timestamptz not null default now(),
    unique nulls not distinct (workspace_id, api_key_id, route_class)
);
comment on table rate_limit is 'What a workspace allows its callers, in the window of the server or of rate_limit_ceiling, and never more than those';
comment on column rate_limit.api_key_id is 'null = everybody whose key has no limit of its own';
create index rate_limit_of_key on rate_limit (api_key_id) where api_key_id is not null;
comment on index rate_limit_of_key is 'the removal of API keys';

create table rate_limit_ceiling (
    workspace_id uuid not null references workspace on delete cascade,
    route_class  text not null check (route_class in ('reads', 'writes')),
    requests     int check (requests between 1 and 1000000),
    time_window  interval check (time_window between '100 ms' and '1 h'),
    updated_at   timestamptz not null default now(),
    primary key (workspace_id, route_class),
    check ((requests is null) = (time_window is null))
);
comment on table rate_limit_ceiling is 'What the operator allows a workspace instead of the settings of the server; null = any number';

call own_by_workspace_v1('rate_limit');
call own_by_workspace_v1('rate_limit_ceiling');
grant select, insert, update, delete on rate_limit to promptlab_api;
grant select on rate_limit_ceiling to promptlab_api;
call keep_until_deleted_v1('rate_limit_ceiling');
create policy for_auth on rate_limit for select to promptlab_auth using (true);
create policy for_auth on rate_limit_ceiling to promptlab_auth using (true);
grant select on rate_limit to promptlab_auth;
grant select, insert, update, delete on rate_limit_ceiling to promptlab_auth;

-- ---------------------------------------------------------------------------------------------------------------------
-- The windows
-- ---------------------------------------------------------------------------------------------------------------------

-- Where admissions are counted at present. Whoever changes it holds the advisory lock alone, whoever relies on it shares it.
create table rate_limit_switch (
    only_row   boolean primary key default true check (only_row),
    generation bigint not null,
    token      text,
    since      timestamptz not null
);
comment on column rate_limit_switch.token is 'prefix of the keys in Redis; null = in PostgreSQL';
insert into rate_limit_switch (generation, token, since) values (1, null, now());

-- The processes that admit requests.
create table rate_limit_node (
    id         uuid primary key,
    generation bigint not null,
    redis      boolean not null,
    longest    interval not null,
    renewed_at timestamptz not null
);
comment on column rate_limit_node.generation is 'it admits nothing under an earlier one any more, and has written down what it did admit';
comment on column rate_limit_node.renewed_at is 'from then on it may admit through Redis for less than a second';
comment on column rate_limit_node.longest is 'window of its settings';

-- Admissions, from the oldest to the latest.
create table rate_limit_window (
    subject     text primary key check (length(subject) <= 300),
    admitted_at timestamptz[] not null,
    counts      int[] not null check (cardinality(counts) = cardinality(admitted_at)),
    keep_until  timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

grant select, update on rate_limit_switch to promptlab_auth;
grant select, insert, update, delete on rate_limit_node, rate_limit_window to promptlab_auth;

create function rate_limit_lock_v1() returns bigint language sql immutable as $$ select 6013458239107745 $$;

-- Until when admissions may be missing here: those of a process that has not acknowledged the generation. Add the window.
create function rate_limit_doubt_v1(p_generation bigint) returns timestamptz language sql stable as $$
    select coalesce(max(renewed_at) + '1 s', '-infinity') from rate_limit_node where generation < p_generation
$$;

-- Counts requests, in the order of their subjects so that nobody waits in a circle. No rows: not here, or not in this generation.
--
-- place: index of the subject; granted: of those wanted; used: before them; retry_us: until one more is granted; reset_us: until
-- none counts any more.
create function rate_limit_admit_v1(p_generation bigint, p_subjects text[], p_limits int[], p_windows interval[], p_wanted int[])
returns table (place int, granted int, used int, doubt_us bigint, retry_us bigint, reset_us bigint) language plpgsql as $$
declare
    v_doubt  timestamptz;
    v_now    timestamptz;
    v_at     timestamptz[];
    v_n      int[];
    v_locked boolean;
    v_last   int;
    v_left   int;
begin
    perform pg_advisory_xact_lock_shared(rate_limit_lock_v1());
    if not exists (select from rate_limit_switch s where s.generation = p_generation and s.token is null) then
        return;
    end if;
    v_doubt := rate_limit_doubt_v1(p_generation);
    for i in 1 .. cardinality(p_subjects) loop
        place := i;
        doubt_us := 0;
        retry_us := 0;
        reset_us := 0;
        if v_doubt + p_windows[i] >= clock_timestamp() then
            granted := 0;
            used := p_limits[i];
            doubt_us := 1000000 * extract(epoch from v_doubt + p_windows[i] - clock_timestamp());
            return next;
            continue;
        end if;
        -- A full window stays full until its oldest admission leaves it, so that a refusal needs no lock.
        v_locked := false;
        loop
            v_now := clock_timestamp();
            select array_agg(a.at order by a.ord), array_agg(a.n order by a.ord), coalesce(sum(a.n), 0)
              into v_at, v_n, used
              from rate_limit_window w, unnest(w.admitted_at, w.counts) with ordinality a(at, n, ord)
             where w.subject = p_subjects[i] and a.at >= v_now - p_windows[i];
            granted := least(p_wanted[i], greatest(p_limits[i] - used, 0));
            exit when granted = 0 or v_locked;
            insert into rate_limit_window (subject, admitted_at, counts, keep_until)
            values (p_subjects[i], '{}', '{}', v_now + p_windows[i]) on conflict do nothing;
            perform from rate_limit_window w where w.subject = p_subjects[i] for update;
            v_locked := found; -- else it was tidied away this moment
        end loop;
        v_last := coalesce(cardinality(v_at), 0);
        if granted > 0 then
            v_now := greatest(v_now, v_at[v_last]);
            if v_last > 0 and p_limits[i] > 128
                    and floor(128 * extract(epoch from v_at[v_last]) / extract(epoch from p_windows[i]))
                      = floor(128 * extract(epoch from v_now) / extract(epoch from p_windows[i])) then
                v_at[v_last] := v_now;
                v_n[v_last] := v_n[v_last] + granted;
            else
                v_at := v_at || v_now;
                v_n := v_n || granted;
                v_last := v_last + 1;
            end if;
            update rate_limit_window w set admitted_at = v_at, counts = v_n, keep_until = v_now + p_windows[i]
             where w.subject = p_subjects[i];
        end if;
        v_left := used + granted - p_limits[i] + 1;
        for j in 1 .. v_last loop
            exit when v_left <= 0;
            v_left := v_left - v_n[j];
            retry_us := 1 + 1000000 * extract(epoch from v_at[j] + p_windows[i] - v_now);
        end loop;
        if v_last > 0 then
            reset_us := 1000000 * extract(epoch from v_at[v_last] + p_windows[i] - v_now);
        end if;
        return next;
    end loop;
end $$;

-- A process says that it is there, and hears where admissions are counted. Only with the present generation (null: it is new) does
-- that renew its licence for Redis. joinable: Redis may be used again.
create function rate_limit_exchange_v1(p_node uuid, p_generation bigint, p_redis boolean, p_longest interval)
returns table (generation bigint, token text, joinable boolean) language plpgsql as $$
#variable_conflict use_column
begin
    perform pg_advisory_xact_lock_shared(rate_limit_lock_v1());
    insert into rate_limit_node as n (id, generation, redis, longest, renewed_at)
    select p_node, s.generation, p_redis, p_longest, clock_timestamp() from rate_limit_switch s
     where s.generation = coalesce(p_generation, s.generation)
    on conflict (id) do update set generation = excluded.generation, redis = excluded.redis, longest = excluded.longest,
                                   renewed_at = excluded.renewed_at;
    return query select s.generation, s.token, s.token is null and p_redis and rate_limit_joinable_v1(s.generation)
                   from rate_limit_switch s;
end $$;

-- Whether every process that is there has Redis and all that was admitted through it is written down, for some seconds already.
create function rate_limit_joinable_v1(p_generation bigint) returns boolean language plpgsql as $$
begin
    return exists (
        select from rate_limit_switch s
         where s.generation = p_generation and s.token is null and s.since < clock_timestamp() - interval '2 s'
           and not exists (select from rate_limit_node n where n.renewed_at > clock_timestamp() - interval '3 s' and not n.redis)
           and rate_limit_doubt_v1(p_generation)
               + greatest((select max(n.longest) from rate_limit_node n), (select max(c.time_window) from rate_limit_ceiling c))
               < clock_timestamp());
end $$;

-- Moves on from the generation, to Redis or (null) to PostgreSQL, if nobody did so before.
create function rate_limit_move_v1(p_generation bigint, p_token text) returns boolean language plpgsql as $$
begin
    perform pg_advisory_xact_lock(rate_limit_lock_v1());
    if p_token is not null and not rate_limit_joinable_v1(p_generation) then
        return false;
    end if;
    update rate_limit_switch set generation = generation + 1, token = p_token, since = clock_timestamp()
     where generation = p_generation and (token is null) <> (p_token is null);
    return found;
end $$;
