package dev.promptlab.workspace.access;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import static dev.promptlab.workspace.access.Permission.ACCOUNT;
import static dev.promptlab.workspace.access.Permission.API_KEYS;
import static dev.promptlab.workspace.access.Permission.JOBS_READ;
import static dev.promptlab.workspace.access.Permission.JOBS_WRITE;
import static dev.promptlab.workspace.access.Permission.TEMPLATES_READ;
import static dev.promptlab.workspace.access.Permission.TEMPLATES_WRITE;
import static dev.promptlab.workspace.access.Permission.WORKSPACE_OWN;
import static dev.promptlab.workspace.access.Permission.WORKSPACE_READ;

/// What a member is in a workspace. Each may what the next may, and more.
public enum Role {
    OWNER, ADMIN, MEMBER, VIEWER;

    /// From the most powerful down.
    public static final Map<String, Role> BY_CODE = byCode();

    private static final Set<Permission> OF_OWNER = Set.copyOf(EnumSet.complementOf(EnumSet.of(ACCOUNT)));
    private static final Set<Permission> OF_ADMIN = Set
            .copyOf(EnumSet.complementOf(EnumSet.of(ACCOUNT, WORKSPACE_OWN)));
    private static final Set<Permission> OF_MEMBER = Set.of(TEMPLATES_READ, TEMPLATES_WRITE, JOBS_READ, JOBS_WRITE,
            WORKSPACE_READ, API_KEYS);
    private static final Set<Permission> OF_VIEWER = Set.of(TEMPLATES_READ, JOBS_READ, WORKSPACE_READ);

    /// As in JSON and SQL: `owner`
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Set<Permission> permissions() {
        return switch (this) {
            case OWNER -> OF_OWNER;
            case ADMIN -> OF_ADMIN;
            case MEMBER -> OF_MEMBER;
            case VIEWER -> OF_VIEWER;
        };
    }

    private static Map<String, Role> byCode() {
        var roles = new LinkedHashMap<String, Role>();
        for (var role : values()) {
            roles.put(role.code(), role);
        }
        return roles;
    }
}
