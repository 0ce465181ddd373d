package dev.promptlab.cache;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.db.Wakeup;

/// Forgets what any process has recorded as [Forgotten]: after a hint, and once a second without one. Each is applied twice, the
/// second time when every process has long applied it, for what somebody read just before and kept just after.
final class Forgetting implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    /// A process that has read nothing for so long may have missed what was pruned.
    private static final Duration LOST = Duration.ofMinutes(5);
    private static final Duration KEEP = Duration.ofMinutes(10);
    private static final Duration PRUNE = Duration.ofMinutes(1);
    private static final int MAX_UNTOLD = 10_000;

    private record Repeat(Forgotten what, long at) {}

    private final Database db;
    private final ResultCache cache;
    private final Wakeup bell = new Wakeup();
    private final Rounds rounds = new Rounds("cache-forget", 2);
    private final Set<ForgetStore.Row> seen = new HashSet<>();
    private final Queue<Repeat> repeats = new ArrayDeque<>();
    /// What Redis may still hold, because it was away.
    private final Set<Forgotten> untold = new LinkedHashSet<>();
    private long from;
    private long lastRead = System.nanoTime();

    /// @param db sees what is to be forgotten in all workspaces
    Forgetting(Database db, ResultCache cache) {
        this.db = db;
        this.cache = cache;
    }

    void start() {
        rounds.run(this::run);
        rounds.every(PRUNE, "pruning what is forgotten", () -> db.autocommit(handle -> {
            ForgetStore.prune(handle, KEEP);
            return true;
        }));
    }

    /// Something was recorded: look now.
    void ring() {
        bell.ring();
    }

    private void run() {
        try {
            while (!rounds.isClosed()) {
                Rounds.tryTo("forgetting results", this::round);
                bell.await(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        tellRedis();
        repeat();
        var page = db.autocommit(handle -> ForgetStore.since(handle, from));
        long now = System.nanoTime();
        if (now - lastRead > LOST.toNanos()) {
            cache.clear();
        }
        lastRead = now;
        for (var row : page.rows()) {
            if (seen.add(row)) {
                apply(row.what());
                repeats.add(new Repeat(row.what(), now + AGAIN.toNanos()));
            }
        }
        seen.removeIf(row -> row.transaction() < page.next());
        from = page.next();
    }

    private void repeat() {
        for (var repeat = repeats.peek(); repeat != null
                && repeat.at() - System.nanoTime() < 0; repeat = repeats.peek()) {
            apply(repeats.remove().what());
        }
    }

    private void apply(Forgotten what) {
        if (!cache.apply(what)) {
            untold.add(what);
            if (untold.size() > MAX_UNTOLD) {
                summarize();
            }
            cache.trustRedis(false);
        }
    }

    private void summarize() {
        var workspaces = untold.stream().map(Forgotten::workspaceId).collect(Collectors.toSet());
        untold.clear();
        workspaces.forEach(id -> untold.add(new Forgotten(id, null)));
    }

    private void tellRedis() {
        if (!untold.isEmpty() && untold.removeIf(cache::apply) && untold.isEmpty()) {
            cache.trustRedis(true);
        }
    }

    @Override
    public void close() {
        rounds.stop();
        ring();
        rounds.close();
    }
}
