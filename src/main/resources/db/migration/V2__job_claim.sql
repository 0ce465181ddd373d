-- The claim: fair between workspaces, exact in every lane's cap over all nodes. docs/job-lifecycle.md explains it.
-- Functions, since their planner settings travel with them and since each inner statement takes its own snapshot: the count
-- of running rows must be a later statement than the lock of the lane, or two claimers could pass one cap.

-- Picks at most `wanted` ready jobs of one lane and class: round robin over workspaces from the cursor on, those with least
-- running first. Visits only as many workspaces as it takes (loose index scan), so its cost does not grow with the backlog.
create function job_pick_v1(p_lane int, p_priority smallint, p_cursor uuid, p_wanted int, out ids uuid[], out next_cursor uuid)
language plpgsql volatile as $$
declare
    spaces  uuid[];     -- workspaces in round robin order ...
    running int[];      -- ... how many jobs each has running ...
    seqs    bigint[];   -- ... and the place of its next job
    firsts  uuid[];
    level   int;
    missing int;
    order_of_spaces uuid[];
    lone    uuid;
begin
    next_cursor := p_cursor;
    ids := '{}';

    -- One workspace alone has nobody to be fair to; the machinery below would cost more than its jobs.
    select d.workspace_id into lone from job_dispatch d
     where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority order by d.workspace_id limit 1;
    if lone is null then
        return;
    end if;
    perform from job_dispatch d
      where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority and d.workspace_id > lone limit 1;
    if not found then
        ids := array(select d.job_id from job_dispatch d
                      where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority and d.workspace_id = lone
                      order by d.seq limit p_wanted);
        next_cursor := lone;
        return;
    end if;

    with recursive ahead(workspace_id, job_id, seq, running, place, idle) as (
        (select d.workspace_id, d.job_id, d.seq, r.n, 1, (r.n = 0)::int
           from (select d.workspace_id, d.job_id, d.seq from job_dispatch d
                  where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority and d.workspace_id > p_cursor
                  order by d.workspace_id, d.seq limit 1) d
          cross join lateral (select count(*)::int n from job_dispatch r
                               where r.state = 1 and r.lane_id = p_lane and r.workspace_id = d.workspace_id) r)
        union all
        select d.workspace_id, d.job_id, d.seq, r.n, a.place + 1, a.idle + (r.n = 0)::int
          from ahead a
         cross join lateral (select d.workspace_id, d.job_id, d.seq from job_dispatch d
                              where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority and d.workspace_id > a.workspace_id
                              order by d.workspace_id, d.seq limit 1) d
         cross join lateral (select count(*)::int n from job_dispatch r
                              where r.state = 1 and r.lane_id = p_lane and r.workspace_id = d.workspace_id) r
         where a.idle < p_wanted),
    so_far as (select coalesce(max(idle), 0) idle, coalesce(max(place), 0) place from ahead),
    wrapped(workspace_id, job_id, seq, running, place, idle) as (
        (select d.workspace_id, d.job_id, d.seq, r.n, s.place + 1, s.idle + (r.n = 0)::int
           from so_far s
          cross join lateral (select d.workspace_id, d.job_id, d.seq from job_dispatch d
                               where s.idle < p_wanted and d.state = 0 and d.lane_id = p_lane and d.priority = p_priority
                                 and d.workspace_id <= p_cursor
                               order by d.workspace_id, d.seq limit 1) d
          cross join lateral (select count(*)::int n from job_dispatch r
                               where r.state = 1 and r.lane_id = p_lane and r.workspace_id = d.workspace_id) r)
        union all
        select d.workspace_id, d.job_id, d.seq, r.n, w.place + 1, w.idle + (r.n = 0)::int
          from wrapped w
         cross join lateral (select d.workspace_id, d.job_id, d.seq from job_dispatch d
                              where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority
                                and d.workspace_id > w.workspace_id and d.workspace_id <= p_cursor
                              order by d.workspace_id, d.seq limit 1) d
         cross join lateral (select count(*)::int n from job_dispatch r
                              where r.state = 1 and r.lane_id = p_lane and r.workspace_id = d.workspace_id) r
         where w.idle < p_wanted),
    visited as (select * from ahead union all select * from wrapped)
    select array_agg(v.workspace_id order by v.place), array_agg(v.running order by v.place),
           array_agg(v.seq order by v.place), array_agg(v.job_id order by v.place)
      into spaces, running, seqs, firsts
      from visited v;
    if spaces is null then
        return;
    end if;

    if cardinality(spaces) >= p_wanted then   -- one job each: least running first, then round robin order
        select array_agg(firsts[i]), (array_agg(spaces[i] order by i desc))[1] into ids, next_cursor
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
            select a.workspace_id, a.running, a.place, y.job_id, y.seq, y.nth
              from unnest(spaces, running, seqs) with ordinality a(workspace_id, running, after, place)
             cross join lateral (
                   select d.job_id, d.seq, row_number() over (order by d.seq) nth
                     from (select d.job_id, d.seq from job_dispatch d
                            where d.state = 0 and d.lane_id = p_lane and d.priority = p_priority
                              and d.workspace_id = a.workspace_id and d.seq > a.after
                            order by d.seq limit greatest(level - a.running, 1)) d) y),
        picked as (select * from candidate c order by c.running + c.nth, c.place limit missing),
        per_space as (select p.workspace_id, min(p.running) running, max(p.place) place, count(*)::int n, max(p.seq) last
                        from picked p group by p.workspace_id)
        select ids || (select array_agg(p.job_id order by p.running + p.nth, p.place) from picked p),
               array_agg(s.workspace_id order by s.place), array_agg(s.running + s.n order by s.place), array_agg(s.last order by s.place)
          into ids, spaces, running, seqs
          from per_space s where s.n >= greatest(level - s.running, 1);   -- only these may have more
        missing := p_wanted - coalesce(cardinality(ids), 0);
        exit when missing <= 0 or spaces is null;
    end loop;
    next_cursor := order_of_spaces[cardinality(order_of_spaces)];
end $$;

-- Claims at most `p_wanted` jobs over all lanes. Call it alone and autocommitted; join nothing to it outside: the caller's
-- snapshot is older than the ones in here and may not see a record that was committed in between.
create function job_claim_v1(p_worker text, p_wanted int, p_lease interval, p_lane_cap int)
returns table (job_id uuid, workspace_id uuid, lane_id int, provider text, model text, messages text, params text,
               attempt int, max_attempts smallint, tries_left smallint, throttled smallint, epoch int, seconds_left double precision,
               estimated_input_tokens bigint, estimated_input_cost_usd numeric)
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
    picked    record;
    new_ids   uuid[];
    of_lane   uuid[];
    all_ids   uuid[] := '{}';
begin
    -- Look without locks: lanes with a ready row and a free slot. A poll that finds nothing writes nothing.
    with recursive ready(id) as (
        (select d.lane_id from job_dispatch d where d.state = 0 order by d.lane_id limit 1)
        union all
        select (select d.lane_id from job_dispatch d where d.state = 0 and d.lane_id > r.id order by d.lane_id limit 1)
          from ready r where r.id is not null)
    select array_agg(l.id order by random()) into lanes
      from ready r
     cross join lateral (select l.id from lane l
                          where l.id = r.id and not l.paused
                            and (select count(*) from job_dispatch d where d.state = 1 and d.lane_id = l.id) < coalesce(l.max_running, p_lane_cap)
                          limit 1) l;
    lane_count := coalesce(cardinality(lanes), 0);

    for ix in 1 .. lane_count loop
        lane_no := lanes[ix];
        exit when todo <= 0;
        -- The lane's lock. Never wait for it: lanes are taken in random order, so waiting would deadlock.
        select * into c from lane_cursor x where x.lane_id = lane_no for update skip locked;
        continue when not found;

        -- A new statement, so a new snapshot: it sees every claim that was committed before we got the lock.
        select coalesce(l.max_running, p_lane_cap) - (select count(*) from job_dispatch r where r.state = 1 and r.lane_id = lane_no),
               array[coalesce((select true from job_dispatch d where d.state = 0 and d.lane_id = lane_no and d.priority = 0 limit 1), false),
                     coalesce((select true from job_dispatch d where d.state = 0 and d.lane_id = lane_no and d.priority = 1 limit 1), false),
                     coalesce((select true from job_dispatch d where d.state = 0 and d.lane_id = lane_no and d.priority = 2 limit 1), false)]
          into cap, has
          from lane l where l.id = lane_no and not l.paused;
        quota := least(coalesce(cap, 0), ceil(todo / (lane_count - ix + 1)::numeric));
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

        update lane_cursor x
           set last_high = cursors[1], last_normal = cursors[2], last_low = cursors[3],
               credit_normal = case when not has[2] or started[2] > due_normal then 0
                                    else greatest(c.credit_normal + started[1] - 8 * due_normal, 0) end,
               credit_low = case when not has[3] or started[3] > due_low then 0
                                 else greatest(c.credit_low + started[1] + started[2] - 16 * due_low, 0) end
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
           c.attempt, j.max_attempts, c.tries_left, c.throttled, c.epoch, extract(epoch from c.expires_at - now())::double precision, j.estimated_input_tokens, j.estimated_input_cost_usd
      from claimed c left join job j on j.id = c.job_id;
end $$;

-- What a person is told about an attempt whose bill is unknown.
create function job_estimate_warning_v1(p_attempt int) returns text language sql immutable as $$
    select format('attempt %s may have been billed although no answer came; its input is counted by estimate', p_attempt)
$$;

-- What a person is told about a job whose sums are unknown.
create function job_unknown_warning_v1(p_input_tokens bigint, p_cost_usd numeric, p_provider text, p_model text) returns jsonb
language sql stable as $$
    select case when p_input_tokens is null then jsonb_build_array('the provider counted no tokens; usage and cost are unknown')
                when p_cost_usd is null
                then jsonb_build_array(format('no price is known for the model "%s" of %s; the cost is unknown', p_model, p_provider))
                else '[]' end
$$;

-- Sums over the attempts of a job before number `p_next`. A sum over an unknown figure is unknown, never zero.
create function job_attempts_before_v1(p_job uuid, p_next int)
returns table (input_tokens bigint, output_tokens bigint, cached_input_tokens bigint, cost_usd numeric, started_at timestamptz, warnings jsonb)
language sql stable as $$
    select case when count(*) = count(a.input_tokens) then coalesce(sum(a.input_tokens), 0)::bigint end,
           case when count(*) = count(a.output_tokens) then coalesce(sum(a.output_tokens), 0)::bigint end,
           case when count(*) = count(a.cached_input_tokens) then coalesce(sum(a.cached_input_tokens), 0)::bigint end,
           case when count(*) = count(a.cost_usd) then coalesce(sum(a.cost_usd), 0) end,
           min(a.started_at),
           coalesce(jsonb_agg(job_estimate_warning_v1(a.attempt) order by a.attempt) filter (where a.usage_estimated), '[]')
      from job_attempt a where p_next > 1 and a.job_id = p_job and a.attempt < p_next
$$;
