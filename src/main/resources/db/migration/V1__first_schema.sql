-- The first schema: workspaces, templates, and jobs as a wide record beside a slim dispatch row.
-- Every table that belongs to a workspace carries its id. Ids are UUIDv7 made by the application; times are the database's.

create table workspace (
    id         uuid primary key,
    name       text not null check (length(name) between 1 and 200),
    created_at timestamptz not null default now()
);
insert into workspace (id, name) values ('00000000-0000-7000-8000-000000000001', 'Default');

-- ---------------------------------------------------------------------------------------------------------------------
-- Templates
-- ---------------------------------------------------------------------------------------------------------------------

create table template (
    id             uuid primary key,
    workspace_id   uuid not null references workspace,
    key            text not null check (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(key) <= 100),
    name           text not null check (length(name) between 1 and 200),
    description    text check (length(description) <= 2000),
    latest_version int not null check (latest_version >= 1),
    archived_at    timestamptz,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    unique (workspace_id, key),
    unique (workspace_id, id)
);
create index template_newest on template (workspace_id, id desc);
comment on index template_newest is 'GET /templates: newest first, paged by id';

create table template_version (
    template_id      uuid not null,
    version          int not null check (version >= 1),
    workspace_id     uuid not null,
    system_prompt    text,
    user_prompt      text,
    messages         json check (json_typeof(messages) = 'array'),
    variables_schema json check (json_typeof(variables_schema) = 'object'),
    defaults         json not null default '{}' check (json_typeof(defaults) = 'object'),
    message          text check (length(message) <= 500),
    created_at       timestamptz not null default now(),
    primary key (template_id, version),
    foreign key (workspace_id, template_id) references template (workspace_id, id),
    check ((user_prompt is null) <> (messages is null)),
    check (messages is null or system_prompt is null)
);
comment on table template_version is 'Never changes. json and not jsonb: given back as it came, in its order';

create table template_label (
    template_id  uuid not null,
    label        text not null check (label ~ '^[a-z0-9]+([._-][a-z0-9]+)*$' and length(label) <= 60 and label <> 'latest'),
    workspace_id uuid not null,
    version      int not null,
    updated_at   timestamptz not null default now(),
    primary key (template_id, label),
    foreign key (workspace_id, template_id) references template (workspace_id, id),
    foreign key (template_id, version) references template_version
);

create table template_label_move (
    id           bigint generated always as identity primary key,
    workspace_id uuid not null,
    template_id  uuid not null,
    label        text not null,
    from_version int,
    to_version   int check (to_version is distinct from from_version),
    moved_by     text not null,
    reason       text check (length(reason) <= 500),
    moved_at     timestamptz not null default now(),
    foreign key (workspace_id, template_id) references template (workspace_id, id)
);
comment on column template_label_move.to_version is 'null = the label was removed';
create index template_label_move_history on template_label_move (template_id, label, id desc);
comment on index template_label_move_history is 'GET /templates/{id}/labels/{label}/history';

-- ---------------------------------------------------------------------------------------------------------------------
-- Jobs: the record is the truth, the dispatch row lives only while the job does.
-- The four tables of the hot path (job, job_key, job_dispatch, job_attempt) have no foreign keys: each check would be one
-- more query and row lock per job and transition, all on the same few workspace and lane rows. Their rows are written
-- together in one statement, templates and lanes are never deleted, and jobs are removed only together with their rows here.
-- ---------------------------------------------------------------------------------------------------------------------

-- A provider endpoint + whose key + model: the unit that concurrency and provider limits apply to.
create table lane (
    id          int generated always as identity primary key,
    provider    text not null,
    endpoint    text not null,
    key_scope   text not null,
    model       text not null,
    max_running int check (max_running between 1 and 10000),
    paused      boolean not null default false,
    unique (provider, endpoint, key_scope, model)
);
comment on column lane.key_scope is '"server", or the id of the workspace whose key it is';
comment on column lane.max_running is 'null = the default of the claiming process';

-- State of the fair scheduler, apart from lane so that an edit of a lane never waits for claims. Its row lock is the lane's lock.
create table lane_cursor (
    lane_id       int primary key references lane on delete cascade,
    last_high     uuid not null default gen_random_uuid(),
    last_normal   uuid not null default gen_random_uuid(),
    last_low      uuid not null default gen_random_uuid(),
    credit_normal int not null default 0,
    credit_low    int not null default 0
) with (fillfactor = 10, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
comment on column lane_cursor.last_high is 'workspace served last in this class (round robin); starts at random so that lanes do not march in step';
comment on column lane_cursor.credit_normal is 'starts of other classes that passed over waiting normal jobs';

create table job (
    id                   uuid primary key,
    workspace_id         uuid not null,
    kind                 text not null default 'generation' check (kind in ('generation', 'evaluation')),
    outcome              text check (outcome in ('completed', 'failed', 'cancelled')),
    priority             smallint not null check (priority between 0 and 2),
    lane_id              int not null,
    template_id          uuid,
    template_name        text,
    template_version     int,
    provider             text not null,
    model                text not null,
    variables            json not null check (json_typeof(variables) = 'object'),
    params               json not null check (json_typeof(params) = 'object'),
    messages             json not null check (json_typeof(messages) = 'array'),
    metadata             json not null default '{}' check (json_typeof(metadata) = 'object'),
    input_hash           bytea not null check (length(input_hash) = 32),
    max_attempts         smallint not null check (max_attempts between 1 and 20),
    run_at               timestamptz,
    expires_at           timestamptz,
    estimated_input_tokens bigint not null check (estimated_input_tokens >= 0),
    estimated_input_cost_usd numeric(20, 12) check (estimated_input_cost_usd >= 0),
    -- written when the job ends
    epoch                int not null default 0 check (epoch >= 0),
    attempts             int not null default 0 check (attempts >= 0),
    output               text,
    finish_reason        text,
    error_code           text,
    error                text,
    input_tokens         bigint check (input_tokens >= 0),
    output_tokens        bigint check (output_tokens >= 0),
    cached_input_tokens  bigint check (cached_input_tokens >= 0),
    cost_usd             numeric(20, 12) check (cost_usd >= 0),
    warnings             jsonb not null default '[]' check (jsonb_typeof(warnings) = 'array'),
    created_at           timestamptz not null default now(),
    started_at           timestamptz,
    finished_at          timestamptz,
    updated_at           timestamptz not null default now(),
    check ((outcome is null) = (finished_at is null)),
    check (outcome is distinct from 'completed' or output is not null),
    check (outcome is distinct from 'failed' or error_code is not null),
    check ((template_id is null) = (template_version is null)),
    check ((template_id is null) = (template_name is null))
) with (fillfactor = 70, autovacuum_vacuum_insert_scale_factor = 0.05);
comment on column job.outcome is 'null while the job lives; what it does then is in job_dispatch';
comment on column job.template_name is 'as it was at submit: a finished job never changes';
comment on column job.epoch is 'fencing number at the end; a redriven job goes on from it, so that nobody of its earlier life can write';
create index job_newest on job (workspace_id, id desc);
comment on index job_newest is 'GET /jobs: newest first, paged by id';
create index job_ended_badly on job (workspace_id, outcome, id desc) where outcome in ('failed', 'cancelled');
create index job_finished on job using brin (finished_at) with (pages_per_range = 16);
comment on index job_finished is 'GET /jobs/stats: what ended lately; rows stand in the order of their creation, so a summary of page ranges is enough';
comment on index job_ended_badly is 'GET /jobs?status=failed and status=cancelled, which are few among many';

-- One live or completed job per workspace and input. Decides every race of identical submissions.
create table job_key (
    workspace_id uuid not null,
    input_hash   bytea not null,
    job_id       uuid not null,
    primary key (workspace_id, input_hash)
) with (fillfactor = 90);

create sequence job_dispatch_seq cache 32;
create table job_dispatch (
    job_id       uuid primary key,
    workspace_id uuid not null,
    lane_id      int not null,
    priority     smallint not null check (priority between 0 and 2),
    state        smallint not null default 0 check (state between 0 and 2),
    attempt      int not null default 0 check (attempt >= 0),
    tries_left   smallint not null check (tries_left between 0 and 20),
    throttled    smallint not null default 0 check (throttled between 0 and 10),
    epoch        int not null default 0 check (epoch >= 0),
    cancel       boolean not null default false,
    seq          bigint not null default nextval('job_dispatch_seq'),
    run_at       timestamptz,
    expires_at   timestamptz,
    lease_until  timestamptz,
    started_at   timestamptz,
    worker_id    text,
    check ((state = 1) = (lease_until is not null)),
    check ((state = 2) = (run_at is not null)),
    check (state <> 1 or (worker_id is not null and started_at is not null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
comment on column job_dispatch.priority is '0 high, 1 normal, 2 low';
comment on column job_dispatch.state is '0 ready, 1 running, 2 delayed until run_at; shown to users as queued, running, queued';
comment on column job_dispatch.attempt is 'number of the latest call, from 1; goes on over retries and redrives';
comment on column job_dispatch.tries_left is 'calls that may still be used up';
comment on column job_dispatch.throttled is 'calls answered 429 or 529 with Retry-After, which use up no try; at most 10';
comment on column job_dispatch.epoch is 'fencing number: rises at every claim and every sweep';
comment on column job_dispatch.seq is 'first in, first out inside lane, priority and workspace';
create index job_dispatch_ready on job_dispatch (lane_id, priority, workspace_id, seq) where state = 0;
comment on index job_dispatch_ready is 'the claim: next job of a workspace in a lane and class, by loose index scan';
create index job_dispatch_running on job_dispatch (lane_id, workspace_id) where state = 1;
comment on index job_dispatch_running is 'the claim: how many run in a lane; the sweep: every running row (few, so lease_until needs no index and heartbeats stay HOT)';
create index job_dispatch_delayed on job_dispatch (run_at) where state = 2;
comment on index job_dispatch_delayed is 'promotion of due jobs, and when the next one is due';

create index job_dispatch_expiring on job_dispatch (expires_at) where expires_at is not null and state <> 1;
comment on index job_dispatch_expiring is 'the sweep: waiting jobs whose time is over';

-- What became of each call, written in the transaction of the transition.
create table job_attempt (
    job_id               uuid not null,
    attempt              int not null check (attempt >= 1),
    workspace_id         uuid not null,
    epoch                int not null,
    worker_id            text not null,
    started_at           timestamptz not null,
    finished_at          timestamptz not null default now(),
    outcome              text not null check (outcome in ('completed', 'retry', 'failed', 'unknown', 'cancelled')),
    failure_class        text,
    http_status          smallint check (http_status between 100 and 599),
    provider_request_id  text,
    message              text,
    input_tokens         bigint check (input_tokens >= 0),
    output_tokens        bigint check (output_tokens >= 0),
    cached_input_tokens  bigint check (cached_input_tokens >= 0),
    cache_write_tokens   bigint check (cache_write_tokens >= 0),
    reasoning_tokens     bigint check (reasoning_tokens >= 0),
    cost_usd             numeric(20, 12) check (cost_usd >= 0),
    usage_estimated      boolean not null default false,
    primary key (job_id, attempt)
);
comment on column job_attempt.usage_estimated is 'the provider may have billed the call but said nothing: the input is counted by our estimate';

-- What people did to jobs, lanes and templates that is not visible in the rows themselves. Rows are never changed.
create table audit_event (
    id           bigint generated always as identity primary key,
    workspace_id uuid not null references workspace,
    actor        text not null,
    action       text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
    subject      text not null,
    details      jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
    at           timestamptz not null default now()
);
create index audit_event_newest on audit_event (workspace_id, id desc);
comment on index audit_event_newest is 'reading the trail, newest first';

create table idempotency_key (
    workspace_id uuid not null references workspace,
    route        text not null,
    key          text not null check (length(key) between 1 and 200),
    body_hash    bytea not null check (length(body_hash) = 32),
    status       smallint not null check (status between 200 and 299),
    answer       text not null,
    created_at   timestamptz not null default now(),
    primary key (workspace_id, route, key)
);
create index idempotency_key_age on idempotency_key (created_at);
comment on index idempotency_key_age is 'removal after 24 hours';
