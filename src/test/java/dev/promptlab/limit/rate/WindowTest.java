package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WindowTest {
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong(1_000_000_000_000L);
    private final LocalWindows windows = new LocalWindows(now::get);

    /// Loads from a trickle to a flood: for every stretch of the window's length that an admission ends, closed at both ends.
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100, 128, 129, 1_000})
    void noStretchOfTheLengthOfTheWindowHoldsMoreThanTheLimit(int limit) {
        var random = new Random(limit);
        for (var pause : LongStream.of(1, 10, 100, 1_000, 5_000).toArray()) {
            var ask = new Ask("s" + pause, limit, WINDOW);
            var admitted = new ArrayList<Long>();
            for (int i = 0; i < 5 * limit + 1_000; i++) {
                now.addAndGet(random.nextLong(2 * WINDOW.toNanos() * pause / 1_000 / limit + 2));
                if (windows.admit(ask).admitted()) {
                    admitted.add(now.get());
                }
            }
            for (int i = limit; i < admitted.size(); i++) {
                assertThat(admitted.get(i) - admitted.get(i - limit)).isGreaterThan(WINDOW.toNanos());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 128, 129, 1_000, 100_000})
    void allOfTheLimitCanBeUsedWindowAfterWindow(int limit) {
        var ask = new Ask("flood", limit, WINDOW);
        for (int round = 0; round < 3; round++) {
            long admitted = LongStream.range(0, limit + 10L).filter(_ -> windows.admit(ask).admitted()).count();
            assertThat(admitted).isEqualTo(limit);
            now.addAndGet(WINDOW.toNanos() + 1);
        }
    }

    /// The worst case of the steps: they make a window look longer by a 128th.
    @ParameterizedTest
    @ValueSource(ints = {100, 129, 1_000})
    void anEvenLoadUsesAtLeast99PercentOfTheLimit(int limit) {
        var ask = new Ask("even", limit, WINDOW);
        long admitted = 0;
        for (int i = 0; i < 20 * limit; i++) {
            now.addAndGet(WINDOW.toNanos() / limit / 2);
            admitted += windows.admit(ask).admitted() ? 1 : 0;
        }
        assertThat(admitted).isBetween(limit * 99L / 10, 10L * limit + limit);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 128, 500})
    void whatItSaysOfTheFutureIsTrue(int limit) {
        var random = new Random(limit);
        var ask = new Ask("future", limit, WINDOW);
        for (int i = 0; i < 2_000; i++) {
            now.addAndGet(random.nextLong(WINDOW.toNanos() / limit));
            var verdict = windows.admit(ask);
            assertThat(windows.look(ask).remaining()).isEqualTo(verdict.remaining());
            if (!verdict.admitted()) {
                now.addAndGet(verdict.retryAfter().toNanos() - 1);
                assertThat(windows.look(ask).remaining()).isZero();
                now.incrementAndGet();
                assertThat(windows.admit(ask).admitted()).isTrue();
            }
            if (i % 100 == 0) {
                now.addAndGet(windows.look(ask).reset().toNanos() + 1);
                assertThat(windows.look(ask).remaining()).isEqualTo(limit);
            }
        }
    }

    @Test
    void aLowerLimitCountsWhatWasAdmittedBefore() {
        admit(10, 10);
        assertThat(windows.admit(new Ask("one", 4, WINDOW)).admitted()).isFalse();
        assertThat(windows.look(new Ask("one", 4, WINDOW)).retryAfter()).isEqualTo(WINDOW.plusNanos(1));
        assertThat(windows.admit(new Ask("one", 11, WINDOW)).admitted()).isTrue();
    }

    @Test
    void subjectsDoNotShare() {
        admit(2, 2);
        assertThat(windows.admit(new Ask("other", 2, WINDOW)).remaining()).isOne();
    }

    private void admit(int limit, int times) {
        var ask = new Ask("one", limit, WINDOW);
        for (int i = 0; i < times; i++) {
            assertThat(windows.admit(ask).admitted()).isTrue();
        }
    }

    @Test
    void memoryDoesNotGrowWithTheLimit() {
        var window = new Window(WINDOW);
        var ask = new Ask("large", 1_000_000, WINDOW);
        for (int i = 0; i < 500_000; i++) {
            window.admit(ask, i * WINDOW.toNanos() / 500_000);
        }
        List<Window.Entry> entries = List.of(window.entries(WINDOW.toNanos()));
        assertThat(entries).hasSizeLessThanOrEqualTo(Window.STEPS + 1);
        assertThat(entries.stream().mapToInt(Window.Entry::count).sum()).isEqualTo(500_000);
    }
}
