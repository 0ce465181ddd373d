package dev.promptlab.db;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/// Coalesces single requests of many threads into shared batches, without added delay: whatever waits when a runner gets
/// free goes together, so that an idle system sees batches of one and a busy one pays one round trip and one commit for many.
/// Thread-safe.
///
/// @param <T> one request
/// @param <R> its answer
public final class Batcher<T, R> implements AutoCloseable {
    private static final int MAX_BATCH = 256;

    private sealed interface Entry<T, R> {
        record Waiting<T, R>(T item, CompletableFuture<R> answer) implements Entry<T, R> {}

        /// Ends the runner that meets it, which hands it on to the next.
        record Stop<T, R>() implements Entry<T, R> {}
    }

    private final BlockingQueue<Entry<T, R>> queue = new LinkedBlockingQueue<>();
    private final Function<List<T>, List<R>> batch;
    private final List<Thread> runners;
    private volatile boolean closed;

    /// @param runners how many batches may be under way at once
    /// @param batch answers in the order of its requests, all or nothing; when it throws, each request is run again alone, so
    ///        that one bad request fails alone, unless the trouble is the database's ([Database#mayPass])
    public Batcher(String name, int runners, Function<List<T>, List<R>> batch) {
        this.batch = batch;
        this.runners = new ArrayList<>();
        for (int i = 0; i < runners; i++) {
            this.runners.add(Thread.ofVirtual().name(name + "-" + i).start(this::run));
        }
    }

    /// Blocks until the batch that carries `item` is done; throws what it threw, and [IllegalStateException] after [#close].
    public R call(T item) throws InterruptedException {
        var waiting = new Entry.Waiting<T, R>(item, new CompletableFuture<>());
        queue.add(waiting);
        if (closed && queue.remove(waiting)) { // else it came before the stop, or a runner has it already
            throw new IllegalStateException("the process is stopping");
        }
        try {
            return waiting.answer().get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException("a batch failed", e.getCause());
            }
        }
    }

    private void run() {
        var entries = new ArrayList<Entry<T, R>>();
        boolean stopped = false;
        while (!stopped) {
            entries.clear();
            entries.add(take());
            queue.drainTo(entries, MAX_BATCH - 1);
            var waiting = new ArrayList<Entry.Waiting<T, R>>();
            for (var entry : entries) {
                switch (entry) {
                    case Entry.Waiting<T, R> one -> waiting.add(one);
                    case Entry.Stop<T, R> _ -> stopped = true;
                }
            }
            answer(waiting);
        }
        queue.add(new Entry.Stop<>());
    }

    private Entry<T, R> take() {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a runner (bug)", e);
        }
    }

    private void answer(List<Entry.Waiting<T, R>> waiting) {
        if (waiting.isEmpty()) {
            return;
        }
        try {
            var answers = batch.apply(waiting.stream().map(Entry.Waiting::item).toList());
            if (answers.size() != waiting.size()) {
                throw new AssertionError(waiting.size() + " requests got " + answers.size() + " answers (bug)");
            }
            for (int i = 0; i < waiting.size(); i++) {
                waiting.get(i).answer().complete(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (waiting.size() == 1 || Database.mayPass(e)) { // alone they would each wait for the same database
                waiting.forEach(one -> one.answer().completeExceptionally(e));
            } else {
                waiting.forEach(one -> answer(List.of(one)));
            }
        } catch (Error e) {
            waiting.forEach(one -> one.answer().completeExceptionally(e));
        }
    }

    /// Refuses new requests, and waits until those that came before are answered. Runners are not interrupted: that would
    /// break the connection under a commit.
    @Override
    public void close() {
        closed = true;
        queue.add(new Entry.Stop<>());
        try {
            for (var runner : runners) {
                runner.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
