-- How a job ended is a row of its own, so that the wide record of what was asked is written once: ending a job by updating
-- it cost a second copy of the record and of its index entries. Locks `job` and copies the results of all jobs that have ended.

create table job_result (
    job_id              uuid primary key,
    workspace_id        uuid not null,
    outcome             text not null check (outcome in ('completed', 'failed', 'cancelled')),
    epoch               int not null check (epoch >= 0),
    attempts            int not null check (attempts >= 0),
    output              text,
    finish_reason       text,
    error_code          text,
    error               text,
    input_tokens        bigint check (input_tokens >= 0),
    output_tokens       bigint check (output_tokens >= 0),
    cached_input_tokens bigint check (cached_input_tokens >= 0),
    cost_usd            numeric(20, 12) check (cost_usd >= 0),
    warnings            jsonb not null default '[]' check (jsonb_typeof(warnings) = 'array'),
    started_at          timestamptz,
    finished_at         timestamptz not null default now(),
    check (outcome <> 'completed' or output is not null),
    check (outcome <> 'failed' or error_code is not null)
) with (autovacuum_vacuum_insert_scale_factor = 0.05);
comment on table job_result is 'How a job ended. A job has either this or a job_dispatch row; a redrive swaps them';
comment on column job_result.epoch is 'fencing number at the end; a redriven job goes on from it, so that nobody of its earlier life can write';
comment on column job_result.started_at is 'start of the first attempt; null when there was none';

insert into job_result
select id, workspace_id, outcome, epoch, attempts, output, finish_reason, error_code, error, input_tokens, output_tokens,
       cached_input_tokens, cost_usd, warnings, started_at, finished_at
  from job where outcome is not null;

create index job_result_ended_badly on job_result (workspace_id, outcome, job_id desc) where outcome in ('failed', 'cancelled');
comment on index job_result_ended_badly is 'GET /jobs?status=failed and status=cancelled, which are few among many; dead letters';
create index job_result_finished on job_result using brin (finished_at) with (pages_per_range = 16);
comment on index job_result_finished is 'GET /jobs/stats: what ended lately; rows stand in the order of their end, so a summary of page ranges is enough';

drop index job_ended_badly, job_finished;
alter table job
    drop column outcome, drop column epoch, drop column attempts, drop column output, drop column finish_reason,
    drop column error_code, drop column error, drop column input_tokens, drop column output_tokens,
    drop column cached_input_tokens, drop column cost_usd, drop column warnings, drop column started_at, drop column finished_at;
alter table job reset (fillfactor);
comment on table job is 'What was asked. Written once; a redrive alone clears run_at and expires_at';
