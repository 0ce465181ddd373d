package dev.promptlab.workspace.account;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

import org.jdbi.v3.core.Handle;

/// Rows of `sign_in_limit`. Only the time of the database decides.
final class SignInLimitStore {
    private SignInLimitStore() {}

    /// Adds a failure unless the limit is reached. Others on the same subject wait until the end of the transaction.
    ///
    /// @return its time, which names it; empty when the limit is reached
    static Optional<Instant> tryAdd(Handle tx, byte[] subject, int limit, Duration window) {
        return tx
                .createQuery(
                        """
                                insert into sign_in_limit as l (subject, failures, newest_at)
                                values (:subject, array[clock_timestamp()], clock_timestamp())
                                on conflict (subject) do update
                                   set failures = array(select f from unnest(l.failures) f where f > clock_timestamp() - :window order by f)
                                                  || clock_timestamp(),
                                       newest_at = clock_timestamp()
                                 where (select count(*) from unnest(l.failures) f where f > clock_timestamp() - :window) < :limit
                                returning failures[cardinality(failures)] as at""")
                .bind("subject", subject).bind("limit", limit).bind("window", window)
                .map((row, _) -> row.getObject("at", OffsetDateTime.class).toInstant()).findOne();
    }

    /// Until one more fits into the limit; zero when one does.
    static Duration wait(Handle tx, byte[] subject, int limit, Duration window) {
        return tx.createQuery("""
                select coalesce(ceil(1000 * extract(epoch from
                           failures[cardinality(failures) - :limit + 1] + :window - clock_timestamp())), 0)::bigint
                  from sign_in_limit where subject = :subject and cardinality(failures) >= :limit""")
                .bind("subject", subject).bind("limit", limit).bind("window", window).mapTo(Long.class).findOne()
                .map(millis -> Duration.ofMillis(Math.max(millis, 0))).orElse(Duration.ZERO);
    }

    static void remove(Handle tx, byte[] subject, Instant at) {
        tx.createUpdate(
                "update sign_in_limit set failures = array_remove(failures, cast(:at as timestamptz)) where subject = :subject")
                .bind("subject", subject).bind("at", at).execute();
    }

    static void clear(Handle tx, byte[] subject) {
        tx.createUpdate("delete from sign_in_limit where subject = :subject").bind("subject", subject).execute();
    }

    /// Some that no limit looks at any more.
    static void deleteOld(Handle handle, Duration window) {
        handle.createUpdate("""
                delete from sign_in_limit where subject in (
                    select subject from sign_in_limit where newest_at < now() - :window order by newest_at limit 100
                       for update skip locked)""").bind("window", window).execute();
    }
}
