package dev.promptlab.limit.rate;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;

import static java.util.Objects.requireNonNull;

/// The windows of a process that is alone on its database. They begin anew with it.
final class LocalWindows implements Windows {
    /// With more callers at once, the limiter forgets those that it has not seen for longest.
    private static final int MAX_SUBJECTS = 100_000;

    private final LongSupplier clock;
    private final Cache<String, Window> windows;

    LocalWindows() {
        this(System::nanoTime);
    }

    /// @param clock nanoseconds, never going back
    LocalWindows(LongSupplier clock) {
        this.clock = clock;
        this.windows = Caffeine.newBuilder().maximumSize(MAX_SUBJECTS).ticker(clock::getAsLong)
                .expireAfter(Expiry.<String, Window>writing((_, window) -> window.span())).build();
    }

    @Override
    public Verdict admit(Ask ask) {
        var verdict = new AtomicReference<Verdict>();
        windows.asMap().compute(ask.subject(), (_, known) -> {
            var window = known == null ? new Window(ask.window()) : known;
            verdict.setPlain(window.admit(ask, clock.getAsLong()));
            return window;
        });
        return requireNonNull(verdict.getPlain());
    }

    @Override
    public Verdict look(Ask ask) {
        var verdict = new AtomicReference<>(new Window(ask.window()).look(ask, clock.getAsLong()));
        windows.asMap().computeIfPresent(ask.subject(), (_, window) -> {
            verdict.setPlain(window.look(ask, clock.getAsLong()));
            return window;
        });
        return requireNonNull(verdict.getPlain());
    }

    @Override
    public void close() {
        windows.invalidateAll();
    }
}
