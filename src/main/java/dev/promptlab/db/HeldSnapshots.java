package dev.promptlab.db;

import java.time.Duration;
import java.util.List;

import org.jdbi.v3.core.Handle;

/// Sessions that hold an old snapshot of this database. Vacuum cannot remove what they may still see, so dead rows pile up in
/// front of every claim. What a session does is visible to its own user, and to members of `pg_monitor`.
public final class HeldSnapshots {
    /// @param age of the transaction
    /// @param idle whether it sits in the transaction and asks for nothing
    public record Session(int pid, String user, String application, Duration age, boolean idle) {
        @Override
        public String toString() {
            return "the database session " + pid + " of " + user
                    + (application.isEmpty() ? "" : " (" + application + ")")
                    + ", in a transaction for " + age.toSeconds() + " s,";
        }
    }

    private HeldSnapshots() {}

    /// Transactions that began, or sat idle, for longer than `limit`.
    public static List<Session> olderThan(Handle handle, Duration limit) {
        return handle.createQuery(
                """
                        select pid, usename, application_name, state like 'idle in transaction%' as idle,
                               extract(epoch from clock_timestamp() - xact_start) as age
                          from pg_stat_activity
                         where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
                           and (backend_xmin is not null or backend_xid is not null)
                           and (case when state like 'idle in transaction%' then state_change else xact_start end) < clock_timestamp() - :limit""")
                .bind("limit", limit)
                .map((row, _) -> new Session(row.getInt("pid"), row.getString("usename"),
                        row.getString("application_name"), Duration.ofMillis((long) (row.getDouble("age") * 1000)),
                        row.getBoolean("idle")))
                .list();
    }

    /// Ends a session; its transaction is rolled back.
    ///
    /// @return false when we may not
    public static boolean end(Handle handle, Session session) {
        return handle.createQuery(
                """
                        select case when pg_has_role(usesysid, 'member') or pg_has_role('pg_signal_backend', 'member') then pg_terminate_backend(pid) else false end
                          from pg_stat_activity where pid = :pid""")
                .bind("pid", session.pid()).mapTo(Boolean.class).findOne().orElse(true);
    }
}
