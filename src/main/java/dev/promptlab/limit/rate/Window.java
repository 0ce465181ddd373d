package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.Arrays;

/// The admissions of one subject within the window, by nanoseconds of a clock that never goes back. Not thread-safe.
///
/// With a limit of up to [#STEPS] each admission has its own time. Above, those of one step, a 128th of the window, share the latest
/// of their times: they count a little longer than they must, at most 0.8 % of the window, and the memory stays bounded.
final class Window {
    static final int STEPS = 128;
    private static final int FIRST_CAPACITY = 4;

    /// Admissions at one time.
    record Entry(long at, int count) {}

    private final long span;
    private long[] at = new long[FIRST_CAPACITY];
    private int[] counts = new int[FIRST_CAPACITY];
    private int first;
    private int size;
    private int used;

    Window(Duration span) {
        this.span = span.toNanos();
    }

    Duration span() {
        return Duration.ofNanos(span);
    }

    Verdict admit(Ask ask, long now) {
        forgetBefore(now);
        if (used >= ask.limit()) {
            return verdict(false, ask, now);
        }
        add(ask.limit(), now);
        return verdict(true, ask, now);
    }

    Verdict look(Ask ask, long now) {
        forgetBefore(now);
        return verdict(false, ask, now);
    }

    /// Counts an admission that was granted elsewhere.
    void add(int limit, long now) {
        forgetBefore(now);
        int last = place(size - 1);
        if (size > 0 && limit > STEPS && step(at[last]) == step(now)) {
            at[last] = now;
            counts[last]++;
        } else {
            append(new Entry(now, 1));
        }
        used++;
    }

    /// From the oldest to the latest.
    Entry[] entries(long now) {
        forgetBefore(now);
        var entries = new Entry[size];
        Arrays.setAll(entries, i -> new Entry(at[place(i)], counts[place(i)]));
        return entries;
    }

    /// An admission counts for the whole window, its end included.
    private void forgetBefore(long now) {
        while (size > 0 && now - at[first] > span) {
            used -= counts[first];
            first = place(1);
            size--;
        }
    }

    private void append(Entry entry) {
        if (size == at.length) {
            grow();
        }
        at[place(size)] = entry.at();
        counts[place(size)] = entry.count();
        size++;
    }

    private void grow() {
        var wider = new long[2 * size];
        var more = new int[2 * size];
        for (int i = 0; i < size; i++) {
            wider[i] = at[place(i)];
            more[i] = counts[place(i)];
        }
        at = wider;
        counts = more;
        first = 0;
    }

    private int place(int index) {
        return Math.floorMod(first + index, at.length);
    }

    private long step(long time) {
        return Math.floorDiv(time, span / STEPS);
    }

    private Verdict verdict(boolean admitted, Ask ask, long now) {
        var reset = size == 0 ? Duration.ZERO : Duration.ofNanos(at[place(size - 1)] + span - now);
        return Verdict.of(admitted, ask, used, Duration.ofNanos(untilFree(used - ask.limit() + 1, now)), reset);
    }

    /// Until so many have left; zero for none.
    private long untilFree(int wanted, long now) {
        int left = wanted;
        for (int i = 0; left > 0; i++) {
            left -= counts[place(i)];
            if (left <= 0) {
                return at[place(i)] + span - now + 1;
            }
        }
        return 0;
    }
}
