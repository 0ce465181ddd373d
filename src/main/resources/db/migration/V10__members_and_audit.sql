-- Workspaces get members, invitations and an end; the audit trail says who by id and is sealed into a chain of hashes. Locks
-- workspace, audit_event and job_callback for a moment; builds an index on job_callback.

-- ---------------------------------------------------------------------------------------------------------------------
-- Members
-- ---------------------------------------------------------------------------------------------------------------------

create table member (
    workspace_id uuid not null references workspace,
    user_id      uuid not null references app_user,
    role         text not null check (role in ('owner', 'admin', 'member', 'viewer')),
    created_at   timestamptz not null default now(),
    primary key (workspace_id, user_id)
);
comment on table member is 'Whoever changes the members of a workspace locks its row in workspace first, so that one owner always stays';
create index member_workspaces on member (user_id, created_at, workspace_id);
comment on index member_workspaces is 'GET /workspaces, and the workspace of a request that names none';

create table invitation (
    id           uuid primary key,
    workspace_id uuid not null references workspace,
    email        text not null check (length(email) between 3 and 320),
    role         text not null check (role in ('owner', 'admin', 'member', 'viewer')),
    token_hash   bytea not null unique check (length(token_hash) = 32),
    invited_by   uuid references app_user,
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null check (expires_at > created_at),
    accepted_at  timestamptz
);
comment on column invitation.token_hash is 'SHA-256 of 256 random bits; the token itself was shown once';
create unique index invitation_pending on invitation (workspace_id, lower(email)) where accepted_at is null;
comment on index invitation_pending is 'one open invitation per address: a new one takes the place of the one before';

call own_by_workspace_v1('member');
call own_by_workspace_v1('invitation');
grant select, update (role), delete on member to promptlab_api;
grant select, insert, delete on invitation to promptlab_api;

-- A workspace sees the names of its members, and of nobody else.
alter table app_user enable row level security;
create policy for_auth on app_user to promptlab_auth using (true);
create policy of_members on app_user for select to promptlab_api
    using (exists (select from member m where m.user_id = app_user.id));
grant select (id, email, name) on app_user to promptlab_api;

-- Who somebody is, and where: over all workspaces, but nothing in them.
create policy for_auth on workspace to promptlab_auth using (true);
create policy for_auth on member to promptlab_auth using (true);
create policy for_auth on invitation to promptlab_auth using (true);
grant select, insert on workspace to promptlab_auth;
grant select, insert, update (role) on member to promptlab_auth;
grant select, update (accepted_at) on invitation to promptlab_auth;

-- ---------------------------------------------------------------------------------------------------------------------
-- The end of a workspace
-- ---------------------------------------------------------------------------------------------------------------------

alter table workspace
    add column exported_at timestamptz,
    add column deleted_at  timestamptz,
    add column emptied_at  timestamptz,
    add constraint workspace_default_stays check (deleted_at is null or id <> '00000000-0000-7000-8000-000000000001'),
    add constraint workspace_deleted_before_emptied check (emptied_at is null or deleted_at is not null);
comment on column workspace.exported_at is 'when the latest export was read to its end';
comment on column workspace.deleted_at is 'from then on nobody gets in, and its rows are removed in the background';
comment on column workspace.emptied_at is 'when nothing but this row and the audit trail was left';
create index workspace_leaving on workspace (deleted_at) where deleted_at is not null and emptied_at is null;
comment on index workspace_leaving is 'the removal of what deleted workspaces leave behind';
grant update (name, exported_at, deleted_at, emptied_at) on workspace to promptlab_api;

create index job_callback_of_workspace on job_callback (workspace_id, job_id);
comment on index job_callback_of_workspace is 'the export of a workspace';

-- What requests may otherwise not delete, they may in a workspace that is deleted.
create procedure keep_until_deleted_v1(p_table regclass) language plpgsql as $$
begin
    execute format('grant delete on %s to promptlab_api', p_table);
    execute format('create policy until_deleted on %1$s as restrictive for delete to promptlab_api
                        using (exists (select from workspace w where w.id = %1$s.workspace_id and w.deleted_at is not null))', p_table);
end $$;
call keep_until_deleted_v1('template');
call keep_until_deleted_v1('template_version');
call keep_until_deleted_v1('template_label_move');
call keep_until_deleted_v1('idempotency_key');
call keep_until_deleted_v1('callback_secret');

-- ---------------------------------------------------------------------------------------------------------------------
-- The audit trail
-- ---------------------------------------------------------------------------------------------------------------------

alter table audit_event add column user_id uuid, add column api_key_id uuid;
comment on column audit_event.actor is 'as people know the actor; names change and repeat, ids do not';
comment on column audit_event.api_key_id is 'null when no API key was used';

create policy for_auth on audit_event for insert to promptlab_auth with check (true);
grant insert on audit_event to promptlab_auth;

-- Events that stand in no chain yet. A queue, and not a mark in audit_event, which never changes; and not the order of
-- transaction ids either, which begin anew when a dump is restored elsewhere.
create table audit_pending (
    event_id     bigint primary key references audit_event,
    workspace_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The chain of each workspace: hash = SHA-256(hash before || canonical JSON of the event), the first after 32 zero bytes.
create table audit_seal (
    workspace_id uuid not null references workspace,
    seq          bigint not null check (seq >= 1),
    event_id     bigint not null unique references audit_event,
    hash         bytea not null check (length(hash) = 32),
    sealed_at    timestamptz not null default now(),
    primary key (workspace_id, seq)
);

alter table audit_event no force row level security;
insert into audit_pending select id, workspace_id from audit_event;
alter table audit_event force row level security;

create function audit_event_pending_v1() returns trigger language plpgsql as $$
begin
    insert into audit_pending (event_id, workspace_id) values (new.id, new.workspace_id);
    return null;
end $$;
create trigger audit_event_pending after insert on audit_event for each row execute function audit_event_pending_v1();

call own_by_workspace_v1('audit_pending');
call own_by_workspace_v1('audit_seal');
create policy for_auth on audit_pending to promptlab_auth using (true);
grant select, insert, delete on audit_pending to promptlab_api;
grant select, insert on audit_pending to promptlab_auth;
grant select, insert on audit_seal to promptlab_api;

create function audit_never_changes_v1() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail only grows: no % of %', lower(tg_op), tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger audit_event_never_changes before update or delete or truncate on audit_event
    for each statement execute function audit_never_changes_v1();
create trigger audit_seal_never_changes before update or delete or truncate on audit_seal
    for each statement execute function audit_never_changes_v1();
