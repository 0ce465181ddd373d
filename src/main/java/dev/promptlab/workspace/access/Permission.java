package dev.promptlab.workspace.access;

import java.util.Arrays;
import java.util.Map;

import dev.promptlab.web.Access;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

/// What somebody may do in a workspace. Routes ask for one, roles and API keys give them.
public enum Permission implements Access {
    /// A person who is signed in, whatever the workspace. No role and no API key gives it.
    ACCOUNT("account"),
    TEMPLATES_READ("templates:read"),
    TEMPLATES_WRITE("templates:write"),
    JOBS_READ("jobs:read"),
    /// Submit, cancel, retry one.
    JOBS_WRITE("jobs:write"),
    /// Redrive, purge, lanes, what callbacks are signed with.
    JOBS_ADMIN("jobs:admin"),
    /// The workspace and its members.
    WORKSPACE_READ("workspace:read"),
    /// Rename, members, invitations.
    WORKSPACE_ADMIN("workspace:admin"),
    /// Transfer, export, delete; make and unmake owners.
    WORKSPACE_OWN("workspace:own"),
    /// One's own API keys; those of others need [#WORKSPACE_ADMIN] too.
    API_KEYS("api-keys:write"),
    PROVIDER_KEYS("provider-keys:admin"),
    AUDIT_READ("audit:read");

    public static final Map<String, Permission> BY_CODE = Arrays.stream(values())
            .collect(toUnmodifiableMap(Permission::code, identity()));

    private final String code;

    Permission(String code) {
        this.code = code;
    }

    @Override
    public String code() {
        return code;
    }
}
