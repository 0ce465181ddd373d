-- Users, how they prove who they are, and what access tokens are signed with. New tables only; locks nothing that is large.
-- They belong to no workspace: only promptlab_auth reads and writes them.

create table app_user (
    id            uuid primary key,
    email         text not null unique check (length(email) between 3 and 254 and email = lower(email collate "C")),
    name          text not null check (length(name) between 1 and 100),
    password_hash text not null check (password_hash like '$argon2id$%'),
    created_at    timestamptz not null default now()
);
comment on column app_user.email is 'in lower case, so that it is unique whatever its case';
comment on column app_user.password_hash is 'a PHC string; says with which parameters it was made';

create table auth_session (
    id          uuid primary key,
    user_id     uuid not null references app_user on delete cascade,
    cookie_hash bytea unique check (length(cookie_hash) = 32),
    address     text not null check (length(address) <= 100),
    user_agent  text check (length(user_agent) <= 200),
    created_at  timestamptz not null default now(),
    used_at     timestamptz not null default now(),
    expires_at  timestamptz not null
);
comment on table auth_session is 'one sign-in; revoked means removed';
comment on column auth_session.cookie_hash is 'SHA-256 of the cookie; null when the client holds refresh tokens instead';
create index auth_session_of_user on auth_session (user_id);
comment on index auth_session_of_user is 'list and revoke the sessions of a user';
create index auth_session_expiry on auth_session (expires_at);
comment on index auth_session_expiry is 'remove those that are over';

create table refresh_token (
    hash       bytea primary key check (length(hash) = 32),
    session_id uuid not null references auth_session on delete cascade,
    created_at timestamptz not null default now(),
    used_at    timestamptz
);
comment on column refresh_token.hash is 'SHA-256 of 256 random bits';
comment on column refresh_token.used_at is 'kept after its use: a second use tells that it was stolen';
create index refresh_token_of_session on refresh_token (session_id);
comment on index refresh_token_of_session is 'remove the tokens with their session';

create table signing_key (
    kid            text primary key check (kid ~ '^[A-Za-z0-9_-]{43}$'),
    public_key     jsonb not null check (jsonb_typeof(public_key) = 'object' and not public_key ? 'd'),
    sealed_key     bytea not null,
    created_at     timestamptz not null default now(),
    signs_from     timestamptz not null,
    verifies_until timestamptz,
    check (verifies_until > signs_from)
);
comment on table signing_key is 'the one that began to sign last signs';
comment on column signing_key.sealed_key is 'the private key (a JWK), sealed with the master key';
comment on column signing_key.verifies_until is 'when the last token that it may have signed has expired; null while no other key follows';

create table setup_token (
    only_one   boolean primary key default true check (only_one),
    hash       bytea not null check (length(hash) = 32),
    expires_at timestamptz not null
);
comment on table setup_token is 'lets the first user take over the default workspace; removed by its use';

create table sign_in_limit (
    subject   bytea primary key check (length(subject) = 32),
    failures  timestamptz[] not null,
    newest_at timestamptz not null
);
comment on table sign_in_limit is 'failed attempts of late, and those under way, by the hash of an account or an address';
create index sign_in_limit_age on sign_in_limit (newest_at);
comment on index sign_in_limit_age is 'remove what no limit looks at any more';

grant select, insert, update (name, password_hash) on app_user to promptlab_auth;
grant select, insert, update (used_at), delete on auth_session to promptlab_auth;
grant select, insert, update (used_at) on refresh_token to promptlab_auth;
grant select, insert, update (verifies_until), delete on signing_key to promptlab_auth;
grant select, insert, update, delete on setup_token, sign_in_limit to promptlab_auth;
