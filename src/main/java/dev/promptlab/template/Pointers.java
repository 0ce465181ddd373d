package dev.promptlab.template;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.promptlab.db.Batcher;
import dev.promptlab.db.Database;

import static java.util.stream.Collectors.toUnmodifiableSet;

/// Where references point. What the database said is used for [#LEASE] from before it was asked, and a change is answered that long
/// after its commit ([#settle]): whoever has the answer of a change finds it on every node. See docs/adr/0006. Thread-safe.
final class Pointers implements AutoCloseable {
    private static final Duration LEASE = Duration.ofMillis(25);
    private static final int RESOLVERS = 2;
    private static final int MAX_KEPT = 10_000;

    /// @param askedAt on the clock of [System#nanoTime]
    private record Kept(Pointer pointer, long askedAt) {
        boolean isFresh() {
            return System.nanoTime() - askedAt < LEASE.toNanos();
        }
    }

    private final Batcher<VersionRef, Optional<Pointer>> asked;
    private final Cache<VersionRef, Kept> kept = Caffeine.newBuilder().maximumSize(MAX_KEPT).build();

    Pointers(Database db, TemplateStore store) {
        this.asked = new Batcher<>("template-resolve", RESOLVERS,
                refs -> db.autocommit(refs.stream().map(VersionRef::workspaceId).collect(toUnmodifiableSet()),
                        handle -> store.pointers(handle, refs)));
    }

    /// @return empty when there is no such template
    Optional<Pointer> find(VersionRef ref) throws InterruptedException {
        var known = kept.getIfPresent(ref);
        return known != null && known.isFresh() ? Optional.of(known.pointer()) : ask(ref);
    }

    private Optional<Pointer> ask(VersionRef ref) throws InterruptedException {
        long askedAt = System.nanoTime();
        var found = asked.call(ref);
        found.ifPresent(pointer -> kept.put(ref, new Kept(pointer, askedAt)));
        return found;
    }

    /// To be called between the commit of a change and its answer.
    void settle() {
        long end = System.nanoTime() + LEASE.toNanos();
        for (long left = LEASE.toNanos(); left > 0 && !Thread.currentThread().isInterrupted();) {
            LockSupport.parkNanos(left);
            left = end - System.nanoTime();
        }
    }

    @Override
    public void close() {
        asked.close();
    }
}
