-- Keys: data keys between the master key and the secrets (docs/adr/0011-envelope-and-rotation.md), API keys of callers, and the
-- workspaces' own keys for providers. New tables, a small one replaced, a column with a constant default; locks nothing large.

-- Which master keys are accepted: one, and during a rotation the next one beside it. Takes over from master_key_check.
create table master_key (
    check_value bytea primary key check (length(check_value) = 32),
    accepted_at timestamptz not null default now()
);
comment on column master_key.check_value is 'HMAC of a fixed text under the key: tells a wrong key, and nothing about the right one';
insert into master_key (check_value, accepted_at) select value, created_at from master_key_check;
drop table master_key_check;

-- What secrets are sealed with.
create table data_key (
    id         uuid primary key,
    active     boolean not null,
    created_at timestamptz not null default now()
);
create unique index data_key_active on data_key (active) where active;
comment on index data_key_active is 'new secrets are sealed with one key: this one';
create table data_key_wrap (
    data_key_id  uuid not null references data_key on delete cascade,
    master_check bytea not null references master_key on delete cascade,
    wrapped      bytea not null,
    primary key (data_key_id, master_check)
);
comment on column data_key_wrap.wrapped is 'the data key, sealed under the master key of this check value';
grant select on data_key, data_key_wrap to promptlab_api, promptlab_worker, promptlab_auth;

-- The rotation of the master key runs as the owner and goes through the sealed values of all workspaces.
create policy for_rotation on callback_secret to current_user using (true);

-- Keys that callers show us. Of a key only its HMAC is kept.
create table api_key (
    id              uuid primary key,
    workspace_id    uuid not null references workspace on delete cascade,
    name            text not null check (length(name) between 1 and 100),
    hash            bytea not null unique check (length(hash) = 32),
    last_four       text not null check (length(last_four) = 4),
    scopes          text[] not null check (cardinality(scopes) > 0),
    created_by      uuid,
    created_by_name text not null,
    made_with       uuid references api_key on delete cascade,
    created_at      timestamptz not null default now(),
    expires_at      timestamptz check (expires_at > created_at),
    last_used_at    timestamptz,
    revoked_at      timestamptz
);
comment on table api_key is 'The unique hash serves the look-up at each request';
comment on column api_key.created_by is 'whose role bounds the key; null = the operator made it, and its scopes alone do';
comment on column api_key.made_with is 'the key that its creator showed; revoking that one revokes this one';
create index api_key_newest on api_key (workspace_id, id desc);
comment on index api_key_newest is 'GET /api-keys: newest first, paged by id';
create index api_key_made_with on api_key (made_with) where made_with is not null;
comment on index api_key_made_with is 'revoking a key with those that were made with it';

call own_by_workspace_v1('api_key');
grant select, insert, update on api_key to promptlab_api;
call keep_until_deleted_v1('api_key');
create policy for_auth on api_key to promptlab_auth using (true);
grant select, update (last_used_at) on api_key to promptlab_auth;

-- What API keys are hashed under: random, sealed, the same for ever, so that a stolen table of hashes cannot be searched.
create table api_key_pepper (
    only_row boolean primary key default true check (only_row),
    sealed   bytea not null
);
comment on table api_key_pepper is 'read by the owner, once in the life of a process';

-- Keys that we show providers, one for each name in a workspace.
create table provider_key (
    workspace_id  uuid not null references workspace on delete cascade,
    name          text not null check (name ~ '^[a-z0-9]+([._-][a-z0-9]+)*$' and length(name) <= 60 and name <> 'mock'),
    format        text not null check (format in ('anthropic', 'openai')),
    base_url      text check (length(base_url) between 1 and 2000),
    origin        text not null,
    sealed        bytea,
    last_four     text check (length(last_four) <= 4),
    default_model text check (length(default_model) between 1 and 200),
    prices        text check (length(prices) between 1 and 60),
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    primary key (workspace_id, name),
    check ((sealed is null) = (last_four is null)),
    check (base_url is not null or name in ('anthropic', 'openai'))
);
comment on column provider_key.base_url is 'null = where the settings of the server say that this provider is';
comment on column provider_key.origin is 'scheme, host and port that the key was saved for';
comment on column provider_key.last_four is 'empty for a key so short that they would tell too much';
comment on column provider_key.sealed is 'bound to the workspace and the origin of the base URL; null = wiped, since the base URL changed';

call own_by_workspace_v1('provider_key');
grant select, insert, update, delete on provider_key to promptlab_api;
call work_for_all_v1('provider_key');
grant select on provider_key to promptlab_worker;
create policy for_rotation on provider_key to current_user using (true);

-- The keys of the server's environment cost the operator: other workspaces than the default one use them only if allowed.
alter table workspace add server_keys_allowed boolean not null default false;
comment on column workspace.server_keys_allowed is 'the default workspace may in any case';
grant update (server_keys_allowed) on workspace to promptlab_auth;
