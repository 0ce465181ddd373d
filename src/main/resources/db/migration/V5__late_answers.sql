-- Late answers of workers whose lease had passed are refused; now they are counted, too. Adds a column without a default: no rewrite.

alter table job_attempt add column late_answer_at timestamptz;
comment on column job_attempt.late_answer_at is 'when the worker came back after all, too late: its answer was refused';
create index job_attempt_late on job_attempt (workspace_id, late_answer_at) where late_answer_at is not null;
comment on index job_attempt_late is 'GET /jobs/stats: late answers within an hour';
