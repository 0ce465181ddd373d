package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.promptlab.db.Batcher;
import dev.promptlab.db.Database;
import dev.promptlab.limit.rate.WindowStore.Grant;
import dev.promptlab.limit.rate.WindowStore.Wish;

import static java.util.Objects.requireNonNull;

/// Windows in PostgreSQL: exact over all processes. Requests that come together share a statement. Thread-safe.
final class PostgresWindows implements AutoCloseable {
    private static final int RUNNERS = 2;
    /// While a process that is alive has not acknowledged yet where admissions are counted.
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Database db;
    private final Batcher<Call, Optional<Verdict>> batcher;

    private record Call(long generation, Ask ask, boolean takes) {}

    PostgresWindows(Database db) {
        this.db = db;
        this.batcher = new Batcher<>("rate-limit", RUNNERS, this::run);
    }

    /// @return empty when admissions are counted elsewhere or in another generation
    Optional<Verdict> admit(long generation, Ask ask) throws InterruptedException {
        return batcher.call(new Call(generation, ask, true));
    }

    /// As [#admit], and counts nothing.
    Optional<Verdict> look(long generation, Ask ask) throws InterruptedException {
        return batcher.call(new Call(generation, ask, false));
    }

    private List<Optional<Verdict>> run(List<Call> calls) {
        long generation = calls.stream().mapToLong(Call::generation).max().orElseThrow();
        var wishes = new TreeMap<String, Wish>();
        for (var call : calls) {
            int wanted = call.takes() ? 1 : 0;
            wishes.merge(call.ask().subject(), new Wish(call.ask(), wanted), PostgresWindows::both);
        }
        var list = List.copyOf(wishes.values());
        var grants = db.autocommit(handle -> WindowStore.admit(handle, generation, list));
        var bySubject = new TreeMap<String, Share>();
        grants.forEach(grant -> {
            var ask = list.get(grant.place() - 1).ask();
            bySubject.put(ask.subject(), new Share(ask, grant));
        });
        var verdicts = new ArrayList<Optional<Verdict>>();
        calls.forEach(call -> verdicts.add(verdict(call, generation, bySubject)));
        return verdicts;
    }

    /// Two that see different limits for a moment, while it is changed, get the lower one.
    private static Wish both(Wish one, Wish other) {
        var ask = one.ask().limit() <= other.ask().limit() ? one.ask() : other.ask();
        return new Wish(ask, one.wanted() + other.wanted());
    }

    private static Optional<Verdict> verdict(Call call, long generation, Map<String, Share> shares) {
        if (call.generation() != generation || shares.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(requireNonNull(shares.get(call.ask().subject())).next(call.takes()));
    }

    /// Hands out what was granted to several.
    private static final class Share {
        private final Ask ask;
        private final Grant grant;
        private int given;

        Share(Ask ask, Grant grant) {
            this.ask = ask;
            this.grant = grant;
        }

        Verdict next(boolean takes) {
            if (grant.doubt().isPositive()) {
                var doubt = grant.doubt();
                return Verdict.inDoubt(ask, doubt.compareTo(ask.window()) > 0 ? SOON : doubt);
            }
            boolean admitted = takes && given < grant.granted();
            given += admitted ? 1 : 0;
            int used = grant.used() + (admitted ? given : grant.granted());
            return Verdict.of(admitted, ask, used, used < ask.limit() ? Duration.ZERO : grant.retryAfter(),
                    grant.reset());
        }
    }

    @Override
    public void close() {
        batcher.close();
    }
}
