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

    private record Waiting<T, R>(T item, CompletableFuture<R> answer) {}

    private final BlockingQueue<Waiting<T, R>> queue = new LinkedBlockingQueue<>();
    private final Function<List<T>, List<R>> batch;
    private final List<Thread> runners;
    private volatile boolean closed;

    /// @param runners how many batches may be under way at once
    /// @param batch answers in the order of its requests; when it throws, each request is run again alone, so that one bad
    ///        request fails alone
    public Batcher(String name, int runners, Function<List<T>, List<R>> batch) {
        this.batch = batch;
        this.runners = new ArrayList<>();
        for (int i = 0; i < runners; i++) {
            this.runners.add(Thread.ofVirtual().name(name + "-" + i).start(this::run));
        }
    }

    /// Blocks until the batch that carries `item` is done; throws what it threw.
    public R call(T item) throws InterruptedException {
        var waiting = new Waiting<T, R>(item, new CompletableFuture<>());
        queue.add(waiting);
        if (closed && queue.remove(waiting)) {
            throw stopping();
        }
        try {
            return waiting.answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a batch failed", e.getCause());
        }
    }

    private void run() {
        var items = new ArrayList<Waiting<T, R>>();
        try {
            while (true) {
                items.clear();
                items.add(queue.take());
                queue.drainTo(items, MAX_BATCH - 1);
                answer(items);
            }
        } catch (InterruptedException e) {
            queue.drainTo(items);
            items.forEach(waiting -> waiting.answer.completeExceptionally(stopping()));
        }
    }

    private static IllegalStateException stopping() {
        return new IllegalStateException("the process is stopping");
    }

    private void answer(List<Waiting<T, R>> items) {
        try {
            var answers = batch.apply(items.stream().map(Waiting::item).toList());
            for (int i = 0; i < items.size(); i++) {
                items.get(i).answer.complete(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (items.size() == 1) {
                items.getFirst().answer.completeExceptionally(e);
            } else {
                items.forEach(waiting -> answer(List.of(waiting)));
            }
        }
    }

    /// Ends the runners; requests still waiting fail.
    @Override
    public void close() {
        closed = true;
        runners.forEach(Thread::interrupt);
    }
}
