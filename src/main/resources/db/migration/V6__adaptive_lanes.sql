-- Lanes learn their providers' limits (docs/adr/0008-adaptive-lanes.md): what is learned stands in the row that the claim locks and
-- updates anyway, so that it holds exactly over all processes. Adds columns to a table with a row per lane; locks nothing large.

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
