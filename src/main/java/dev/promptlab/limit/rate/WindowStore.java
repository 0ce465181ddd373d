package dev.promptlab.limit.rate;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Rows of `rate_limit_window`, `rate_limit_node` and `rate_limit_switch`. Only the time of the database decides.
final class WindowStore {
    private WindowStore() {}

    /// Requests of one subject.
    record Wish(Ask ask, int wanted) {}

    /// @param used admissions before these
    /// @param doubt zero when everything is known
    record Grant(int place, int granted, int used, Duration doubt, Duration retryAfter, Duration reset) {}

    /// @param age at least this old
    record Aged(Duration age, int count) {}

    /// Admissions to write down.
    record Written(String subject, Duration window, Duration age, int count) {}

    /// @param token null = in PostgreSQL
    /// @param joinable Redis may be used again
    record Where(long generation, @Nullable String token, boolean joinable) {}

    /// @param wishes by subject, each once
    /// @return in the same order; nothing when admissions are counted elsewhere or in another generation
    static List<Grant> admit(Handle handle, long generation, List<Wish> wishes) {
        return handle.createQuery("""
                select place, granted, used, doubt_us, retry_us, reset_us
                  from rate_limit_admit_v1(:generation, :subjects, :limits, cast(:windows as interval[]), :wanted)
                 order by place""").bind("generation", generation)
                .bindArray("subjects", String.class, wishes.stream().map(wish -> wish.ask().subject()).toList())
                .bindArray("limits", Integer.class, wishes.stream().map(wish -> wish.ask().limit()).toList())
                .bindArray("windows", String.class,
                        wishes.stream().map(wish -> wish.ask().window().toString()).toList())
                .bindArray("wanted", Integer.class, wishes.stream().map(Wish::wanted).toList())
                .map((row, _) -> new Grant(row.getInt("place"), row.getInt("granted"), row.getInt("used"),
                        micros(row, "doubt_us"), micros(row, "retry_us"), micros(row, "reset_us")))
                .list();
    }

    /// From the oldest to the latest.
    static List<Aged> ages(Handle handle, Ask ask) {
        return handle.createQuery("""
                select cast(1000000 * extract(epoch from clock_timestamp() - a.at) as bigint) as age_us, a.n
                  from rate_limit_window w, unnest(w.admitted_at, w.counts) with ordinality a(at, n, ord)
                 where w.subject = :subject and a.at >= clock_timestamp() - :window order by a.ord""")
                .bind("subject", ask.subject()).bind("window", ask.window())
                .map((row, _) -> new Aged(micros(row, "age_us"), row.getInt("n"))).list();
    }

    /// Adds what was admitted through Redis.
    static void writeDown(Handle tx, Collection<Written> written) {
        tx.createUpdate(
                """
                        insert into rate_limit_window as w (subject, admitted_at, counts, keep_until)
                        select n.subject, array_agg(clock_timestamp() - n.age order by n.age desc), array_agg(n.count order by n.age desc),
                               clock_timestamp() + max(n.time_window)
                          from unnest(:subjects, cast(:windows as interval[]), cast(:ages as interval[]), :counts) n(subject, time_window, age, count)
                         group by n.subject order by n.subject collate "C"
                        on conflict (subject) do update set (admitted_at, counts) = (
                                select array_agg(e.at order by e.at), array_agg(e.n order by e.at)
                                  from (select unnest(w.admitted_at) as at, unnest(w.counts) as n
                                        union all select unnest(excluded.admitted_at), unnest(excluded.counts)) e),
                            keep_until = greatest(w.keep_until, excluded.keep_until)""")
                .bindArray("subjects", String.class, written.stream().map(Written::subject).toList())
                .bindArray("windows", String.class, written.stream().map(one -> one.window().toString()).toList())
                .bindArray("ages", String.class, written.stream().map(one -> one.age().toString()).toList())
                .bindArray("counts", Integer.class, written.stream().map(Written::count).toList()).execute();
    }

    /// @param generation that this process has acknowledged; null for a new process
    /// @param longest window of the settings
    static Where exchange(Handle handle, UUID node, @Nullable Long generation, boolean redis, Duration longest) {
        return handle.createQuery(
                "select generation, token, joinable from rate_limit_exchange_v1(:node, :generation, :redis, :longest)")
                .bind("node", node).bind("generation", generation).bind("redis", redis).bind("longest", longest)
                .map((row, _) -> new Where(row.getLong("generation"), row.getString("token"),
                        row.getBoolean("joinable")))
                .one();
    }

    /// @param token null = to PostgreSQL
    static boolean move(Handle handle, long generation, @Nullable String token) {
        return handle.createQuery("select rate_limit_move_v1(:generation, :token)").bind("generation", generation)
                .bind("token", token).mapTo(Boolean.class).one();
    }

    /// The process ends, with all written down.
    static void leave(Handle handle, UUID node) {
        handle.createUpdate("delete from rate_limit_node where id = :node").bind("node", node).execute();
    }

    /// Some windows that are empty and processes that are long gone.
    static void tidy(Handle handle) {
        handle.createUpdate("""
                delete from rate_limit_window where subject in (
                    select subject from rate_limit_window where keep_until < now() - interval '1 s' limit 10000
                       for update skip locked)""").execute();
        handle.createUpdate("delete from rate_limit_node where renewed_at < now() - interval '1 d'").execute();
    }

    private static Duration micros(ResultSet row, String column) throws SQLException {
        return Duration.of(row.getLong(column), ChronoUnit.MICROS);
    }
}
