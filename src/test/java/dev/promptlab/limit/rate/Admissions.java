package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What was admitted in a test, each admission somewhere between two times.
final class Admissions {
    /// By [System#nanoTime].
    private record Admission(long begin, long end) {}

    private final Queue<Admission> all = new ConcurrentLinkedQueue<>();

    void add(long begin, long end) {
        all.add(new Admission(begin, end));
    }

    int count() {
        return all.size();
    }

    /// The most that were certainly within one stretch of time of this length.
    int mostWithin(Duration window) {
        List<Admission> sorted = all.stream().sorted(Comparator.comparingLong(Admission::begin)).toList();
        int most = 0;
        for (int i = 0; i < sorted.size(); i++) {
            long end = sorted.get(i).begin() + window.toNanos();
            int within = 0;
            for (int j = i; j < sorted.size() && sorted.get(j).begin() <= end; j++) {
                within += sorted.get(j).end() <= end ? 1 : 0;
            }
            most = Math.max(most, within);
        }
        return most;
    }
}
