package dev.promptlab.event;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import dev.promptlab.event.EventStore.Wanted;
import dev.promptlab.event.Mailbox.Taken;
import dev.promptlab.web.Failure;
import org.jspecify.annotations.Nullable;

/// Follows events over one [Line]: the past from the database, then what the mailbox gets, each event once. Whether the caller may
/// still listen is asked every second.
final class Follower implements AutoCloseable {
    private static final Duration CHECK = Duration.ofSeconds(1);
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final EventId EVER = EventId.before(0);

    private final Events events;
    private final Mailbox mailbox;
    private final Line line;
    private final Runnable admission;
    /// Whoever has it speaks: news, or the past of topics that were added.
    private final ReentrantLock turn = new ReentrantLock(true);
    /// Everything up to here was said.
    private EventId said;
    private long checkedAt = System.nanoTime();
    private long saidAt = System.nanoTime();

    private Follower(Events events, Mailbox mailbox, Line line, Runnable admission, EventId said) {
        this.events = events;
        this.mailbox = mailbox;
        this.line = line;
        this.admission = admission;
        this.said = said;
    }

    /// @param nothing the filter of somebody who has asked for nothing yet
    /// @param admission throws a [Failure] when the caller may not listen any more
    static Follower of(Events events, Filter nothing, Line line, Runnable admission) throws InterruptedException {
        var mailbox = new Mailbox(nothing);
        return new Follower(events, mailbox, line, admission, EventId.before(events.join(mailbox)));
    }

    Filter filter() {
        return mailbox.filter();
    }

    /// Says what has happened after an event, then follows. Without an event: what is kept of single jobs.
    ///
    /// @param jobs by id
    /// @return false when the stream is over
    boolean add(boolean allJobs, Map<UUID, JobLookup.Life> jobs, @Nullable EventId after)
            throws IOException, InterruptedException {
        return speak(() -> {
            var before = mailbox.filter();
            var begun = events.turn(mailbox, before.plus(allJobs ? EVER : null, marks(jobs, EVER)));
            if (!say(begun.before(), before, begun.position())) {
                return false;
            }
            said = EventId.before(begun.position());
            var now = before.plus(allJobs ? after == null ? said : after : null,
                    marks(jobs, after == null ? EVER : after));
            mailbox.setFilter(now);
            Predicate<JobEvent> isNew = event -> now.matchesPast(event) && !before.matchesPast(event);
            if (after != null) {
                var only = !allJobs && jobs.size() == 1 ? jobs.keySet().iterator().next() : null;
                replay(new Wanted(now.workspaceId(), only), after, begun.position(), isNew);
            } else {
                sayLives(jobs, begun.position(), isNew);
            }
            line.mark(said);
            return true;
        });
    }

    private static Map<UUID, EventId> marks(Map<UUID, JobLookup.Life> jobs, EventId mark) {
        var marks = new HashMap<UUID, EventId>();
        jobs.keySet().forEach(job -> marks.put(job, mark));
        return marks;
    }

    void remove(Topics topics) throws IOException, InterruptedException {
        speak(() -> {
            var begun = events.turn(mailbox, mailbox.filter().minus(topics));
            return say(begun.before(), mailbox.filter(), begun.position());
        });
    }

    /// Says what comes, until the line wants no more, the caller is refused or the process stops.
    ///
    /// @throws IOException when the client is gone or too slow
    void follow() throws IOException, InterruptedException {
        boolean open = true;
        while (open && line.wantsMore()) {
            mailbox.await(CHECK);
            open = speak(() -> say(mailbox.take(), mailbox.filter(), null));
        }
    }

    @FunctionalInterface
    private interface Speech {
        /// @return false when the stream is over
        boolean say() throws IOException, InterruptedException;
    }

    private boolean speak(Speech speech) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            check();
            boolean open = speech.say();
            line.flush();
            return open;
        } catch (Failure e) {
            line.refuse(e);
            return false;
        } finally {
            turn.unlock();
        }
    }

    private void check() {
        if (System.nanoTime() - checkedAt >= CHECK.toNanos()) {
            admission.run();
            checkedAt = System.nanoTime();
        }
    }

    /// @param filter by which it was collected
    /// @param end where collecting went on by another filter; null = it goes on
    /// @return false when the process stops
    private boolean say(Taken taken, Filter filter, @Nullable Long end) throws IOException, InterruptedException {
        switch (taken) {
            case Taken.Some(var news) -> sayNews(news);
            case Taken.Behind _ -> {
                long until = end == null ? events.turn(mailbox, filter).position() : end;
                replay(new Wanted(filter.workspaceId(), null), said, until, filter::matchesPast);
                said = EventId.before(until);
            }
            case Taken.Closed _ -> {
                return false;
            }
        }
        return true;
    }

    private void sayNews(List<JobEvent> news) throws IOException {
        for (var event : news) {
            line.event(event);
            said = event.id();
        }
        if (!news.isEmpty()) {
            saidAt = System.nanoTime();
        } else if (System.nanoTime() - saidAt >= BEAT.toNanos()) {
            line.beat();
            saidAt = System.nanoTime();
        }
    }

    private void sayLives(Map<UUID, JobLookup.Life> jobs, long end, Predicate<JobEvent> isNew)
            throws IOException, InterruptedException {
        for (var job : jobs.entrySet()) {
            var wanted = new Wanted(mailbox.filter().workspaceId(), job.getKey());
            sayPast(events.ofJob(wanted, job.getValue(), end), isNew);
        }
    }

    private void replay(Wanted wanted, EventId after, long end, Predicate<JobEvent> isWanted)
            throws IOException, InterruptedException {
        long seq = after.seq();
        for (var rows = events.between(wanted, seq, end); !rows.isEmpty(); rows = events.between(wanted, seq, end)) {
            sayPast(rows, event -> event.id().isAfter(after) && isWanted.test(event));
            seq = rows.getLast().seq() + 1;
            check();
        }
    }

    private void sayPast(List<Row> rows, Predicate<JobEvent> isWanted) throws IOException {
        for (var row : rows) {
            for (var event : row.events()) {
                if (isWanted.test(event)) {
                    line.event(event);
                }
            }
        }
        line.flush();
    }

    /// Has [#follow] return soon.
    void stop() {
        mailbox.close();
    }

    @Override
    public void close() {
        events.leave(mailbox);
    }
}
