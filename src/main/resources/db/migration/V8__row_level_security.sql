-- The second line of separation (docs/adr/0013-database-roles.md): whoever forgets a workspace predicate still sees no row of
-- another workspace. The login of DATABASE_URL owns the schema and runs migrations; the pools of a process work as one of three
-- roles that own nothing. Locks each table for a moment; rewrites nothing.

-- Roles belong to the whole server: another PromptLab on it may have made them already.
do $$
declare
    needed text;
begin
    foreach needed in array array['promptlab_api', 'promptlab_worker', 'promptlab_auth'] loop
        if not exists (select from pg_roles where rolname = needed) then
            begin
                execute format('create role %I nologin', needed);
            exception
                when duplicate_object or unique_violation then null; -- by another at this moment
                when insufficient_privilege then
                    raise exception 'the role % is missing and % may not create it; let an administrator run: create role % nologin; grant % to %',
                        needed, current_user, needed, needed, current_user;
            end;
        end if;
        begin
            execute format('set local role %I', needed);
            reset role;
        exception when insufficient_privilege then
            begin
                execute format('grant %I to current_user' || case when current_setting('server_version_num')::int >= 160000
                                                                  then ' with inherit false' else '' end, needed);
            exception when insufficient_privilege then
                raise exception '% may not work as the role %; let an administrator run: grant % to %',
                    current_user, needed, needed, current_user;
            end;
        end;
    end loop;
end $$;

grant usage on schema public to promptlab_api, promptlab_worker, promptlab_auth;

-- Shows promptlab_api the rows of the workspaces that the connection works for, and no others; everybody else needs a policy of
-- his own, the owner of the table too.
create procedure own_by_workspace_v1(p_table regclass, p_column name default 'workspace_id') language plpgsql as $$
begin
    execute format('alter table %s enable row level security', p_table);
    execute format('alter table %s force row level security', p_table);
    execute format('create policy of_workspace on %s to promptlab_api using (%I = any ((select current_setting(''promptlab.workspaces'')::uuid[])::uuid[]))',
                   p_table, p_column);
end $$;

-- Shows promptlab_worker every row: it works for all workspaces.
create procedure work_for_all_v1(p_table regclass) language plpgsql as $$
begin
    execute format('create policy for_all on %s to promptlab_worker using (true)', p_table);
end $$;

call own_by_workspace_v1('workspace', 'id');
grant select on workspace to promptlab_api;

call own_by_workspace_v1('template');
call own_by_workspace_v1('template_version');
call own_by_workspace_v1('template_label');
call own_by_workspace_v1('template_label_move');
grant select, insert, update on template to promptlab_api;
grant select, insert on template_version, template_label_move to promptlab_api;
grant select, insert, update, delete on template_label to promptlab_api;

call own_by_workspace_v1('job');
call own_by_workspace_v1('job_key');
call own_by_workspace_v1('job_dispatch');
call own_by_workspace_v1('job_attempt');
call own_by_workspace_v1('job_result');
call own_by_workspace_v1('job_callback');
grant select, insert, update, delete on job, job_key, job_dispatch, job_attempt, job_result, job_callback to promptlab_api;
grant usage on sequence job_dispatch_seq to promptlab_api, promptlab_worker;

call own_by_workspace_v1('idempotency_key');
grant select, insert, update on idempotency_key to promptlab_api;
call own_by_workspace_v1('callback_secret');
grant select, insert, update on callback_secret to promptlab_api;

-- Append-only: nobody may change what was written.
call own_by_workspace_v1('audit_event');
grant select, insert on audit_event to promptlab_api;

-- A lane belongs to the workspace whose key it uses; all see those of the server's keys. What a lane has learned hangs on it.
alter table lane enable row level security;
alter table lane force row level security;
create policy of_key on lane to promptlab_api
    using (key_scope = 'server' or key_scope = any ((select current_setting('promptlab.workspaces')::text[])::text[]));
grant select, insert, update on lane to promptlab_api;
grant select, insert on lane_cursor to promptlab_api;

call work_for_all_v1('job');
call work_for_all_v1('job_key');
call work_for_all_v1('job_dispatch');
call work_for_all_v1('job_attempt');
call work_for_all_v1('job_result');
call work_for_all_v1('job_callback');
call work_for_all_v1('lane');
call work_for_all_v1('callback_secret');
call work_for_all_v1('idempotency_key');
grant select, insert, update, delete on job_dispatch, job_result, job_attempt to promptlab_worker;
grant select, update, delete on job_callback to promptlab_worker;
grant select, delete on job, job_key, idempotency_key to promptlab_worker;
grant select on lane to promptlab_worker;
grant select, update on lane_cursor to promptlab_worker;
grant select, insert on callback_secret to promptlab_worker;
