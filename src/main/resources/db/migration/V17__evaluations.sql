-- Evaluations on the server: suites, runs and what they found; gates of labels (docs/evaluations.md). New tables only; locks nothing.

create table eval_suite (
    id           uuid primary key,
    workspace_id uuid not null references workspace,
    key          text not null check (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(key) <= 100),
    name         text not null check (length(name) between 1 and 120),
    description  text not null,
    version      int not null check (version >= 1),
    cases        int not null check (cases >= 0),
    cells        bigint not null check (cells >= 0),
    arms         json not null,
    template_id  uuid,
    archived_at  timestamptz,
    created_by   text not null,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    unique (workspace_id, key)
);
comment on column eval_suite.version is 'the latest; cases, cells, arms and template_id are of it';
comment on column eval_suite.template_id is 'what promptlab.template names; null = the suite has prompts of its own';
create index eval_suite_list on eval_suite (workspace_id, id desc);
comment on index eval_suite_list is 'GET /evals/suites';
create index eval_suite_of_template on eval_suite (template_id) where template_id is not null;
comment on index eval_suite_of_template is 'gates of a label of a template';

create table eval_suite_version (
    suite_id     uuid not null references eval_suite,
    version      int not null check (version >= 1),
    workspace_id uuid not null,
    content      text not null,
    files        json not null check (json_typeof(files) = 'object'),
    message      text,
    cases        int not null,
    created_by   text not null,
    created_at   timestamptz not null default now(),
    primary key (suite_id, version)
);
comment on table eval_suite_version is 'never changed: what a run ran can always be read';

create table eval_run (
    id               uuid primary key,
    workspace_id     uuid not null,
    suite_id         uuid not null references eval_suite,
    suite_version    int not null,
    status           text not null default 'queued' check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
    verdict          text check (verdict in ('pass', 'regressed', 'inconclusive', 'errors')),
    error            text,
    error_code       text,
    cancel_requested boolean not null default false,
    candidate        text,
    baseline         text,
    baseline_run_id  uuid,
    template_id      uuid,
    template_version int,
    settings         json not null,
    fingerprint      text not null,
    questions        text not null,
    grading          json not null,
    done             bigint not null default 0,
    total            bigint not null,
    errors           bigint not null default 0,
    cache_hits       bigint not null default 0,
    calls            bigint not null default 0,
    spent_usd        numeric not null default 0,
    cost_known       boolean not null default true,
    difference       double precision,
    summary          json,
    findings         json,
    created_by       text not null,
    user_id          uuid,
    api_key_id       uuid,
    epoch            int not null default 0,
    lease_until      timestamptz,
    created_at       timestamptz not null default now(),
    started_at       timestamptz,
    finished_at      timestamptz,
    updated_at       timestamptz not null default now(),
    check ((verdict is null) = (status <> 'completed')),
    foreign key (suite_id, suite_version) references eval_suite_version
);
comment on column eval_run.epoch is 'rises with every claim; whoever drives the run writes only under the number of his own claim';
comment on column eval_run.baseline is 'an arm of the suite; with baseline_run_id the name it was asked for by';
comment on column eval_run.settings is '{repeats, filter, concurrency, priority, cache, maxCalls, maxUsd, prompts}: what was asked for and stays';
create index eval_run_list on eval_run (workspace_id, id desc);
comment on index eval_run_list is 'GET /evals/runs';
create index eval_run_of_suite on eval_run (suite_id, id desc);
comment on index eval_run_of_suite is 'runs of a suite; the latest of each in lists; history of a case';
create index eval_run_live on eval_run (created_at) where status in ('queued', 'running');
comment on index eval_run_live is 'the claim, and whose lease is over';
create index eval_run_passed on eval_run (suite_id, template_id, template_version) where verdict = 'pass';
comment on index eval_run_passed is 'gates of labels';

create table eval_answer (
    run_id       uuid not null references eval_run,
    cell         int not null check (cell >= 0),
    workspace_id uuid not null,
    answer       json not null,
    primary key (run_id, cell)
);

create table eval_row (
    run_id       uuid not null references eval_run,
    cell         int not null check (cell >= 0),
    workspace_id uuid not null,
    key          text not null,
    case_id      text not null,
    side         text not null check (side in ('candidate', 'baseline')),
    status       text not null check (status in ('pass', 'fail', 'error')),
    score        double precision not null,
    line         json not null,
    primary key (run_id, cell)
);
comment on column eval_row.line is 'a row of the result file';
create index eval_row_of_case on eval_row (run_id, md5(case_id));
comment on index eval_row_of_case is 'history of a case; ids of cases may be long';

create table eval_rerun (
    run_id       uuid not null references eval_run,
    name         text not null,
    workspace_id uuid not null,
    pass         boolean not null,
    primary key (run_id, name)
);

create table eval_finding (
    run_id       uuid not null references eval_run,
    key          text not null,
    suite_id     uuid not null,
    workspace_id uuid not null,
    kind         text not null check (kind in ('broken', 'worse', 'flaky', 'recovered', 'failing')),
    found_at     timestamptz not null default now(),
    primary key (run_id, key)
);
create index eval_finding_of_suite on eval_finding (suite_id, key);
comment on index eval_finding_of_suite is 'flaky cases of a suite';

create table eval_baseline (
    suite_id     uuid not null references eval_suite,
    name         text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,59}$'),
    workspace_id uuid not null,
    run_id       uuid not null references eval_run,
    set_by       text not null,
    set_at       timestamptz not null default now(),
    primary key (suite_id, name)
);

create table eval_gate (
    suite_id     uuid not null references eval_suite,
    label        text not null,
    workspace_id uuid not null,
    max_age      interval check (max_age > interval '0'),
    set_by       text not null,
    set_at       timestamptz not null default now(),
    primary key (suite_id, label)
);
comment on table eval_gate is 'the label moves only to a version of the suite''s template with which a run of the suite has passed';

call own_by_workspace_v1('eval_suite');
call own_by_workspace_v1('eval_suite_version');
call own_by_workspace_v1('eval_run');
call own_by_workspace_v1('eval_answer');
call own_by_workspace_v1('eval_row');
call own_by_workspace_v1('eval_rerun');
call own_by_workspace_v1('eval_finding');
call own_by_workspace_v1('eval_baseline');
call own_by_workspace_v1('eval_gate');
grant select, insert, update on eval_suite, eval_run to promptlab_api;
grant select, insert on eval_suite_version, eval_answer to promptlab_api;
grant select, insert, delete on eval_row, eval_rerun, eval_finding to promptlab_api;
grant select, insert, update, delete on eval_baseline, eval_gate to promptlab_api;
call keep_until_deleted_v1('eval_suite');
call keep_until_deleted_v1('eval_suite_version');
call keep_until_deleted_v1('eval_run');
call keep_until_deleted_v1('eval_answer');
-- The worker finds runs of all workspaces; the rest of a run is written for its workspace alone.
call work_for_all_v1('eval_run');
grant select, update on eval_run to promptlab_worker;
