package dev.promptlab.db;

/// What a pool of connections may do. The roles are PostgreSQL's and own nothing; the migrations say which tables and rows each
/// may touch.
public enum DatabaseRole {
    /// The login itself: owns the schema and migrates it. No statement of it may touch rows of workspaces: it would fail.
    OWNER("none"),
    /// Requests: the rows of the workspaces that the work is for.
    API("promptlab_api"),
    /// The queue: its tables over all workspaces, and nothing else.
    WORKER("promptlab_worker"),
    /// Who somebody is: people, sessions, keys, memberships; no templates, no jobs.
    AUTH("promptlab_auth");

    /// Else row-level security would quietly leave out rows, of a migration of data for example.
    static final String FAIL_RATHER_THAN_FILTER = "set row_security = off";

    private final String roleName;

    DatabaseRole(String roleName) {
        this.roleName = roleName;
    }

    /// What `pg_stat_activity` shows: `promptlab`, `promptlab-api`
    String applicationName() {
        return this == OWNER ? "promptlab" : roleName.replace('_', '-');
    }

    /// Makes a new connection work as this role, for no workspace.
    String initSql() {
        var init = "set role " + roleName + "; set promptlab.workspaces = '{}'";
        return this == OWNER ? init + "; " + FAIL_RATHER_THAN_FILTER : init;
    }
}
