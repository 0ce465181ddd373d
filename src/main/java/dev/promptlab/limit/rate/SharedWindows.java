package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.limit.rate.RedisWindows.Reply;
import dev.promptlab.limit.rate.WindowStore.Where;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The windows of several processes: in Redis while all of them reach it, else in PostgreSQL. docs/adr/0016-rate-limits.md says why
/// no admission is overlooked on the way from the one to the other. Thread-safe.
final class SharedWindows implements Windows {
    private static final Logger log = LoggerFactory.getLogger(SharedWindows.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration PAUSE_WITHOUT_REDIS = Duration.ofSeconds(1);
    private static final Duration TIDY_PAUSE = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration CONNECT_PAUSE = Duration.ofMillis(10);
    private static final int CONNECT_TRIES = 100;
    private static final int TRIES = 5;
    private static final int WRITTEN_AT_ONCE = 5_000;

    private final Database db;
    private final PostgresWindows postgres;
    private final @Nullable RedisWindows redis;
    private final Duration longest;
    private final UUID node = UUID.randomUUID();
    private final Rounds rounds = new Rounds("rate-limits", 2);
    /// Terms whose admissions are not written down yet, from the oldest to the latest.
    private final Deque<Term> unwritten = new ArrayDeque<>();
    private volatile Term term;

    private SharedWindows(Database db, @Nullable RedisWindows redis, Duration longest) {
        this.db = db;
        this.postgres = new PostgresWindows(db);
        this.redis = redis;
        this.longest = longest;
        long now = System.nanoTime();
        var where = ask(null);
        awaitRedis(where);
        this.term = term(where);
        term.renew(now);
    }

    /// @param redis null when this process has none; then nobody uses it
    /// @param longest window of the settings
    static SharedWindows start(Database db, @Nullable RedisWindows redis, Duration longest) {
        var windows = new SharedWindows(db, redis, longest);
        windows.rounds.every(redis == null ? PAUSE_WITHOUT_REDIS : PAUSE, "agreeing on where requests are counted",
                windows::tick);
        windows.rounds.every(TIDY_PAUSE, "tidying the windows of rate limits",
                () -> db.inTransaction(WindowStore::tidy));
        return windows;
    }

    /// A process that starts would else lead the others away from Redis with its first request.
    private void awaitRedis(Where where) {
        for (int i = 0; i < CONNECT_TRIES && where.token() != null && redis != null && !redis.isUp(); i++) {
            LockSupport.parkNanos(CONNECT_PAUSE.toNanos());
        }
    }

    private Term term(Where where) {
        return new Term(where.generation(), where.token(), redis == null ? null : redis.connection(), System::nanoTime);
    }

    @Override
    public Verdict admit(Ask ask) {
        try {
            for (int i = 0; i < TRIES; i++) {
                var current = term;
                var token = current.token();
                var verdict = token == null ? postgres.admit(current.generation(), ask)
                        : throughRedis(current, token, ask);
                if (verdict.isPresent()) {
                    return verdict.get();
                }
                moveOnFrom(current);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Verdict.inDoubt(ask, SOON);
    }

    /// @return empty when the term has ended, or should
    private Optional<Verdict> throughRedis(Term current, String token, Ask ask) {
        if (redis == null || !current.holds()) {
            return Optional.empty();
        }
        var reply = redis.admit(token, ask);
        if (reply.isPresent() && reply.get() instanceof Reply.Unseeded) {
            reply = redis.admit(token, ask, db.autocommit(handle -> WindowStore.ages(handle, ask)));
        }
        if (reply.isPresent() && reply.get() instanceof Reply.Told(var verdict)
                && current.isConnected(redis.connection())) {
            return !verdict.admitted() || current.keep(ask) ? Optional.of(verdict) : Optional.empty();
        }
        leaveRedis(current);
        return Optional.empty();
    }

    @Override
    public Verdict look(Ask ask) {
        try {
            var current = term;
            var token = current.token();
            if (token == null) {
                return postgres.look(current.generation(), ask).orElse(Verdict.inDoubt(ask, SOON));
            }
            if (redis != null) {
                var seed = db.autocommit(handle -> WindowStore.ages(handle, ask));
                if (redis.look(token, ask, seed).orElse(null) instanceof Reply.Told(var verdict)) {
                    return verdict;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Verdict.inDoubt(ask, SOON);
    }

    boolean countsInRedis() {
        return term.token() != null;
    }

    private synchronized void tick() {
        var token = term.token();
        if (token != null
                && (redis == null || !redis.remembers(token) || !term.isConnected(redis.connection()))) {
            leaveRedis(term);
        } else {
            exchange();
        }
    }

    /// Many find out at once; the first acts.
    private synchronized void leaveRedis(Term current) {
        if (term == current) {
            db.autocommit(handle -> WindowStore.move(handle, current.generation(), null));
            exchange();
        }
    }

    private synchronized void moveOnFrom(Term current) {
        if (redis == null && term.token() != null) {
            leaveRedis(term);
        } else if (term == current && (current.token() == null || !current.holds())) {
            exchange();
        }
    }

    /// Acknowledges what has changed, with all written down that was admitted before.
    private void exchange() {
        for (int i = 0; i < TRIES; i++) {
            writeDown();
            long now = System.nanoTime();
            var acknowledged = unwritten.isEmpty() ? term : unwritten.getFirst();
            var where = ask(acknowledged.generation());
            if (where.generation() != term.generation()) {
                follow(where);
            } else if (acknowledged == term) {
                term.renew(now);
                if (!where.joinable() || !joinRedis()) {
                    return;
                }
            } else {
                return;
            }
        }
    }

    private Where ask(@Nullable Long acknowledged) {
        return db.autocommit(handle -> WindowStore.exchange(handle, node, acknowledged,
                redis != null && redis.isUp(), longest));
    }

    private void follow(Where where) {
        var left = term;
        left.end();
        if (left.token() != null) {
            unwritten.add(left);
        }
        term = term(where);
        log.info("rate limits are counted in {} now", where.token() == null ? "PostgreSQL" : "Redis");
    }

    private boolean joinRedis() {
        var token = redis == null ? Optional.<String>empty() : redis.begin();
        return token.isPresent()
                && db.autocommit(handle -> WindowStore.move(handle, term.generation(), token.get()));
    }

    /// A term that has forgotten something stays: then the others wait until nothing of it counts any more.
    private void writeDown() {
        while (!unwritten.isEmpty() && !unwritten.getFirst().misses()) {
            var written = new ArrayList<>(unwritten.getFirst().written());
            for (int i = 0; i < written.size(); i += WRITTEN_AT_ONCE) {
                var some = List.copyOf(written.subList(i, Math.min(written.size(), i + WRITTEN_AT_ONCE)));
                db.inTransaction(tx -> WindowStore.writeDown(tx, some));
            }
            unwritten.removeFirst();
        }
    }

    @Override
    public void close() {
        rounds.close();
        Rounds.tryTo("the last words of the rate limiter", this::leave);
        postgres.close();
    }

    private synchronized void leave() {
        term.end();
        unwritten.add(term);
        writeDown();
        if (unwritten.isEmpty()) {
            db.autocommit(handle -> {
                WindowStore.leave(handle, node);
                return true;
            });
        }
    }
}
