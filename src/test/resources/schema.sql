-- The migrated schema at a glance. SchemaTest compares it and says how to refresh it.

table api_key  -- The unique hash serves the look-up at each request
    id uuid not null
    workspace_id uuid not null
    name text not null
    hash bytea not null
    last_four text not null
    scopes text[] not null
    created_by uuid  -- whose role bounds the key; null = the operator made it, and its scopes alone do
    created_by_name text not null
    made_with uuid  -- the key that its creator showed; revoking that one revokes this one
    created_at timestamp with time zone not null default now()
    expires_at timestamp with time zone
    last_used_at timestamp with time zone
    revoked_at timestamp with time zone
    api_key_pkey: PRIMARY KEY (id)
    api_key_hash_key: UNIQUE (hash)
    api_key_made_with_fkey: FOREIGN KEY (made_with) REFERENCES api_key(id) ON DELETE CASCADE
    api_key_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE
    api_key_check: CHECK (expires_at > created_at)
    api_key_hash_check: CHECK (length(hash) = 32)
    api_key_last_four_check: CHECK (length(last_four) = 4)
    api_key_name_check: CHECK (length(name) >= 1 AND length(name) <= 100)
    api_key_scopes_check: CHECK (cardinality(scopes) > 0)
CREATE INDEX api_key_made_with ON public.api_key USING btree (made_with) WHERE (made_with IS NOT NULL)  -- revoking a key with those that were made with it
CREATE INDEX api_key_newest ON public.api_key USING btree (workspace_id, id DESC)  -- GET /api-keys: newest first, paged by id
policy for_auth to promptlab_auth: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = api_key.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, update, delete to promptlab_api
grant select to promptlab_auth

table api_key_pepper  -- read by the owner, once in the life of a process
    only_row boolean not null default true
    sealed bytea not null
    api_key_pepper_pkey: PRIMARY KEY (only_row)
    api_key_pepper_only_row_check: CHECK (only_row)

table app_user
    id uuid not null
    email text not null  -- in lower case, so that it is unique whatever its case
    name text not null
    password_hash text not null  -- a PHC string; says with which parameters it was made
    created_at timestamp with time zone not null default now()
    app_user_pkey: PRIMARY KEY (id)
    app_user_email_key: UNIQUE (email)
    app_user_email_check: CHECK (length(email) >= 3 AND length(email) <= 254 AND email = lower(email COLLATE "C"))
    app_user_name_check: CHECK (length(name) >= 1 AND length(name) <= 100)
    app_user_password_hash_check: CHECK (password_hash ~~ '$argon2id$%'::text)
policy for_auth to promptlab_auth: true  -- NOT IN FORCE
policy of_members to promptlab_api: (EXISTS ( SELECT
   FROM member m
  WHERE (m.user_id = app_user.id)))  -- NOT IN FORCE
grant select, insert to promptlab_auth

table audit_event
    id bigint not null generated always as identity
    workspace_id uuid not null
    actor text not null  -- as people know the actor; names change and repeat, ids do not
    action text not null
    subject text not null
    details jsonb not null default '{}'::jsonb
    at timestamp with time zone not null default now()
    user_id uuid
    api_key_id uuid  -- null when no API key was used
    audit_event_pkey: PRIMARY KEY (id)
    audit_event_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    audit_event_action_check: CHECK (action ~ '^[a-z_]+\.[a-z_]+$'::text)
    audit_event_details_check: CHECK (jsonb_typeof(details) = 'object'::text)
CREATE INDEX audit_event_newest ON public.audit_event USING btree (workspace_id, id DESC)  -- reading the trail, newest first
CREATE TRIGGER audit_event_never_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_never_changes_v1()
CREATE TRIGGER audit_event_pending AFTER INSERT ON public.audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_pending_v1()
policy for_auth to promptlab_auth: check true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert to promptlab_api
grant insert to promptlab_auth

table audit_pending with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000)
    event_id bigint not null
    workspace_id uuid not null
    audit_pending_pkey: PRIMARY KEY (event_id)
    audit_pending_event_id_fkey: FOREIGN KEY (event_id) REFERENCES audit_event(id)
policy for_auth to promptlab_auth: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, delete to promptlab_api
grant select, insert to promptlab_auth

table audit_seal
    workspace_id uuid not null
    seq bigint not null
    event_id bigint not null
    hash bytea not null
    sealed_at timestamp with time zone not null default now()
    audit_seal_pkey: PRIMARY KEY (workspace_id, seq)
    audit_seal_event_id_key: UNIQUE (event_id)
    audit_seal_event_id_fkey: FOREIGN KEY (event_id) REFERENCES audit_event(id)
    audit_seal_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    audit_seal_hash_check: CHECK (length(hash) = 32)
    audit_seal_seq_check: CHECK (seq >= 1)
CREATE TRIGGER audit_seal_never_changes BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_never_changes_v1()
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert to promptlab_api

table auth_session  -- one sign-in; revoked means removed
    id uuid not null
    user_id uuid not null
    cookie_hash bytea  -- SHA-256 of the cookie; null when the client holds refresh tokens instead
    address text not null
    user_agent text
    created_at timestamp with time zone not null default now()
    used_at timestamp with time zone not null default now()
    expires_at timestamp with time zone not null
    auth_session_pkey: PRIMARY KEY (id)
    auth_session_cookie_hash_key: UNIQUE (cookie_hash)
    auth_session_user_id_fkey: FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE
    auth_session_address_check: CHECK (length(address) <= 100)
    auth_session_cookie_hash_check: CHECK (length(cookie_hash) = 32)
    auth_session_user_agent_check: CHECK (length(user_agent) <= 200)
CREATE INDEX auth_session_expiry ON public.auth_session USING btree (expires_at)  -- remove those that are over
CREATE INDEX auth_session_of_user ON public.auth_session USING btree (user_id)  -- list and revoke the sessions of a user
grant select, insert, delete to promptlab_auth

table budget  -- Lock order everywhere: budget by id, then budget_hold, then budget_use; the submit, which adds new holds only, takes budget_use first
    id uuid not null
    workspace_id uuid not null
    api_key_id uuid  -- whose jobs count; null = all of the workspace
    period text not null
    limit_usd numeric(20,12)
    limit_tokens bigint
    created_at timestamp with time zone not null default now()
    updated_at timestamp with time zone not null default now()
    budget_pkey: PRIMARY KEY (id)
    budget_workspace_id_api_key_id_period_key: UNIQUE NULLS NOT DISTINCT (workspace_id, api_key_id, period)
    budget_api_key_id_fkey: FOREIGN KEY (api_key_id) REFERENCES api_key(id) ON DELETE CASCADE
    budget_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE
    budget_check: CHECK (num_nonnulls(limit_usd, limit_tokens) > 0)
    budget_limit_tokens_check: CHECK (limit_tokens >= 0)
    budget_limit_usd_check: CHECK (limit_usd >= 0::numeric)
    budget_period_check: CHECK (period = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'total'::text]))
CREATE INDEX budget_of_key ON public.budget USING btree (api_key_id) WHERE (api_key_id IS NOT NULL)  -- the end of an API key
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select to promptlab_worker

table budget_hold
    job_id uuid not null
    budget_id uuid not null
    period_start timestamp with time zone not null
    workspace_id uuid not null
    usd numeric not null
    tokens bigint not null
    call_usd numeric not null  -- the worst case of one call; the hold is that of all calls so far, the one under way included
    call_tokens bigint not null
    after_attempt integer not null  -- later attempts are paid from this hold; those before from an earlier one, before the job was put back
    budget_hold_pkey: PRIMARY KEY (job_id, budget_id)
    budget_hold_budget_id_fkey: FOREIGN KEY (budget_id) REFERENCES budget(id) ON DELETE CASCADE
    budget_hold_budget_id_period_start_fkey: FOREIGN KEY (budget_id, period_start) REFERENCES budget_use(budget_id, period_start) ON DELETE CASCADE
    budget_hold_after_attempt_check: CHECK (after_attempt >= 0)
    budget_hold_call_tokens_check: CHECK (call_tokens >= 0)
    budget_hold_call_usd_check: CHECK (call_usd >= 0::numeric)
    budget_hold_tokens_check: CHECK (tokens >= 0)
    budget_hold_usd_check: CHECK (usd >= 0::numeric)
CREATE INDEX budget_hold_of_use ON public.budget_hold USING btree (budget_id, period_start)  -- removal of a budget
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select, insert, update, delete to promptlab_worker

table budget_use with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500)
    budget_id uuid not null
    period_start timestamp with time zone not null
    workspace_id uuid not null
    spent_usd numeric not null default 0  -- recorded by the attempts of jobs that have ended
    spent_tokens bigint not null default 0
    held_usd numeric not null default 0  -- the sum of the holds of this period: the worst case of jobs that have not ended or are not settled
    held_tokens bigint not null default 0
    unknown_usd numeric not null default 0  -- what calls without a known bill may have cost beyond what was recorded
    unknown_tokens bigint not null default 0
    warned_at timestamp with time zone  -- when most of a limit was used or held for the first time
    budget_use_pkey: PRIMARY KEY (budget_id, period_start)
    budget_use_budget_id_fkey: FOREIGN KEY (budget_id) REFERENCES budget(id) ON DELETE CASCADE
    budget_use_held_tokens_check: CHECK (held_tokens >= 0)
    budget_use_held_usd_check: CHECK (held_usd >= 0::numeric)
    budget_use_spent_tokens_check: CHECK (spent_tokens >= 0)
    budget_use_spent_usd_check: CHECK (spent_usd >= 0::numeric)
    budget_use_unknown_tokens_check: CHECK (unknown_tokens >= 0)
    budget_use_unknown_usd_check: CHECK (unknown_usd >= 0::numeric)
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select, update to promptlab_worker

table cache_day
    workspace_id uuid not null
    day date not null
    memory_hits bigint not null
    redis_hits bigint not null
    database_hits bigint not null
    joined bigint not null  -- submits that were given a job which was still at work
    misses bigint not null
    saved_input_tokens bigint not null
    saved_output_tokens bigint not null
    saved_cost_usd numeric(28,12) not null  -- what the reused jobs cost, where it is known; unpriced_hits counts the others
    unpriced_hits bigint not null
    cache_day_pkey: PRIMARY KEY (workspace_id, day)
    cache_day_database_hits_check: CHECK (database_hits >= 0)
    cache_day_joined_check: CHECK (joined >= 0)
    cache_day_memory_hits_check: CHECK (memory_hits >= 0)
    cache_day_misses_check: CHECK (misses >= 0)
    cache_day_redis_hits_check: CHECK (redis_hits >= 0)
    cache_day_saved_cost_usd_check: CHECK (saved_cost_usd >= 0::numeric)
    cache_day_saved_input_tokens_check: CHECK (saved_input_tokens >= 0)
    cache_day_saved_output_tokens_check: CHECK (saved_output_tokens >= 0)
    cache_day_unpriced_hits_check: CHECK (unpriced_hits >= 0)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = cache_day.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, update, delete to promptlab_api

table cache_forget
    xid xid8 not null default pg_current_xact_id()
    workspace_id uuid not null
    input_hash bytea  -- null = every input of the workspace
    forgotten_at timestamp with time zone not null default now()
    cache_forget_input_hash_check: CHECK (length(input_hash) = 32)
CREATE INDEX cache_forget_xid ON public.cache_forget USING btree (xid)  -- what was written since a process last looked
policy for_auth to promptlab_auth: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant insert to promptlab_api
grant select, delete to promptlab_auth

table callback_secret
    workspace_id uuid not null
    sealed bytea not null
    created_at timestamp with time zone not null default now()
    previous bytea  -- the one before the latest rotation; signs too until previous_until
    previous_until timestamp with time zone
    callback_secret_pkey: PRIMARY KEY (workspace_id)
    callback_secret_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    callback_secret_check: CHECK ((previous IS NULL) = (previous_until IS NULL))
policy for_all to promptlab_worker: true
policy for_rotation to promptlab: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = callback_secret.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, update, delete to promptlab_api
grant select, insert to promptlab_worker

table data_key
    id uuid not null
    active boolean not null
    created_at timestamp with time zone not null default now()
    data_key_pkey: PRIMARY KEY (id)
CREATE UNIQUE INDEX data_key_active ON public.data_key USING btree (active) WHERE active  -- new secrets are sealed with one key: this one
grant select to promptlab_api
grant select to promptlab_auth
grant select to promptlab_worker

table data_key_wrap
    data_key_id uuid not null
    master_check bytea not null
    wrapped bytea not null  -- the data key, sealed under the master key of this check value
    data_key_wrap_pkey: PRIMARY KEY (data_key_id, master_check)
    data_key_wrap_data_key_id_fkey: FOREIGN KEY (data_key_id) REFERENCES data_key(id) ON DELETE CASCADE
    data_key_wrap_master_check_fkey: FOREIGN KEY (master_check) REFERENCES master_key(check_value) ON DELETE CASCADE
grant select to promptlab_api
grant select to promptlab_auth
grant select to promptlab_worker

table eval_answer
    run_id uuid not null
    cell integer not null
    workspace_id uuid not null
    answer json not null
    eval_answer_pkey: PRIMARY KEY (run_id, cell)
    eval_answer_run_id_fkey: FOREIGN KEY (run_id) REFERENCES eval_run(id)
    eval_answer_cell_check: CHECK (cell >= 0)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = eval_answer.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, delete to promptlab_api

table eval_baseline
    suite_id uuid not null
    name text not null
    workspace_id uuid not null
    run_id uuid not null
    set_by text not null
    set_at timestamp with time zone not null default now()
    eval_baseline_pkey: PRIMARY KEY (suite_id, name)
    eval_baseline_run_id_fkey: FOREIGN KEY (run_id) REFERENCES eval_run(id)
    eval_baseline_suite_id_fkey: FOREIGN KEY (suite_id) REFERENCES eval_suite(id)
    eval_baseline_name_check: CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,59}$'::text)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api

table eval_finding
    run_id uuid not null
    key text not null
    suite_id uuid not null
    workspace_id uuid not null
    kind text not null
    found_at timestamp with time zone not null default now()
    eval_finding_pkey: PRIMARY KEY (run_id, key)
    eval_finding_run_id_fkey: FOREIGN KEY (run_id) REFERENCES eval_run(id)
    eval_finding_kind_check: CHECK (kind = ANY (ARRAY['broken'::text, 'worse'::text, 'flaky'::text, 'recovered'::text, 'failing'::text]))
CREATE INDEX eval_finding_of_suite ON public.eval_finding USING btree (suite_id, key)  -- flaky cases of a suite
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, delete to promptlab_api

table eval_gate  -- the label moves only to a version of the suite's template with which a run of the suite has passed
    suite_id uuid not null
    label text not null
    workspace_id uuid not null
    max_age interval
    set_by text not null
    set_at timestamp with time zone not null default now()
    eval_gate_pkey: PRIMARY KEY (suite_id, label)
    eval_gate_suite_id_fkey: FOREIGN KEY (suite_id) REFERENCES eval_suite(id)
    eval_gate_max_age_check: CHECK (max_age > '00:00:00'::interval)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api

table eval_rerun
    run_id uuid not null
    name text not null
    workspace_id uuid not null
    pass boolean not null
    eval_rerun_pkey: PRIMARY KEY (run_id, name)
    eval_rerun_run_id_fkey: FOREIGN KEY (run_id) REFERENCES eval_run(id)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, delete to promptlab_api

table eval_row
    run_id uuid not null
    cell integer not null
    workspace_id uuid not null
    key text not null
    case_id text not null
    side text not null
    status text not null
    score double precision not null
    line json not null  -- a row of the result file
    eval_row_pkey: PRIMARY KEY (run_id, cell)
    eval_row_run_id_fkey: FOREIGN KEY (run_id) REFERENCES eval_run(id)
    eval_row_cell_check: CHECK (cell >= 0)
    eval_row_side_check: CHECK (side = ANY (ARRAY['candidate'::text, 'baseline'::text]))
    eval_row_status_check: CHECK (status = ANY (ARRAY['pass'::text, 'fail'::text, 'error'::text]))
CREATE INDEX eval_row_of_case ON public.eval_row USING btree (run_id, md5(case_id))  -- history of a case; ids of cases may be long
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, delete to promptlab_api

table eval_run
    id uuid not null
    workspace_id uuid not null
    suite_id uuid not null
    suite_version integer not null
    status text not null default 'queued'::text
    verdict text
    error text
    error_code text
    cancel_requested boolean not null default false
    candidate text
    baseline text  -- an arm of the suite; with baseline_run_id the name it was asked for by
    baseline_run_id uuid
    template_id uuid
    template_version integer
    settings json not null  -- {repeats, filter, concurrency, priority, cache, maxCalls, maxUsd, prompts}: what was asked for and stays
    fingerprint text not null
    questions text not null
    grading json not null
    done bigint not null default 0
    total bigint not null
    errors bigint not null default 0
    cache_hits bigint not null default 0
    calls bigint not null default 0
    spent_usd numeric not null default 0
    cost_known boolean not null default true
    difference double precision
    summary json
    findings json
    created_by text not null
    user_id uuid
    api_key_id uuid
    epoch integer not null default 0  -- rises with every claim; whoever drives the run writes only under the number of his own claim
    lease_until timestamp with time zone
    created_at timestamp with time zone not null default now()
    started_at timestamp with time zone
    finished_at timestamp with time zone
    updated_at timestamp with time zone not null default now()
    eval_run_pkey: PRIMARY KEY (id)
    eval_run_suite_id_fkey: FOREIGN KEY (suite_id) REFERENCES eval_suite(id)
    eval_run_suite_id_suite_version_fkey: FOREIGN KEY (suite_id, suite_version) REFERENCES eval_suite_version(suite_id, version)
    eval_run_check: CHECK ((verdict IS NULL) = (status <> 'completed'::text))
    eval_run_status_check: CHECK (status = ANY (ARRAY['queued'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))
    eval_run_verdict_check: CHECK (verdict = ANY (ARRAY['pass'::text, 'regressed'::text, 'inconclusive'::text, 'errors'::text]))
CREATE INDEX eval_run_list ON public.eval_run USING btree (workspace_id, id DESC)  -- GET /evals/runs
CREATE INDEX eval_run_live ON public.eval_run USING btree (created_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]))  -- the claim, and whose lease is over
CREATE INDEX eval_run_of_suite ON public.eval_run USING btree (suite_id, id DESC)  -- runs of a suite; the latest of each in lists; history of a case
CREATE INDEX eval_run_passed ON public.eval_run USING btree (suite_id, template_id, template_version) WHERE (verdict = 'pass'::text)  -- gates of labels
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = eval_run.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, update, delete to promptlab_api
grant select, update to promptlab_worker

table eval_suite
    id uuid not null
    workspace_id uuid not null
    key text not null
    name text not null
    description text not null
    version integer not null  -- the latest; cases, cells, arms and template_id are of it
    cases integer not null
    cells bigint not null
    arms json not null
    template_id uuid  -- what promptlab.template names; null = the suite has prompts of its own
    archived_at timestamp with time zone
    created_by text not null
    created_at timestamp with time zone not null default now()
    updated_at timestamp with time zone not null default now()
    eval_suite_pkey: PRIMARY KEY (id)
    eval_suite_workspace_id_key_key: UNIQUE (workspace_id, key)
    eval_suite_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    eval_suite_cases_check: CHECK (cases >= 0)
    eval_suite_cells_check: CHECK (cells >= 0)
    eval_suite_key_check: CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text AND length(key) <= 100)
    eval_suite_name_check: CHECK (length(name) >= 1 AND length(name) <= 120)
    eval_suite_version_check: CHECK (version >= 1)
CREATE INDEX eval_suite_list ON public.eval_suite USING btree (workspace_id, id DESC)  -- GET /evals/suites
CREATE INDEX eval_suite_of_template ON public.eval_suite USING btree (template_id) WHERE (template_id IS NOT NULL)  -- gates of a label of a template
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = eval_suite.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, update, delete to promptlab_api

table eval_suite_version  -- never changed: what a run ran can always be read
    suite_id uuid not null
    version integer not null
    workspace_id uuid not null
    content text not null
    files json not null
    message text
    cases integer not null
    created_by text not null
    created_at timestamp with time zone not null default now()
    eval_suite_version_pkey: PRIMARY KEY (suite_id, version)
    eval_suite_version_suite_id_fkey: FOREIGN KEY (suite_id) REFERENCES eval_suite(id)
    eval_suite_version_files_check: CHECK (json_typeof(files) = 'object'::text)
    eval_suite_version_version_check: CHECK (version >= 1)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = eval_suite_version.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, delete to promptlab_api

table event with (toast_tuple_target=8160, autovacuum_vacuum_insert_scale_factor=0.05)  -- Append-only, written by the statements that move jobs. Whoever reads in the order of seq waits at a gap for the transactions that write here just then: the missing number may be one of theirs. The newest row is never removed: it tells how far the rest goes
    seq bigint not null generated always as identity
    at timestamp with time zone not null default clock_timestamp()
    types event_type[] not null
    workspaces uuid[] not null
    jobs uuid[] not null
    attempts integer[]  -- number of the latest call, from 1
    error_codes text[]
    failure_classes text[]
    texts text[]
    offsets integer[]  -- how many UTF-16 units of the attempt's text came before
    event_pkey: PRIMARY KEY (seq)
    event_check: CHECK (cardinality(types) = cardinality(jobs) AND cardinality(workspaces) = cardinality(jobs))
CREATE INDEX event_at ON public.event USING btree (at)  -- what is past its time; the events of one job, by the time in which it lived
CREATE INDEX event_delta ON public.event USING btree (seq) WHERE (texts IS NOT NULL)  -- pieces of text, which are past their time earlier
policy for_all to promptlab_worker: true
policy of_workspaces to promptlab_api: check (workspaces <@ ( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting))
grant insert to promptlab_api
grant select, insert, delete to promptlab_worker

table history_calls
    workspace_id uuid not null
    grain smallint not null
    bucket_at timestamp with time zone not null
    provider text not null
    model text not null
    template_id uuid not null
    failure text not null  -- the class of the failure; empty = answered
    calls bigint not null
    unpriced bigint not null  -- calls whose cost nobody knows; cost_usd is the sum of the others
    input_tokens bigint not null
    output_tokens bigint not null
    cached_input_tokens bigint not null
    cost_usd numeric not null
    history_calls_pkey: PRIMARY KEY (workspace_id, grain, bucket_at, provider, model, template_id, failure)
    history_calls_grain_check: CHECK (grain = ANY (ARRAY[5, 60]))
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = history_calls.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, delete to promptlab_api
grant select, insert, update, delete to promptlab_worker

table history_gone_call  -- small and short-lived, as history_gone_ending: the next rollup takes the rows away
    workspace_id uuid not null
    provider text not null
    model text not null
    template_id uuid
    outcome text not null
    failure_class text
    input_tokens bigint
    output_tokens bigint
    cached_input_tokens bigint
    cost_usd numeric(20,12)
    started_at timestamp with time zone not null
    finished_at timestamp with time zone not null
    waited interval
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, delete to promptlab_api
grant select, insert, delete to promptlab_worker

table history_gone_ending
    workspace_id uuid not null
    provider text not null
    model text not null
    template_id uuid
    outcome text not null
    finished_at timestamp with time zone not null
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, delete to promptlab_api
grant select, insert, delete to promptlab_worker

table history_jobs
    workspace_id uuid not null
    grain smallint not null
    bucket_at timestamp with time zone not null
    provider text not null
    model text not null
    template_id uuid not null
    outcome text not null
    jobs bigint not null  -- endings: a job that failed, was redriven and completed has ended twice
    history_jobs_pkey: PRIMARY KEY (workspace_id, grain, bucket_at, provider, model, template_id, outcome)
    history_jobs_grain_check: CHECK (grain = ANY (ARRAY[5, 60]))
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = history_jobs.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, delete to promptlab_api
grant select, insert, update, delete to promptlab_worker

table history_progress
    only_row boolean not null default true
    rolled_to timestamp with time zone  -- everything that finished before is in the rollups, once; null = nothing was rolled up yet
    history_progress_pkey: PRIMARY KEY (only_row)
    history_progress_only_row_check: CHECK (only_row)
grant select to promptlab_api
grant select, update to promptlab_worker

table history_times
    workspace_id uuid not null
    grain smallint not null
    bucket_at timestamp with time zone not null
    kind text not null  -- call: of an answered call; wait: from the submit to the first call
    provider text not null
    model text not null
    slot smallint not null
    n bigint not null
    history_times_pkey: PRIMARY KEY (workspace_id, grain, bucket_at, kind, provider, model, slot)
    history_times_grain_check: CHECK (grain = ANY (ARRAY[5, 60]))
    history_times_kind_check: CHECK (kind = ANY (ARRAY['call'::text, 'wait'::text]))
    history_times_slot_check: CHECK (slot >= 0 AND slot <= 300)
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = history_times.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, delete to promptlab_api
grant select, insert, update, delete to promptlab_worker

table idempotency_key
    workspace_id uuid not null
    route text not null
    key text not null
    body_hash bytea not null
    status smallint not null
    answer text not null
    created_at timestamp with time zone not null default now()
    idempotency_key_pkey: PRIMARY KEY (workspace_id, route, key)
    idempotency_key_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    idempotency_key_body_hash_check: CHECK (length(body_hash) = 32)
    idempotency_key_key_check: CHECK (length(key) >= 1 AND length(key) <= 200)
    idempotency_key_status_check: CHECK (status >= 200 AND status <= 299)
CREATE INDEX idempotency_key_age ON public.idempotency_key USING btree (created_at)  -- removal after 24 hours
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = idempotency_key.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, update, delete to promptlab_api
grant select, delete to promptlab_worker

table invitation
    id uuid not null
    workspace_id uuid not null
    email text not null
    role text not null
    token_hash bytea not null  -- SHA-256 of 256 random bits; the token itself was shown once
    invited_by uuid
    created_at timestamp with time zone not null default now()
    expires_at timestamp with time zone not null
    accepted_at timestamp with time zone
    invitation_pkey: PRIMARY KEY (id)
    invitation_token_hash_key: UNIQUE (token_hash)
    invitation_invited_by_fkey: FOREIGN KEY (invited_by) REFERENCES app_user(id)
    invitation_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    invitation_check: CHECK (expires_at > created_at)
    invitation_email_check: CHECK (length(email) >= 3 AND length(email) <= 320)
    invitation_role_check: CHECK (role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text]))
    invitation_token_hash_check: CHECK (length(token_hash) = 32)
CREATE UNIQUE INDEX invitation_pending ON public.invitation USING btree (workspace_id, lower(email)) WHERE (accepted_at IS NULL)  -- one open invitation per address: a new one takes the place of the one before
policy for_auth to promptlab_auth: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, delete to promptlab_api
grant select to promptlab_auth

table job with (autovacuum_vacuum_insert_scale_factor=0.05)  -- What was asked. Written once; a redrive alone clears run_at and expires_at
    id uuid not null
    workspace_id uuid not null
    kind text not null default 'generation'::text
    priority smallint not null
    lane_id integer not null
    template_id uuid
    template_name text  -- as it was at submit: a finished job never changes
    template_version integer
    provider text not null
    model text not null
    variables json not null
    params json not null
    messages json not null
    metadata json not null default '{}'::json
    input_hash bytea not null
    max_attempts smallint not null
    run_at timestamp with time zone
    expires_at timestamp with time zone
    estimated_input_tokens bigint not null
    estimated_input_cost_usd numeric(20,12)
    created_at timestamp with time zone not null default now()
    updated_at timestamp with time zone not null default now()
    job_pkey: PRIMARY KEY (id)
    job_check3: CHECK ((template_id IS NULL) = (template_version IS NULL))
    job_check4: CHECK ((template_id IS NULL) = (template_name IS NULL))
    job_estimated_input_cost_usd_check: CHECK (estimated_input_cost_usd >= 0::numeric)
    job_estimated_input_tokens_check: CHECK (estimated_input_tokens >= 0)
    job_input_hash_check: CHECK (length(input_hash) = 32)
    job_kind_check: CHECK (kind = ANY (ARRAY['generation'::text, 'evaluation'::text]))
    job_max_attempts_check: CHECK (max_attempts >= 1 AND max_attempts <= 20)
    job_messages_check: CHECK (json_typeof(messages) = 'array'::text)
    job_metadata_check: CHECK (json_typeof(metadata) = 'object'::text)
    job_params_check: CHECK (json_typeof(params) = 'object'::text)
    job_priority_check: CHECK (priority >= 0 AND priority <= 2)
    job_variables_check: CHECK (json_typeof(variables) = 'object'::text)
CREATE INDEX job_newest ON public.job USING btree (workspace_id, id DESC)  -- GET /jobs: newest first, paged by id
CREATE TRIGGER job_callback_gone AFTER DELETE ON public.job REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION job_callback_gone_v1()
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select, delete to promptlab_worker

table job_attempt
    job_id uuid not null
    attempt integer not null
    workspace_id uuid not null
    epoch integer not null
    worker_id text not null
    started_at timestamp with time zone not null
    finished_at timestamp with time zone not null default now()
    outcome text not null
    failure_class text
    http_status smallint
    provider_request_id text
    message text
    input_tokens bigint
    output_tokens bigint
    cached_input_tokens bigint
    cache_write_tokens bigint
    reasoning_tokens bigint
    cost_usd numeric(20,12)
    usage_estimated boolean not null default false  -- the provider may have billed the call but said nothing: the input is counted by our estimate
    late_answer_at timestamp with time zone  -- when the worker came back after all, too late: its answer was refused
    job_attempt_pkey: PRIMARY KEY (job_id, attempt)
    job_attempt_attempt_check: CHECK (attempt >= 1)
    job_attempt_cache_write_tokens_check: CHECK (cache_write_tokens >= 0)
    job_attempt_cached_input_tokens_check: CHECK (cached_input_tokens >= 0)
    job_attempt_cost_usd_check: CHECK (cost_usd >= 0::numeric)
    job_attempt_http_status_check: CHECK (http_status >= 100 AND http_status <= 599)
    job_attempt_input_tokens_check: CHECK (input_tokens >= 0)
    job_attempt_outcome_check: CHECK (outcome = ANY (ARRAY['completed'::text, 'retry'::text, 'failed'::text, 'unknown'::text, 'cancelled'::text]))
    job_attempt_output_tokens_check: CHECK (output_tokens >= 0)
    job_attempt_reasoning_tokens_check: CHECK (reasoning_tokens >= 0)
CREATE INDEX job_attempt_finished ON public.job_attempt USING brin (finished_at) WITH (pages_per_range='16')  -- the rollup: calls that ended lately; rows stand in the order of their end
CREATE INDEX job_attempt_late ON public.job_attempt USING btree (workspace_id, late_answer_at) WHERE (late_answer_at IS NOT NULL)  -- GET /jobs/stats: late answers within an hour
CREATE TRIGGER history_call_gone AFTER DELETE ON public.job_attempt REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION history_call_gone_v1()
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select, insert, update, delete to promptlab_worker

table job_callback with (fillfactor=80, autovacuum_vacuum_scale_factor=0.05, autovacuum_analyze_scale_factor=0.02)
    job_id uuid not null
    workspace_id uuid not null
    url text not null
    host text not null  -- of the URL: calls to one host are limited, so that a dead one starves nobody
    delivery_id uuid  -- one per ending of the job, the same in every call about it; null while the job lives
    due_at timestamp with time zone  -- next call; while claimed the end of the lease, when another process may call
    claimed boolean not null default false
    attempts integer not null default 0  -- calls about this ending, from 1; also the fencing number of a claim
    round_at timestamp with time zone  -- when the present round of calls began: the end of the job, or when somebody asked for a new round
    round_attempts integer not null default 0
    last_status smallint
    last_error text
    delivered_at timestamp with time zone
    gave_up_at timestamp with time zone
    created_at timestamp with time zone not null default now()
    job_callback_pkey: PRIMARY KEY (job_id)
    job_callback_attempts_check: CHECK (attempts >= 0)
    job_callback_check: CHECK (round_attempts >= 0 AND round_attempts <= attempts)
    job_callback_check1: CHECK ((delivery_id IS NULL) = (round_at IS NULL))
    job_callback_check2: CHECK (delivery_id IS NOT NULL OR attempts = 0)
    job_callback_check3: CHECK (num_nonnulls(due_at, delivered_at, gave_up_at) =
CASE
    WHEN delivery_id IS NULL THEN 0
    ELSE 1
END)
    job_callback_check4: CHECK (NOT claimed OR due_at IS NOT NULL)
    job_callback_last_error_check: CHECK (length(last_error) <= 500)
    job_callback_last_status_check: CHECK (last_status >= 100 AND last_status <= 999)
    job_callback_url_check: CHECK (length(url) >= 1 AND length(url) <= 2000)
CREATE INDEX job_callback_due ON public.job_callback USING btree (host, due_at) WHERE (due_at IS NOT NULL)  -- the claim: hosts by loose index scan, then what is due of each
CREATE INDEX job_callback_of_workspace ON public.job_callback USING btree (workspace_id, job_id)  -- the export of a workspace
CREATE INDEX job_callback_waiting ON public.job_callback USING btree (job_id) WHERE (delivery_id IS NULL)  -- the end of jobs: which of them somebody wants to hear of, and whether there are any at all
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select, update, delete to promptlab_worker

table job_dispatch with (fillfactor=70, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0, autovacuum_vacuum_insert_threshold=-1, autovacuum_analyze_scale_factor=0, autovacuum_analyze_threshold=5000)
    job_id uuid not null
    workspace_id uuid not null
    lane_id integer not null
    priority smallint not null  -- 0 high, 1 normal, 2 low
    state smallint not null default 0  -- 0 ready, 1 running, 2 delayed until run_at; shown to users as queued, running, queued
    attempt integer not null default 0  -- number of the latest call, from 1; goes on over retries and redrives
    tries_left smallint not null  -- calls that may still be used up
    throttled smallint not null default 0  -- calls answered 429 or 529 with Retry-After, which use up no try; at most 10
    epoch integer not null default 0  -- fencing number: rises at every claim and every sweep
    cancel boolean not null default false
    seq bigint not null default nextval('job_dispatch_seq'::regclass)  -- first in, first out inside lane, priority and workspace
    run_at timestamp with time zone
    expires_at timestamp with time zone
    lease_until timestamp with time zone
    started_at timestamp with time zone
    worker_id text
    job_dispatch_pkey: PRIMARY KEY (job_id)
    job_dispatch_attempt_check: CHECK (attempt >= 0)
    job_dispatch_check: CHECK ((state = 1) = (lease_until IS NOT NULL))
    job_dispatch_check1: CHECK ((state = 2) = (run_at IS NOT NULL))
    job_dispatch_check2: CHECK (state <> 1 OR worker_id IS NOT NULL AND started_at IS NOT NULL)
    job_dispatch_epoch_check: CHECK (epoch >= 0)
    job_dispatch_priority_check: CHECK (priority >= 0 AND priority <= 2)
    job_dispatch_state_check: CHECK (state >= 0 AND state <= 2)
    job_dispatch_throttled_check: CHECK (throttled >= 0 AND throttled <= 10)
    job_dispatch_tries_left_check: CHECK (tries_left >= 0 AND tries_left <= 20)
CREATE INDEX job_dispatch_delayed ON public.job_dispatch USING btree (run_at) WHERE (state = 2)  -- promotion of due jobs, and when the next one is due
CREATE INDEX job_dispatch_expiring ON public.job_dispatch USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND (state <> 1))  -- the sweep: waiting jobs whose time is over
CREATE INDEX job_dispatch_ready ON public.job_dispatch USING btree (lane_id, priority, workspace_id, seq) WHERE (state = 0)  -- the claim: next job of a workspace in a lane and class, by loose index scan
CREATE INDEX job_dispatch_running ON public.job_dispatch USING btree (lane_id, workspace_id) WHERE (state = 1)  -- the claim: how many run in a lane; the sweep: every running row (few, so lease_until needs no index and heartbeats stay HOT)
CREATE TRIGGER job_callback_due AFTER DELETE ON public.job_dispatch REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION job_callback_due_v1()
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select, insert, update, delete to promptlab_worker

table job_key with (fillfactor=90)
    workspace_id uuid not null
    input_hash bytea not null
    job_id uuid not null
    job_key_pkey: PRIMARY KEY (workspace_id, input_hash)
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select, delete to promptlab_worker

table job_result with (autovacuum_vacuum_insert_scale_factor=0.05)  -- How a job ended. A job has either this or a job_dispatch row; a redrive swaps them
    job_id uuid not null
    workspace_id uuid not null
    outcome text not null
    epoch integer not null  -- fencing number at the end; a redriven job goes on from it, so that nobody of its earlier life can write
    attempts integer not null
    output text
    finish_reason text
    error_code text
    error text
    input_tokens bigint
    output_tokens bigint
    cached_input_tokens bigint
    cost_usd numeric(20,12)
    warnings jsonb not null default '[]'::jsonb
    started_at timestamp with time zone  -- start of the first attempt; null when there was none
    finished_at timestamp with time zone not null default now()
    job_result_pkey: PRIMARY KEY (job_id)
    job_result_attempts_check: CHECK (attempts >= 0)
    job_result_cached_input_tokens_check: CHECK (cached_input_tokens >= 0)
    job_result_check: CHECK (outcome <> 'completed'::text OR output IS NOT NULL)
    job_result_check1: CHECK (outcome <> 'failed'::text OR error_code IS NOT NULL)
    job_result_cost_usd_check: CHECK (cost_usd >= 0::numeric)
    job_result_epoch_check: CHECK (epoch >= 0)
    job_result_input_tokens_check: CHECK (input_tokens >= 0)
    job_result_outcome_check: CHECK (outcome = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text]))
    job_result_output_tokens_check: CHECK (output_tokens >= 0)
    job_result_warnings_check: CHECK (jsonb_typeof(warnings) = 'array'::text)
CREATE INDEX job_result_ended_badly ON public.job_result USING btree (workspace_id, outcome, job_id DESC) WHERE (outcome = ANY (ARRAY['failed'::text, 'cancelled'::text]))  -- GET /jobs?status=failed and status=cancelled, which are few among many; dead letters
CREATE INDEX job_result_finished ON public.job_result USING brin (finished_at) WITH (pages_per_range='16')  -- GET /jobs/stats: what ended lately; rows stand in the order of their end, so a summary of page ranges is enough
CREATE TRIGGER history_ending_gone AFTER DELETE ON public.job_result REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION history_ending_gone_v1()
policy for_all to promptlab_worker: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select, insert, update, delete to promptlab_worker

table lane
    id integer not null generated always as identity
    provider text not null
    endpoint text not null
    key_scope text not null  -- "server", or the id of the workspace whose key it is
    model text not null
    max_running integer  -- null = the default of the claiming process
    paused boolean not null default false
    lane_pkey: PRIMARY KEY (id)
    lane_provider_endpoint_key_scope_model_key: UNIQUE (provider, endpoint, key_scope, model)
    lane_max_running_check: CHECK (max_running >= 1 AND max_running <= 10000)
policy for_all to promptlab_worker: true
policy of_key to promptlab_api: ((key_scope = 'server'::text) OR (key_scope = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::text[] AS current_setting)::text[])))
grant select, insert, update to promptlab_api
grant select to promptlab_worker

table lane_cursor with (fillfactor=10, autovacuum_vacuum_threshold=200, autovacuum_vacuum_scale_factor=0)
    lane_id integer not null
    last_high uuid not null default gen_random_uuid()  -- workspace served last in this class (round robin); starts at random so that lanes do not march in step
    last_normal uuid not null default gen_random_uuid()
    last_low uuid not null default gen_random_uuid()
    credit_normal integer not null default 0  -- starts of other classes that passed over waiting normal jobs
    credit_low integer not null default 0
    window_size double precision  -- calls in flight that the lane may have; null = its cap
    ramp integer  -- answers since the first call, while no limit was met; null = one was, or the window is at the cap
    pace_per_minute double precision  -- starts a minute; null = no limit is known
    pace_credit double precision  -- starts saved at paced_at
    paced_at timestamp with time zone
    pace_growth double precision  -- by which part the pace grows in a minute
    pace_changed_at timestamp with time zone
    pace_stated bigint  -- limit a minute that the provider names; 0 = it names none
    blocked_until timestamp with time zone  -- nothing starts before; stays until an answer after it
    blocked_reason text
    probes smallint not null default 0  -- above 0, one call at a time tries whether the block is over
    events integer not null default 0  -- how often the lane was cut or held: what comes of calls of an earlier number is no news
    throttled_at timestamp with time zone  -- the latest 429 that counted
    starts integer[] not null default '{}'::integer[]  -- by slots of five seconds, the newest (starts_slot) first
    starts_slot bigint not null default 0
    starts_since integer not null default 0  -- starts since throttled_at
    lane_cursor_pkey: PRIMARY KEY (lane_id)
    lane_cursor_lane_id_fkey: FOREIGN KEY (lane_id) REFERENCES lane(id) ON DELETE CASCADE
    lane_cursor_blocked_reason_check: CHECK (blocked_reason = ANY (ARRAY['rate_limited'::text, 'overloaded'::text, 'unavailable'::text]))
    lane_cursor_check: CHECK (num_nulls(pace_per_minute, pace_credit, paced_at, pace_growth, pace_changed_at, pace_stated) = ANY (ARRAY[0, 6]))
    lane_cursor_check1: CHECK ((blocked_until IS NULL) = (blocked_reason IS NULL))
    lane_cursor_check2: CHECK (probes = 0 OR blocked_until IS NOT NULL)
    lane_cursor_pace_per_minute_check: CHECK (pace_per_minute > 0::double precision)
    lane_cursor_probes_check: CHECK (probes >= 0)
    lane_cursor_ramp_check: CHECK (ramp >= 0)
    lane_cursor_window_size_check: CHECK (window_size >= 1::double precision)
grant select, insert to promptlab_api
grant select, update to promptlab_worker

table master_key
    check_value bytea not null  -- HMAC of a fixed text under the key: tells a wrong key, and nothing about the right one
    accepted_at timestamp with time zone not null default now()
    master_key_pkey: PRIMARY KEY (check_value)
    master_key_check_value_check1: CHECK (length(check_value) = 32)

table member  -- Whoever changes the members of a workspace locks its row in workspace first, so that one owner always stays
    workspace_id uuid not null
    user_id uuid not null
    role text not null
    created_at timestamp with time zone not null default now()
    member_pkey: PRIMARY KEY (workspace_id, user_id)
    member_user_id_fkey: FOREIGN KEY (user_id) REFERENCES app_user(id)
    member_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    member_role_check: CHECK (role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text]))
CREATE INDEX member_workspaces ON public.member USING btree (user_id, created_at, workspace_id)  -- GET /workspaces, and the workspace of a request that names none
policy for_auth to promptlab_auth: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, delete to promptlab_api
grant select, insert to promptlab_auth

table provider_key
    workspace_id uuid not null
    name text not null
    format text not null
    base_url text  -- null = where the settings of the server say that this provider is
    origin text not null  -- scheme, host and port that the key was saved for
    sealed bytea  -- bound to the workspace and the origin of the base URL; null = wiped, since the base URL changed
    last_four text  -- empty for a key so short that they would tell too much
    default_model text
    prices text
    created_at timestamp with time zone not null default now()
    updated_at timestamp with time zone not null default now()
    provider_key_pkey: PRIMARY KEY (workspace_id, name)
    provider_key_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE
    provider_key_base_url_check: CHECK (length(base_url) >= 1 AND length(base_url) <= 2000)
    provider_key_check: CHECK ((sealed IS NULL) = (last_four IS NULL))
    provider_key_check1: CHECK (base_url IS NOT NULL OR (name = ANY (ARRAY['anthropic'::text, 'openai'::text])))
    provider_key_default_model_check: CHECK (length(default_model) >= 1 AND length(default_model) <= 200)
    provider_key_format_check: CHECK (format = ANY (ARRAY['anthropic'::text, 'openai'::text]))
    provider_key_last_four_check: CHECK (length(last_four) <= 4)
    provider_key_name_check: CHECK (name ~ '^[a-z0-9]+([._-][a-z0-9]+)*$'::text AND length(name) <= 60 AND name <> 'mock'::text)
    provider_key_prices_check: CHECK (length(prices) >= 1 AND length(prices) <= 60)
policy for_all to promptlab_worker: true
policy for_rotation to promptlab: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select to promptlab_worker

table rate_limit  -- What a workspace allows its callers, in the window of the server or of rate_limit_ceiling, and never more than those
    workspace_id uuid not null
    api_key_id uuid  -- null = everybody whose key has no limit of its own
    route_class text not null
    requests integer not null
    updated_at timestamp with time zone not null default now()
    rate_limit_workspace_id_api_key_id_route_class_key: UNIQUE NULLS NOT DISTINCT (workspace_id, api_key_id, route_class)
    rate_limit_api_key_id_fkey: FOREIGN KEY (api_key_id) REFERENCES api_key(id) ON DELETE CASCADE
    rate_limit_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE
    rate_limit_requests_check: CHECK (requests >= 1 AND requests <= 1000000)
    rate_limit_route_class_check: CHECK (route_class = ANY (ARRAY['reads'::text, 'writes'::text]))
CREATE INDEX rate_limit_of_key ON public.rate_limit USING btree (api_key_id) WHERE (api_key_id IS NOT NULL)  -- the removal of API keys
policy for_auth to promptlab_auth: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api
grant select to promptlab_auth

table rate_limit_ceiling  -- What the operator allows a workspace instead of the settings of the server; null = any number
    workspace_id uuid not null
    route_class text not null
    requests integer
    time_window interval
    updated_at timestamp with time zone not null default now()
    rate_limit_ceiling_pkey: PRIMARY KEY (workspace_id, route_class)
    rate_limit_ceiling_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE
    rate_limit_ceiling_check: CHECK ((requests IS NULL) = (time_window IS NULL))
    rate_limit_ceiling_requests_check: CHECK (requests >= 1 AND requests <= 1000000)
    rate_limit_ceiling_route_class_check: CHECK (route_class = ANY (ARRAY['reads'::text, 'writes'::text]))
    rate_limit_ceiling_time_window_check: CHECK (time_window >= '00:00:00.1'::interval AND time_window <= '01:00:00'::interval)
policy for_auth to promptlab_auth: true
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = rate_limit_ceiling.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, delete to promptlab_api
grant select, insert, update, delete to promptlab_auth

table rate_limit_node
    id uuid not null
    generation bigint not null  -- it admits nothing under an earlier one any more, and has written down what it did admit
    redis boolean not null
    longest interval not null  -- window of its settings
    renewed_at timestamp with time zone not null  -- from then on it may admit through Redis for less than a second
    rate_limit_node_pkey: PRIMARY KEY (id)
grant select, insert, update, delete to promptlab_auth

table rate_limit_switch
    only_row boolean not null default true
    generation bigint not null
    token text  -- prefix of the keys in Redis; null = in PostgreSQL
    since timestamp with time zone not null
    rate_limit_switch_pkey: PRIMARY KEY (only_row)
    rate_limit_switch_only_row_check: CHECK (only_row)
grant select, update to promptlab_auth

table rate_limit_window with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000)
    subject text not null
    admitted_at timestamp with time zone[] not null
    counts integer[] not null
    keep_until timestamp with time zone not null
    rate_limit_window_pkey: PRIMARY KEY (subject)
    rate_limit_window_check: CHECK (cardinality(counts) = cardinality(admitted_at))
    rate_limit_window_subject_check: CHECK (length(subject) <= 300)
grant select, insert, update, delete to promptlab_auth

table refresh_token
    hash bytea not null  -- SHA-256 of 256 random bits
    session_id uuid not null
    created_at timestamp with time zone not null default now()
    used_at timestamp with time zone  -- kept after its use: a second use tells that it was stolen
    refresh_token_pkey: PRIMARY KEY (hash)
    refresh_token_session_id_fkey: FOREIGN KEY (session_id) REFERENCES auth_session(id) ON DELETE CASCADE
    refresh_token_hash_check: CHECK (length(hash) = 32)
CREATE INDEX refresh_token_of_session ON public.refresh_token USING btree (session_id)  -- remove the tokens with their session
grant select, insert to promptlab_auth

table saved_view  -- filters of a page under a name, for everybody in the workspace
    id uuid not null
    workspace_id uuid not null
    page text not null
    name text not null
    query json not null
    created_by_name text not null
    created_at timestamp with time zone not null default now()
    saved_view_pkey: PRIMARY KEY (id)
    saved_view_workspace_id_page_name_key: UNIQUE (workspace_id, page, name)
    saved_view_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    saved_view_name_check: CHECK (length(name) >= 1 AND length(name) <= 60)
    saved_view_page_check: CHECK (page = ANY (ARRAY['jobs'::text, 'dead-letters'::text, 'dashboard'::text]))
    saved_view_query_check: CHECK (json_typeof(query) = 'object'::text)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api

table setup_token  -- lets the first user take over the default workspace; removed by its use
    only_one boolean not null default true
    hash bytea not null
    expires_at timestamp with time zone not null
    setup_token_pkey: PRIMARY KEY (only_one)
    setup_token_hash_check: CHECK (length(hash) = 32)
    setup_token_only_one_check: CHECK (only_one)
grant select, insert, update, delete to promptlab_auth

table sign_in_limit  -- failed attempts of late, and those under way, by the hash of an account or an address
    subject bytea not null
    failures timestamp with time zone[] not null
    newest_at timestamp with time zone not null
    sign_in_limit_pkey: PRIMARY KEY (subject)
    sign_in_limit_subject_check: CHECK (length(subject) = 32)
CREATE INDEX sign_in_limit_age ON public.sign_in_limit USING btree (newest_at)  -- remove what no limit looks at any more
grant select, insert, update, delete to promptlab_auth

table signing_key  -- the one that began to sign last signs
    kid text not null
    public_key jsonb not null
    sealed_key bytea not null  -- the private key (a JWK), sealed with the master key
    created_at timestamp with time zone not null default now()
    signs_from timestamp with time zone not null
    verifies_until timestamp with time zone  -- when the last token that it may have signed has expired; null while no other key follows
    signing_key_pkey: PRIMARY KEY (kid)
    signing_key_check: CHECK (verifies_until > signs_from)
    signing_key_kid_check: CHECK (kid ~ '^[A-Za-z0-9_-]{43}$'::text)
    signing_key_public_key_check: CHECK (jsonb_typeof(public_key) = 'object'::text AND NOT public_key ? 'd'::text)
grant select, insert, delete to promptlab_auth

table template
    id uuid not null
    workspace_id uuid not null
    key text not null
    name text not null
    description text
    latest_version integer not null
    archived_at timestamp with time zone
    created_at timestamp with time zone not null default now()
    updated_at timestamp with time zone not null default now()
    template_pkey: PRIMARY KEY (id)
    template_workspace_id_id_key: UNIQUE (workspace_id, id)
    template_workspace_id_key_key: UNIQUE (workspace_id, key)
    template_workspace_id_fkey: FOREIGN KEY (workspace_id) REFERENCES workspace(id)
    template_description_check: CHECK (length(description) <= 2000)
    template_key_check: CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text AND length(key) <= 100)
    template_latest_version_check: CHECK (latest_version >= 1)
    template_name_check: CHECK (length(name) >= 1 AND length(name) <= 200)
CREATE INDEX template_newest ON public.template USING btree (workspace_id, id DESC)  -- GET /templates: newest first, paged by id
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = template.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, update, delete to promptlab_api

table template_label
    template_id uuid not null
    label text not null
    workspace_id uuid not null
    version integer not null
    updated_at timestamp with time zone not null default now()
    template_label_pkey: PRIMARY KEY (template_id, label)
    template_label_template_id_version_fkey: FOREIGN KEY (template_id, version) REFERENCES template_version(template_id, version)
    template_label_workspace_id_template_id_fkey: FOREIGN KEY (workspace_id, template_id) REFERENCES template(workspace_id, id)
    template_label_label_check: CHECK (label ~ '^[a-z0-9]+([._-][a-z0-9]+)*$'::text AND length(label) <= 60 AND label <> 'latest'::text)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select, insert, update, delete to promptlab_api

table template_label_move
    id bigint not null generated always as identity
    workspace_id uuid not null
    template_id uuid not null
    label text not null
    from_version integer
    to_version integer  -- null = the label was removed
    moved_by text not null
    reason text
    moved_at timestamp with time zone not null default now()
    template_label_move_pkey: PRIMARY KEY (id)
    template_label_move_workspace_id_template_id_fkey: FOREIGN KEY (workspace_id, template_id) REFERENCES template(workspace_id, id)
    template_label_move_check: CHECK (to_version IS DISTINCT FROM from_version)
    template_label_move_reason_check: CHECK (length(reason) <= 500)
CREATE INDEX template_label_move_history ON public.template_label_move USING btree (template_id, label, id DESC)  -- GET /templates/{id}/labels/{label}/history
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = template_label_move.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, delete to promptlab_api

table template_version  -- Never changes. json and not jsonb: given back as it came, in its order
    template_id uuid not null
    version integer not null
    workspace_id uuid not null
    system_prompt text
    user_prompt text
    messages json
    variables_schema json
    defaults json not null default '{}'::json
    message text
    created_at timestamp with time zone not null default now()
    template_version_pkey: PRIMARY KEY (template_id, version)
    template_version_workspace_id_template_id_fkey: FOREIGN KEY (workspace_id, template_id) REFERENCES template(workspace_id, id)
    template_version_check: CHECK ((user_prompt IS NULL) <> (messages IS NULL))
    template_version_check1: CHECK (messages IS NULL OR system_prompt IS NULL)
    template_version_defaults_check: CHECK (json_typeof(defaults) = 'object'::text)
    template_version_message_check: CHECK (length(message) <= 500)
    template_version_messages_check: CHECK (json_typeof(messages) = 'array'::text)
    template_version_variables_schema_check: CHECK (json_typeof(variables_schema) = 'object'::text)
    template_version_version_check: CHECK (version >= 1)
policy of_workspace to promptlab_api: (workspace_id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
policy until_deleted to promptlab_api: (EXISTS ( SELECT
   FROM workspace w
  WHERE ((w.id = template_version.workspace_id) AND (w.deleted_at IS NOT NULL))))
grant select, insert, delete to promptlab_api

table workspace
    id uuid not null
    name text not null
    created_at timestamp with time zone not null default now()
    exported_at timestamp with time zone  -- when the latest export was read to its end
    deleted_at timestamp with time zone  -- from then on nobody gets in, and its rows are removed in the background
    emptied_at timestamp with time zone  -- when nothing but this row and the audit trail was left
    server_keys_allowed boolean not null default false  -- the default workspace may in any case
    workspace_pkey: PRIMARY KEY (id)
    workspace_default_stays: CHECK (deleted_at IS NULL OR id <> '00000000-0000-7000-8000-000000000001'::uuid)
    workspace_deleted_before_emptied: CHECK (emptied_at IS NULL OR deleted_at IS NOT NULL)
    workspace_name_check: CHECK (length(name) >= 1 AND length(name) <= 200)
CREATE INDEX workspace_leaving ON public.workspace USING btree (deleted_at) WHERE ((deleted_at IS NOT NULL) AND (emptied_at IS NULL))  -- the removal of what deleted workspaces leave behind
policy for_auth to promptlab_auth: true
policy of_workspace to promptlab_api: (id = ANY (( SELECT (current_setting('promptlab.workspaces'::text))::uuid[] AS current_setting)::uuid[]))
grant select to promptlab_api
grant select, insert to promptlab_auth

sequence audit_event_id_seq cache 1
sequence event_seq_seq cache 1
sequence job_dispatch_seq cache 32
sequence lane_id_seq cache 1
sequence template_label_move_id_seq cache 1

function audit_event_pending_v1() returns trigger
function audit_never_changes_v1() returns trigger
function budget_attempts_v1(p_job uuid, p_after integer, p_call_usd numeric, p_call_tokens bigint) returns TABLE(spent_usd numeric, spent_tokens bigint, unknown_usd numeric, unknown_tokens bigint)
function budget_period_end_v1(p_period text, p_start timestamp with time zone) returns timestamp with time zone
function budget_period_start_v1(p_period text, p_at timestamp with time zone) returns timestamp with time zone
function history_call_gone_v1() returns trigger
function history_ending_gone_v1() returns trigger
function history_slot_v1(p_time interval) returns smallint
function job_attempts_before_v1(p_job uuid, p_next integer) returns TABLE(input_tokens bigint, output_tokens bigint, cached_input_tokens bigint, cost_usd numeric, started_at timestamp with time zone, warnings jsonb)
function job_callback_due_v1() returns trigger set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, plan_cache_mode=force_generic_plan
function job_callback_gone_v1() returns trigger set enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, plan_cache_mode=force_generic_plan
function job_claim_v2(p_worker text, p_wanted integer, p_lease interval, p_lane_cap integer) returns TABLE(job_id uuid, workspace_id uuid, lane_id integer, provider text, model text, messages text, params text, attempt integer, max_attempts smallint, tries_left smallint, throttled smallint, epoch integer, seconds_left double precision, estimated_input_tokens bigint, estimated_input_cost_usd numeric, lane_events integer, lane_learns boolean, lane_trial boolean) set enable_seqscan=off, enable_bitmapscan=off, enable_hashjoin=off, enable_mergejoin=off, enable_sort=off, plan_cache_mode=force_generic_plan, jit=off
function job_estimate_warning_v1(p_attempt integer) returns text
function job_pick_v2(p_lane integer, p_priority smallint, p_cursor uuid, p_wanted integer, p_busy uuid[], p_running integer[], OUT picked tid[], OUT next_cursor uuid) returns record
function job_unknown_warning_v1(p_input_tokens bigint, p_cost_usd numeric, p_provider text, p_model text) returns jsonb
function keep_until_deleted_v1(IN p_table regclass) returns 
function lane_credit_v1(p_credit double precision, p_pace double precision, p_since timestamp with time zone, p_at timestamp with time zone) returns double precision
function lane_window_v1(p_window double precision, p_probes smallint) returns integer
function own_by_workspace_v1(IN p_table regclass, IN p_column name DEFAULT 'workspace_id'::name) returns 
function rate_limit_admit_v1(p_generation bigint, p_subjects text[], p_limits integer[], p_windows interval[], p_wanted integer[]) returns TABLE(place integer, granted integer, used integer, doubt_us bigint, retry_us bigint, reset_us bigint)
function rate_limit_doubt_v1(p_generation bigint) returns timestamp with time zone
function rate_limit_exchange_v1(p_node uuid, p_generation bigint, p_redis boolean, p_longest interval) returns TABLE(generation bigint, token text, joinable boolean)
function rate_limit_joinable_v1(p_generation bigint) returns boolean
function rate_limit_lock_v1() returns bigint
function rate_limit_move_v1(p_generation bigint, p_token text) returns boolean
function work_for_all_v1(IN p_table regclass) returns 
