package dev.promptlab.workspace.account;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.promptlab.db.Database;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Sha256;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// How often one may guess: 10 failures in 15 minutes for an account, whether it exists or not, and 100 for an address, over all
/// processes. An attempt counts as failed before it is made and is taken back when it succeeds, so that none of many at the same
/// time slips through. Thread-safe.
final class SignInLimits {
    static final int PER_ACCOUNT = 10;
    static final int PER_ADDRESS = 100;
    static final Duration WINDOW = Duration.ofMinutes(15);

    private final Database db;

    /// @param clears whether a success ends the row, with what failed before
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Subject(byte[] hash, int limit, boolean clears, String what) {
        static Subject account(String email) {
            return of("account " + email, PER_ACCOUNT, true, "for this account");
        }

        static Subject address(String address) {
            return of("address " + address, PER_ADDRESS, false, "from your address");
        }

        private static Subject of(String name, int limit, boolean clears, String what) {
            return new Subject(Sha256.of(name.getBytes(StandardCharsets.UTF_8)), limit, clears, what);
        }
    }

    record Counted(Subject subject, Instant at) {}

    /// An attempt that is under way.
    record Attempt(List<Counted> counted) {
        Attempt {
            counted = List.copyOf(counted);
        }
    }

    SignInLimits(Database db) {
        this.db = db;
    }

    /// @param email whose account it is about; null when nobody can know yet
    /// @throws Failure.RateLimited when there were too many failures; then it is not counted
    Attempt begin(@Nullable String email, String address) {
        return db.transaction(tx -> {
            var counted = new ArrayList<Counted>();
            if (email != null) { // always before the address, so that nobody waits in a circle
                counted.add(count(tx, Subject.account(email)));
            }
            counted.add(count(tx, Subject.address(address)));
            return new Attempt(counted);
        });
    }

    private static Counted count(Handle tx, Subject subject) {
        var at = SignInLimitStore.tryAdd(tx, subject.hash(), subject.limit(), WINDOW);
        return new Counted(subject, at.orElseThrow(() -> refusal(tx, subject)));
    }

    private static Failure.RateLimited refusal(Handle tx, Subject subject) {
        var wait = SignInLimitStore.wait(tx, subject.hash(), subject.limit(), WINDOW);
        return new Failure.RateLimited("too many failed attempts " + subject.what() + "; try again in "
                + Math.max(1, Math.ceilDiv(wait.toSeconds(), 60)) + " minutes", wait);
    }

    /// It succeeded: the account starts anew, and the address has one failure less.
    void succeeded(Handle tx, Attempt attempt) {
        for (var one : attempt.counted()) {
            if (one.subject().clears()) {
                SignInLimitStore.clear(tx, one.subject().hash());
            } else {
                SignInLimitStore.remove(tx, one.subject().hash(), one.at());
            }
        }
    }

    /// As if it had not been made: it was not looked at.
    void takeBack(Attempt attempt) {
        db.inTransaction(tx -> attempt.counted()
                .forEach(one -> SignInLimitStore.remove(tx, one.subject().hash(), one.at())));
    }

    /// Gives back the space of some that are over.
    void tidy() {
        db.autocommit(handle -> {
            SignInLimitStore.deleteOld(handle, WINDOW);
            return true;
        });
    }
}
