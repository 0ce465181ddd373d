package dev.promptlab.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What waits to be sent over one stream: at most [#MAX_BYTES]. Whoever falls behind further finds the rest in the database.
/// Thread-safe.
final class Mailbox {
    static final int MAX_BYTES = 256 << 10;

    /// What was in the box.
    sealed interface Taken {
        /// @param events in order, perhaps none
        record Some(List<JobEvent> events) implements Taken {}

        /// Events were left out: they are in the database.
        record Behind() implements Taken {}

        /// The process stops.
        record Closed() implements Taken {}
    }

    private Filter filter;
    private List<JobEvent> events = new ArrayList<>();
    private int bytes;
    private boolean behind;
    private boolean closed;

    Mailbox(Filter filter) {
        this.filter = filter;
    }

    synchronized Filter filter() {
        return filter;
    }

    /// From now on collects what this filter lets through.
    synchronized void setFilter(Filter newFilter) {
        filter = newFilter;
    }

    synchronized void offer(JobEvent event) {
        if (behind || !filter.matches(event)) {
            return;
        }
        bytes += event.json().length();
        if (bytes > MAX_BYTES) {
            empty();
            behind = true;
        } else {
            events.add(event);
        }
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /// Waits until something is there to [#take], at most `patience`.
    synchronized void await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (events.isEmpty() && !behind && !closed && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
    }

    /// Empties the box.
    synchronized Taken take() {
        if (closed) {
            return new Taken.Closed();
        }
        var taken = behind ? new Taken.Behind() : new Taken.Some(events);
        empty();
        return taken;
    }

    private void empty() {
        events = new ArrayList<>();
        bytes = 0;
        behind = false;
    }
}
