-- Callbacks: PromptLab tells a URL when a job has ended. Locks nothing large: only new tables, and a trigger on job_dispatch.

-- Which master key the sealed secrets of this database belong to.
create table master_key_check (
    only_row   boolean primary key default true check (only_row),
    value      bytea not null check (length(value) = 32),
    created_at timestamptz not null default now()
);
comment on column master_key_check.value is 'HMAC of a fixed text under the key: tells a wrong key, and nothing about the right one';
