package dev.promptlab.event;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.promptlab.db.Database;
import dev.promptlab.db.Wakeup;
import dev.promptlab.web.Failure;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens to jobs, read from the database by one thread a process and handed to the mailboxes of the open streams. Nobody
/// listens, nothing is read. Thread-safe.
public final class Events implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Events.class);
    /// The guarantee behind rings, which may be lost.
    private static final Duration POLL = Duration.ofMillis(500);
    /// Between two looks behind a gap.
    private static final Duration HELD = Duration.ofMillis(2);
    private static final Duration TROUBLE = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
    private static final int ROWS = 200;
    /// Streams that look up the past at once: they share a pool with the queue.
    private static final int LOOKUPS = 4;
    private static final int JOB_ROWS = 20_000;
    private static final Duration KEPT = Duration.ofHours(24);
    private static final Duration TEXT_KEPT = Duration.ofHours(1);
    private static final int PRUNED = 5_000;

    private final Database db;
    private final Wakeup bell = new Wakeup();
    private final Semaphore lookups = new Semaphore(LOOKUPS, true);
    private final Map<UUID, Set<Mailbox>> mailboxes = new ConcurrentHashMap<>();
    private final Thread reader;
    /// All rows below were handed on; 0 while nothing is read. Guarded by this.
    private long position;
    private int listeners;
    private volatile boolean closed;

    private Events(Database db) {
        this.db = db;
        this.reader = Thread.ofVirtual().name("events").unstarted(this::run);
    }

    /// @param db of the worker role, which sees all workspaces
    public static Events start(Database db, MeterRegistry registry) {
        var events = new Events(db);
        Gauge.builder("promptlab.event.streams", events, Events::listeners).description("Open streams of events")
                .register(registry);
        events.reader.start();
        return events;
    }

    /// Removes what is past its time.
    public static void prune(Database db) {
        while (db.autocommit(handle -> EventStore.prune(handle, KEPT, TEXT_KEPT, PRUNED)) >= PRUNED) {
            // there may be more
        }
    }

    /// There may be news.
    public void ring() {
        bell.ring();
    }

    /// From now on the mailbox gets what its filter lets through.
    ///
    /// @return the row from which on it does: everything of the rows below is in the database
    synchronized long join(Mailbox mailbox) throws InterruptedException {
        mailboxes.computeIfAbsent(mailbox.filter().workspaceId(), _ -> ConcurrentHashMap.newKeySet()).add(mailbox);
        listeners++;
        ring();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (position == 0 && !closed) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                leave(mailbox);
                throw new Failure.Unavailable("events cannot be read at the moment; try again");
            }
            wait(left);
        }
        if (closed) {
            mailbox.close();
        }
        return position;
    }

    synchronized void leave(Mailbox mailbox) {
        var workspaceId = mailbox.filter().workspaceId();
        var all = mailboxes.get(workspaceId);
        if (all != null && all.remove(mailbox)) {
            listeners--;
            if (all.isEmpty()) {
                mailboxes.remove(workspaceId);
            }
        }
    }

    /// What was collected so far, and from where on a mailbox collects by its new filter.
    ///
    /// @param position the row from which on it does, as for [#join]
    record Turn(Mailbox.Taken before, long position) {}

    /// Empties a mailbox, and changes its filter from there on.
    synchronized Turn turn(Mailbox mailbox, Filter filter) {
        mailbox.setFilter(filter);
        return new Turn(mailbox.take(), position);
    }

    /// One page of the rows from `seq` to below `end`, the last one perhaps empty: the next page begins after it. No rows = the end.
    List<Row> between(EventStore.Wanted wanted, long seq, long end) throws InterruptedException {
        return lookup(handle -> EventStore.between(handle, wanted, seq, end, ROWS));
    }

    /// What is kept of one job, in rows below `end`.
    List<Row> ofJob(EventStore.Wanted wanted, JobLookup.Life life, long end) throws InterruptedException {
        return lookup(handle -> EventStore.ofJob(handle, wanted, life, end, JOB_ROWS));
    }

    /// Whether everything after an event is kept, pieces of text aside.
    boolean reaches(EventId after) throws InterruptedException {
        return after.seq() + 1 >= lookup(EventStore::oldest);
    }

    private <T> T lookup(Function<Handle, T> work) throws InterruptedException {
        lookups.acquire();
        try {
            return db.autocommit(work);
        } finally {
            lookups.release();
        }
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    if (isHeard()) {
                        read();
                    } else {
                        bell.await(POLL);
                    }
                } catch (RuntimeException e) {
                    log.warn("events cannot be read at the moment: {}", e.getMessage());
                    Thread.sleep(TROUBLE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; the thread ends
        }
    }

    private synchronized boolean isHeard() {
        return listeners > 0;
    }

    private synchronized int listeners() {
        return listeners;
    }

    /// Reads as long as somebody listens. Trouble of the database ends it, but not the position: nothing is left out.
    private void read() throws InterruptedException {
        var order = new Order(begin());
        while (!closed && goesOn()) {
            if (!order.mayLook(this::writers)) {
                Thread.sleep(HELD);
                continue;
            }
            long from = order.next();
            var rows = db.autocommit(handle -> EventStore.from(handle, from, ROWS));
            handOn(order.accept(rows, this::writers), order.next());
            if (!order.isHeld() && rows.size() < ROWS) {
                bell.await(POLL);
            }
        }
    }

    /// Where to begin: everything before is decided.
    private long begin() throws InterruptedException {
        long begun;
        synchronized (this) {
            begun = position;
        }
        if (begun == 0) {
            begun = db.autocommit(EventStore::latest) + 1;
            var order = new Order(begun);
            for (var writers = writers(); !writers.isEmpty() && !closed; writers = left(writers)) {
                Thread.sleep(HELD);
            }
            handOn(List.of(), order.next());
        }
        return begun;
    }

    private Set<String> left(Set<String> writers) {
        var left = writers();
        left.retainAll(writers);
        return left;
    }

    private Set<String> writers() {
        return db.autocommit(EventStore::writers);
    }

    /// Whether somebody still listens; else the next one begins anew.
    private synchronized boolean goesOn() {
        if (listeners == 0) {
            position = 0;
        }
        return listeners > 0;
    }

    private synchronized void handOn(List<Row> rows, long next) {
        for (var row : rows) {
            for (var event : row.events()) {
                mailboxes.getOrDefault(event.workspaceId(), Set.of()).forEach(mailbox -> mailbox.offer(event));
            }
        }
        position = next;
        notifyAll();
    }

    /// Ends all streams: the process stops.
    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            mailboxes.values().forEach(all -> all.forEach(Mailbox::close));
            notifyAll();
        }
        bell.ring(); // an interrupt would break its connection
        try {
            reader.join(STOP_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
