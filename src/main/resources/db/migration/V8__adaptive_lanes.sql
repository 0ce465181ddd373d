-- Lanes learn their providers' limits (docs/adr/0008-adaptive-lanes.md): what is learned stands in the row that the claim locks and
-- updates anyway, so that it holds exactly over all processes. Adds columns to a table with a row per lane; locks nothing large.
-- job_claim_v1 stays for processes of the release before and goes in the next one.

alter table lane_cursor
    add window_size     double precision check (window_size >= 1),
    add ramp            int check (ramp >= 0),
    add pace_per_minute double precision check (pace_per_minute > 0),
    add pace_credit     double precision,
    add paced_at        timestamptz,
    add pace_growth     double precision,
    add pace_changed_at timestamptz,
    add pace_stated     bigint,
    add blocked_until   timestamptz,
    add blocked_reason  text check (blocked_reason in ('rate_limited', 'overloaded', 'unavailable')),
    add probes          smallint not null default 0 check (probes >= 0),
    add events          int not null default 0,
    add throttled_at    timestamptz,
    add starts          int[] not null default '{}',
    add starts_slot     bigint not null default 0,
    add starts_since    int not null default 0,
    add check (num_nulls(pace_per_minute, pace_credit, paced_at, pace_growth, pace_changed_at, pace_stated) in (0, 6)),
    add check ((blocked_until is null) = (blocked_reason is null)),
    add check (probes = 0 or blocked_until is not null);
comment on column lane_cursor.window_size is 'calls in flight that the lane may have; null = its cap';
comment on column lane_cursor.ramp is 'answers since the first call, while no limit was met; null = one was, or the window is at the cap';
comment on column lane_cursor.pace_per_minute is 'starts a minute; null = no limit is known';
comment on column lane_cursor.pace_credit is 'starts saved at paced_at';
comment on column lane_cursor.pace_growth is 'by which part the pace grows in a minute';
comment on column lane_cursor.pace_stated is 'limit a minute that the provider names; 0 = it names none';
comment on column lane_cursor.blocked_until is 'nothing starts before; stays until an answer after it';
comment on column lane_cursor.probes is 'above 0, one call at a time tries whether the block is over';
comment on column lane_cursor.events is 'how often the lane was cut or held: what comes of calls of an earlier number is no news';
comment on column lane_cursor.throttled_at is 'the latest 429 that counted';
comment on column lane_cursor.starts is 'by slots of five seconds, the newest (starts_slot) first';
comment on column lane_cursor.starts_since is 'starts since throttled_at';

-- Starts that a pace allows at a time: the saved ones, and what came since, up to a second's worth and one. Null without a pace.
create function lane_credit_v1(p_credit double precision, p_pace double precision, p_since timestamptz, p_at timestamptz)
returns double precision language sql immutable as $$
    select greatest(p_credit, least(1 + p_pace / 60, p_credit + greatest(extract(epoch from p_at - p_since)::double precision, 0) * p_pace / 60))
$$;

-- Calls in flight that the lane may have, apart from its cap.
create function lane_window_v1(p_window double precision, p_probes smallint) returns int language sql immutable as $$
    select case when p_probes > 0 then 1 else floor(coalesce(p_window, 10000))::int end
$$;

-- Claims at most `p_wanted` jobs over all lanes. Call it alone and autocommitted; join nothing to it outside: the caller's
-- snapshot is older than the ones in here and may not see a record that was committed in between.
create function job_claim_v3(p_worker text, p_wanted int, p_lease interval, p_lane_cap int)
returns table (job_id uuid, workspace_id uuid, lane_id int, provider text, model text, messages text, params text,
               attempt int, max_attempts smallint, tries_left smallint, throttled smallint, epoch int, seconds_left double precision,
               estimated_input_tokens bigint, estimated_input_cost_usd numeric,
               lane_events int, lane_learns boolean, lane_trial boolean)
language plpgsql volatile
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
set plan_cache_mode = force_generic_plan set jit = off as $$
#variable_conflict use_column
declare
    lanes     int[];
    lane_no   int;
    lane_count int;
    todo      int := p_wanted;   -- slots still to fill
    cap       int;
    quota     int;               -- slots this lane may fill now
    taken     int;
    wanted    int;
    share     int[];             -- slots per visit of the five below
    class     int;
    due_normal int;
    due_low   int;
    has       boolean[];         -- is anything ready, by class (1 high, 2 normal, 3 low)
    started   int[];             -- starts by class
    cursors   uuid[];
    c         lane_cursor;
    at        timestamptz;
    credit    double precision;  -- starts that the lane's pace allows now; null = no pace is known
    slots     int;               -- slots of `starts` that have begun since the last start
    picked    record;
    new_ids   uuid[];
    of_lane   uuid[];
    all_ids   uuid[] := '{}';
begin
    -- Look without locks: lanes with a ready row and a free slot that may start something now. A poll that finds nothing writes nothing.
    with recursive ready(id) as (
        (select d.lane_id from job_dispatch d where d.state = 0 order by d.lane_id limit 1)
        union all
        select (select d.lane_id from job_dispatch d where d.state = 0 and d.lane_id > r.id order by d.lane_id limit 1)
          from ready r where r.id is not null)
    select array_agg(l.id order by random()) into lanes
      from ready r
     cross join lateral (select l.id from lane l
                           join lane_cursor k on k.lane_id = l.id
                          where l.id = r.id and not l.paused
                            and (k.blocked_until is null or k.blocked_until <= clock_timestamp())
                            and coalesce(lane_credit_v1(k.pace_credit, k.pace_per_minute, k.paced_at, clock_timestamp()), 1) >= 1
                            and (select count(*) from job_dispatch d where d.state = 1 and d.lane_id = l.id)
                                < least(coalesce(l.max_running, p_lane_cap), lane_window_v1(k.window_size, k.probes))
                          limit 1) l;
    lane_count := coalesce(cardinality(lanes), 0);

    for ix in 1 .. lane_count loop
        lane_no := lanes[ix];
        exit when todo <= 0;
        -- The lane's lock. Never wait for it: lanes are taken in random order, so waiting would deadlock.
        select * into c from lane_cursor x where x.lane_id = lane_no for update skip locked;
        continue when not found;
        at := clock_timestamp();
        continue when c.blocked_until > at;
        credit := lane_credit_v1(c.pace_credit, c.pace_per_minute, c.paced_at, at);

        -- A new statement, so a new snapshot: it sees every claim that was committed before we got the lock.
        select least(coalesce(l.max_running, p_lane_cap), lane_window_v1(c.window_size, c.probes)) - (select count(*) from job_dispatch r where r.state = 1 and r.lane_id = lane_no),
               array[coalesce((select true from job_dispatch d where d.state = 0 and d.lane_id = lane_no and d.priority = 0 limit 1), false),
                     coalesce((select true from job_dispatch d where d.state = 0 and d.lane_id = lane_no and d.priority = 1 limit 1), false),
                     coalesce((select true from job_dispatch d where d.state = 0 and d.lane_id = lane_no and d.priority = 2 limit 1), false)]
          into cap, has
          from lane l where l.id = lane_no and not l.paused;
        quota := least(coalesce(cap, 0), floor(credit), ceil(todo / (lane_count - ix + 1)::numeric));
        continue when quota <= 0 or not (has[1] or has[2] or has[3]);

        -- Ageing by starts: of 16 starts at least one goes to low, of 8 at least one to normal, however much high waits.
        due_low := case when has[3] and (has[1] or has[2]) then least(quota, (c.credit_low + quota) / 16) else 0 end;
        due_normal := case when has[2] and has[1] then least(quota - due_low, (c.credit_normal + quota) / 8) else 0 end;
        cursors := array[c.last_high, c.last_normal, c.last_low];
        started := '{0,0,0}';
        of_lane := '{}';
        share := array[due_low, due_normal, quota, quota, quota];   -- what is due, then high, normal, low
        for visit in 1 .. 5 loop
            class := (array[3, 2, 1, 2, 3])[visit];
            taken := cardinality(of_lane);
            wanted := least(quota - taken, share[visit]);
            exit when taken >= quota;
            continue when wanted <= 0 or not has[class];
            -- A class that was visited for its due is picked again past those.
            select p.ids, p.next_cursor into picked
              from job_pick_v1(lane_no, (class - 1)::smallint, cursors[class], wanted + started[class]) p;
            new_ids := array(select i from unnest(picked.ids) with ordinality u(i, o) where i <> all (of_lane) order by o limit wanted);
            cursors[class] := picked.next_cursor;
            started[class] := started[class] + cardinality(new_ids);
            of_lane := of_lane || new_ids;
        end loop;

        taken := cardinality(of_lane);
        slots := least(floor(extract(epoch from at) / 5) - c.starts_slot, 13);
        if slots > 0 then
            c.starts := (array_fill(0, array[slots]) || c.starts)[1:13];
            c.starts_slot := floor(extract(epoch from at) / 5);
        end if;
        c.starts[1] := c.starts[1] + taken;
        update lane_cursor x
           set last_high = cursors[1], last_normal = cursors[2], last_low = cursors[3],
               credit_normal = case when not has[2] or started[2] > due_normal then 0
                                    else greatest(c.credit_normal + started[1] - 8 * due_normal, 0) end,
               credit_low = case when not has[3] or started[3] > due_low then 0
                                 else greatest(c.credit_low + started[1] + started[2] - 16 * due_low, 0) end,
               pace_credit = credit - taken, paced_at = case when credit is not null then at end,
               starts = c.starts, starts_slot = c.starts_slot, starts_since = c.starts_since + taken
         where x.lane_id = lane_no;
        all_ids := all_ids || of_lane;
        todo := todo - cardinality(of_lane);
    end loop;
    if all_ids = '{}' then
        return;
    end if;

    -- The record is joined here, under this statement's own snapshot.
    return query
    with locked as materialized (   -- state + 0: only a probe of the primary key per id is possible, also without statistics
        select x.job_id from unnest(all_ids) i(id)
         cross join lateral (select d.job_id from job_dispatch d where d.job_id = i.id and d.state + 0 = 0 limit 1 for update skip locked) x),
    claimed as (
        update job_dispatch d
           set state = 1, attempt = d.attempt + 1, epoch = d.epoch + 1, lease_until = now() + p_lease, started_at = now(), worker_id = p_worker
          from locked l where d.job_id = l.job_id
        returning d.job_id, d.workspace_id, d.lane_id, d.attempt, d.tries_left, d.throttled, d.epoch, d.expires_at)
    select c.job_id, c.workspace_id, c.lane_id, j.provider, j.model, j.messages::text, j.params::text,
           c.attempt, j.max_attempts, c.tries_left, c.throttled, c.epoch, extract(epoch from c.expires_at - now())::double precision, j.estimated_input_tokens, j.estimated_input_cost_usd,
           k.events, k.window_size is not null or k.pace_per_minute is not null or k.probes > 0, k.probes > 0
      from claimed c join lane_cursor k on k.lane_id = c.lane_id left join job j on j.id = c.job_id;
end $$;
