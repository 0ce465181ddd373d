-- The claim keeps to what its lanes have learned. And it costs less: it counts what runs in a lane once instead of once for each
-- workspace it visits, and updates the rows it picked by their place instead of finding each again by its id, twice.

drop function job_claim_v1, job_pick_v1;

-- Picks at most `wanted` ready jobs of one lane and class: round robin over workspaces from the cursor on, those with least
-- running first. Visits only as many workspaces as it takes (loose index scan), so its cost does not grow with the backlog.
-- `p_busy` are the workspaces with running jobs in the lane, `p_running` how many each has.
create function job_pick_v2(p_lane int, p_priority smallint, p_cursor uuid, p_wanted int, p_busy uuid[], p_running int[],
                            out picked tid[], out next_cursor uuid)
language plpgsql volatile as $$
declare
    spaces  uuid[];     -- workspaces in round robin order ...
    running int[];      -- ... how many jobs each has running ...
    seqs    bigint[];   -- ... and the place of its next job
    firsts  tid[];
    level   int;
    missing int;
    order_of_spaces uuid[];
    lone    uuid;
begin
    next_cursor := p_cursor;
    picked := '{}';

    -- One workspace alone has nobody to be fair to; the machinery below would cost more than its jobs.
    select d.workspace_id into lone from job_dispatch d
     where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority order by d.workspace_id limit 1;
    if lone is null then
        return;
    end if;
    perform from job_dispatch d
      where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority and d.workspace_id > lone limit 1;
    if not found then
        picked := array(select d.ctid from job_dispatch d
                         where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority and d.workspace_id = lone
                         order by d.seq limit p_wanted);
        next_cursor := lone;
        return;
    end if;

    with recursive ahead(workspace_id, place_of, seq, nth, idle) as (
        (select d.workspace_id, d.ctid, d.seq, 1, (d.workspace_id <> all (p_busy))::int
           from job_dispatch d
          where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority and d.workspace_id > p_cursor
          order by d.workspace_id, d.seq limit 1)
        union all
        select d.workspace_id, d.ctid, d.seq, a.nth + 1, a.idle + (d.workspace_id <> all (p_busy))::int
          from ahead a
         cross join lateral (select d.workspace_id, d.ctid, d.seq from job_dispatch d
                              where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority and d.workspace_id > a.workspace_id
                              order by d.workspace_id, d.seq limit 1) d
         where a.idle < p_wanted),
    so_far as (select coalesce(max(idle), 0) idle, coalesce(max(nth), 0) nth from ahead),
    wrapped(workspace_id, place_of, seq, nth, idle) as (
        (select d.workspace_id, d.ctid, d.seq, s.nth + 1, s.idle + (d.workspace_id <> all (p_busy))::int
           from so_far s
          cross join lateral (select d.workspace_id, d.ctid, d.seq from job_dispatch d
                               where s.idle < p_wanted and d.state = 0 and d.lane_id = p_lane and d.priority = p_priority
                                 and d.workspace_id <= p_cursor
                               order by d.workspace_id, d.seq limit 1) d)
        union all
        select d.workspace_id, d.ctid, d.seq, w.nth + 1, w.idle + (d.workspace_id <> all (p_busy))::int
          from wrapped w
         cross join lateral (select d.workspace_id, d.ctid, d.seq from job_dispatch d
                              where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority
                                and d.workspace_id > w.workspace_id and d.workspace_id <= p_cursor
                              order by d.workspace_id, d.seq limit 1) d
         where w.idle < p_wanted),
    visited as (select * from ahead union all select * from wrapped)
    select array_agg(v.workspace_id order by v.nth), array_agg(coalesce(p_running[array_position(p_busy, v.workspace_id)], 0) order by v.nth),
           array_agg(v.seq order by v.nth), array_agg(v.place_of order by v.nth)
      into spaces, running, seqs, firsts
      from visited v;
    if spaces is null then
        return;
    end if;

    if cardinality(spaces) >= p_wanted then   -- one job each: least running first, then round robin order
        select array_agg(firsts[i]), (array_agg(spaces[i] order by i desc))[1] into picked, next_cursor
          from (select i from generate_subscripts(spaces, 1) i order by running[i], i limit p_wanted) x;
        return;
    end if;

    -- Fewer workspaces than slots: fill everyone up to one level of running + picked.
    seqs := (select array_agg(s - 1 order by o) from unnest(seqs) with ordinality u(s, o));
    missing := p_wanted;
    order_of_spaces := spaces;
    loop
        level := ceil((missing + (select sum(r) from unnest(running) r)) / cardinality(spaces)::numeric);
        with candidate as (
            select a.workspace_id, a.running, a.place, y.place_of, y.seq, y.nth
              from unnest(spaces, running, seqs) with ordinality a(workspace_id, running, after, place)
             cross join lateral (
                   select d.place_of, d.seq, row_number() over (order by d.seq) nth
                     from (select d.ctid place_of, d.seq from job_dispatch d
                            where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority
                              and d.workspace_id = a.workspace_id and d.seq > a.after
                            order by d.seq limit greatest(level - a.running, 1)) d) y),
        chosen as (select * from candidate c order by c.running + c.nth, c.place limit missing),
        per_space as (select p.workspace_id, min(p.running) running, max(p.place) place, count(*)::int n, max(p.seq) last
                        from chosen p group by p.workspace_id)
        select picked || (select array_agg(p.place_of order by p.running + p.nth, p.place) from chosen p),
               array_agg(s.workspace_id order by s.place), array_agg(s.running + s.n order by s.place), array_agg(s.last order by s.place)
          into picked, spaces, running, seqs
          from per_space s where s.n >= greatest(level - s.running, 1);   -- only these may have more
        missing := p_wanted - coalesce(cardinality(picked), 0);
        exit when missing <= 0 or spaces is null;
    end loop;
    next_cursor := order_of_spaces[cardinality(order_of_spaces)];
end $$;

-- Claims at most `p_wanted` jobs over all lanes. Call it alone and autocommitted; join nothing to it outside: the caller's
-- snapshot is older than the ones in here and may not see a record that was committed in between.
create function job_claim_v2(p_worker text, p_wanted int, p_lease interval, p_lane_cap int)
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
    in_flight int;               -- jobs of the lane that run now, over all nodes
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
    busy      uuid[];            -- workspaces with running jobs in the lane ...
    running   int[];             -- ... and how many
    turn      record;
    of_lane   tid[];
    picked    tid[] := '{}';
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

        -- New statements, so new snapshots: they see every claim that was committed before we got the lock.
        select coalesce(array_agg(r.workspace_id), '{}'), coalesce(array_agg(r.n), '{}'), coalesce(sum(r.n), 0)
          into busy, running, in_flight
          from (select d.workspace_id, count(*)::int n from job_dispatch d where d.state = 1 and d.lane_id = lane_no
                 group by d.workspace_id) r;
        select least(coalesce(l.max_running, p_lane_cap), lane_window_v1(c.window_size, c.probes)) - in_flight,
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
            select p.picked, p.next_cursor into turn
              from job_pick_v2(lane_no, (class - 1)::smallint, cursors[class], wanted + started[class], busy, running) p;
            if started[class] > 0 then
                turn.picked := array(select i from unnest(turn.picked) with ordinality u(i, o) where i <> all (of_lane) order by o limit wanted);
            end if;
            cursors[class] := turn.next_cursor;
            started[class] := started[class] + cardinality(turn.picked);
            of_lane := of_lane || turn.picked;
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
        picked := picked || of_lane;
        todo := todo - taken;
    end loop;
    if picked = '{}' then
        return;
    end if;

    -- By place: the snapshot of the calling statement keeps a place from being used again until we are done. A row that a cancel
    -- holds is waited for, and is not ready any more then. The record is joined here, under this statement's own snapshot.
    return query
    with claimed as (
        update job_dispatch d
           set state = 1, attempt = d.attempt + 1, epoch = d.epoch + 1, lease_until = now() + p_lease, started_at = now(), worker_id = p_worker
         where d.ctid = any (picked) and d.state = 0
        returning d.job_id, d.workspace_id, d.lane_id, d.attempt, d.tries_left, d.throttled, d.epoch, d.expires_at)
    select c.job_id, c.workspace_id, c.lane_id, j.provider, j.model, j.messages::text, j.params::text,
           c.attempt, j.max_attempts, c.tries_left, c.throttled, c.epoch, extract(epoch from c.expires_at - now())::double precision,
           j.estimated_input_tokens, j.estimated_input_cost_usd,
           k.events, k.window_size is not null or k.pace_per_minute is not null or k.probes > 0, k.probes > 0
      from claimed c join lane_cursor k on k.lane_id = c.lane_id left join job j on j.id = c.job_id;
end $$;
