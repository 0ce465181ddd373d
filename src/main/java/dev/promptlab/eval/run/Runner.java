package dev.promptlab.eval.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.report.Progress;
import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.report.RunWatcher;
import dev.promptlab.eval.run.CallBudget.SpentException;
import dev.promptlab.eval.run.Grading.Graded;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.eval.suite.UnfilledException;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.Offer;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Makes the cells of a plan, those that the book of the run lacks. A cell is answered, the answer is written down, then it is graded and
/// the grade is written down. Used once.
final class Runner {
    /// Cells beyond the calls in flight, so that grading does not keep calls waiting.
    private static final int AHEAD = 8;
    private static final Duration LOOK = Duration.ofMillis(100);

    /// How the work ended.
    enum Ended {
        COMPLETE, BUDGET, INTERRUPTED
    }

    private final Plan plan;
    private final boolean serial;
    private final boolean strict;
    private final Asker calls;
    private final Offer offer;
    private final Grading grading;
    private final Stop stop;
    private final int concurrency;
    private final RunBook book;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final SidePasses passes = new SidePasses();
    private final AtomicReference<@Nullable String> spent = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();

    Runner(Plan plan, Suite suite, Asker calls, Offer offer, Grading grading, RunBook book, Stop stop,
            int concurrency) {
        this.plan = plan;
        this.serial = suite.serial();
        this.strict = suite.settings().strictVars();
        this.calls = calls;
        this.offer = offer;
        this.grading = grading;
        this.book = book;
        this.stop = stop;
        this.concurrency = concurrency;
    }

    /// Passes of both sides so far, for the live difference.
    private static final class SidePasses {
        private final long[] graded = new long[2];
        private final long[] passed = new long[2];

        synchronized void add(ResultRow row) {
            var side = row.side() == Arm.BASELINE ? 0 : 1;
            if (row.status() != ResultRow.Status.ERROR) {
                graded[side]++;
                passed[side] += row.passed() ? 1 : 0;
            }
        }

        synchronized @Nullable Double difference() {
            return graded[0] == 0 || graded[1] == 0 ? null
                    : (Double) ((double) passed[1] / graded[1] - (double) passed[0] / graded[0]);
        }
    }

    /// Returns when everything is decided, the budget is spent, or it was told to stop.
    Ended run(RunWatcher progress) throws IOException, InterruptedException {
        var started = System.nanoTime();
        var shown = Thread.ofVirtual().start(() -> show(progress, started));
        try {
            if (serial) {
                serially();
            } else {
                together();
            }
        } finally {
            shown.interrupt();
            shown.join();
            progress.end();
        }
        if (!stop.isNow()) {
            rethrow(broken.get());
        }
        return spent.get() != null ? Ended.BUDGET : stop.drains() && done.get() < plan.cells() ? Ended.INTERRUPTED
                : Ended.COMPLETE;
    }

    private static void rethrow(@Nullable Throwable broken) throws IOException {
        switch (broken) {
            case null -> {}
            case UncheckedIOException io -> throw Objects.requireNonNull(io.getCause());
            default -> throw new IllegalStateException(broken);
        }
    }

    @Nullable
    String spent() {
        return spent.get();
    }

    private void show(RunWatcher progress, long started) {
        try {
            while (true) {
                Thread.sleep(LOOK);
                progress.show(state(started));
            }
        } catch (InterruptedException _) {
            // The run is over.
        }
    }

    private Progress.State state(long started) {
        return new Progress.State(done.get(), plan.cells(), calls.hits(), errors.get(), calls.budget().spentUsd(),
                passes.difference(), Duration.ofNanos(System.nanoTime() - started));
    }

    private boolean goesOn() {
        return !stop.drains() && spent.get() == null && broken.get() == null;
    }

    private void together() throws InterruptedException {
        var slots = new Semaphore(concurrency + AHEAD);
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var killer = Thread.ofVirtual().start(() -> {
                try {
                    stop.awaitNow();
                    workers.shutdownNow();
                } catch (InterruptedException _) {
                    // The run is over.
                }
            });
            for (var units = plan.groups().flatMap(group -> units(group).stream()).iterator(); goesOn()
                    && units.hasNext();) {
                var unit = units.next();
                if (isDecided(unit)) {
                    done.addAndGet(unit.size());
                    continue;
                }
                slots.acquire();
                try {
                    workers.execute(() -> {
                        try {
                            work(unit);
                        } finally {
                            slots.release();
                        }
                    });
                } catch (RejectedExecutionException e) {
                    slots.release(); // stopped now
                }
            }
            slots.acquire(concurrency + AHEAD);
            killer.interrupt();
        }
    }

    /// Cells that must be graded together stay together.
    private static List<List<Cell>> units(List<Cell> group) {
        return Grading.compares(group.getFirst().testCase()) ? List.of(group) : group.stream().map(List::of).toList();
    }

    private boolean isDecided(List<Cell> unit) {
        return unit.stream().allMatch(cell -> book.isGraded(cell.index()));
    }

    private void work(List<Cell> unit) {
        try {
            var graded = new ArrayList<Graded>();
            for (var cell : unit) {
                graded.add(answer(cell, cell.testCase().vars()));
            }
            grade(graded);
        } catch (SpentException e) {
            spent.compareAndSet(null, e.getMessage());
        } catch (InterruptedException e) {
            stop.request();
        } catch (IOException e) {
            broken.compareAndSet(null, new UncheckedIOException(e));
        } catch (RuntimeException | Error e) {
            broken.compareAndSet(null, e);
        }
    }

    /// One after the other, since each may need the answers of those before it. Answers in the journal are told again.
    private void serially() {
        var state = new SerialState();
        for (var groups = plan.groups().iterator(); goesOn() && groups.hasNext();) {
            var group = groups.next();
            try {
                var graded = new ArrayList<Graded>();
                for (var cell : group) {
                    var each = answer(cell, state.vars(cell));
                    state.seen(cell, each.messages(), each.answer());
                    graded.add(each);
                }
                if (isDecided(group)) {
                    done.addAndGet(group.size());
                } else {
                    grade(graded);
                }
            } catch (SpentException e) {
                spent.compareAndSet(null, e.getMessage());
            } catch (InterruptedException e) {
                stop.request();
            } catch (IOException e) {
                broken.compareAndSet(null, new UncheckedIOException(e));
            }
        }
    }

    private Graded answer(Cell cell, ObjectNode vars) throws SpentException, InterruptedException, IOException {
        List<Message> messages;
        try {
            messages = cell.variant().prompt().messages(vars, cell.testCase().options(), strict);
        } catch (UnfilledException e) {
            return new Graded(cell, vars, List.of(), Answer.failed("the prompt cannot be filled: " + e.getMessage()));
        }
        var before = book.answer(cell.index());
        if (before != null) {
            return new Graded(cell, vars, messages, before);
        }
        var answer = call(cell, messages, cell.repeat(), false);
        book.put(cell.index(), answer);
        return new Graded(cell, vars, messages, answer);
    }

    private Answer call(Cell cell, List<Message> messages, int repeat, boolean fresh)
            throws SpentException, InterruptedException, IOException {
        var given = cell.testCase().options().providerOutput();
        if (given != null) {
            return Answer.given(given.isTextual() ? given.textValue() : Json.text(given));
        }
        var variant = cell.variant();
        var endpoint = offer.find(variant.provider());
        if (endpoint.isEmpty()) {
            return Answer.failed("the provider \"" + variant.provider() + "\" is not configured");
        }
        return calls.ask(new Call(endpoint.get(), variant.model(), messages, variant.params(), repeat, fresh));
    }

    private void grade(List<Graded> graded) throws SpentException, InterruptedException, IOException {
        var results = grading.rows(graded);
        if (results.stream().anyMatch(row -> row.status() == ResultRow.Status.ERROR) && calls.budget().refused()) {
            throw new SpentException("the budget is spent"); // a judge was not asked: grade again after a resume
        }
        for (var i = 0; i < results.size(); i++) {
            var row = results.get(i);
            book.put(graded.get(i).cell().index(), row);
            passes.add(row);
            errors.addAndGet(row.status() == ResultRow.Status.ERROR ? 1 : 0);
            done.incrementAndGet();
        }
    }

    /// A fresh answer to a case, graded, which is written down nowhere: to see whether a result comes back.
    ResultRow again(Cell cell, int attempt) throws SpentException, InterruptedException, IOException {
        List<Message> messages;
        try {
            messages = cell.variant().prompt().messages(cell.testCase().vars(), cell.testCase().options(), strict);
        } catch (UnfilledException e) {
            return grading.rows(List.of(new Graded(cell, cell.testCase().vars(), List.of(),
                    Answer.failed(String.valueOf(e.getMessage()))))).getFirst();
        }
        var answer = call(cell, messages, attempt, true);
        return grading.rows(List.of(new Graded(cell, cell.testCase().vars(), messages, answer))).getFirst();
    }
}
