package dev.promptlab.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/// Keeps a number of virtual threads busy, each with one call at a time.
public final class Load {
    private Load() {}

    /// What a thread does again and again.
    @FunctionalInterface
    public interface Call {
        /// @param number of the call over all threads, from 0
        void run(long number) throws InterruptedException;
    }

    /// @return calls a second
    public static double during(Duration duration, int threads, Call call) {
        long end = System.nanoTime() + duration.toNanos();
        return run(threads, _ -> System.nanoTime() < end, call);
    }

    /// @return calls a second
    public static double times(long count, int threads, Call call) {
        return run(threads, number -> number < count, call);
    }

    private static double run(int threads, LongPredicate goOn, Call call) {
        var next = new AtomicLong();
        var done = new AtomicLong();
        var clients = new ArrayList<Callable<Void>>();
        for (int i = 0; i < threads; i++) {
            clients.add(() -> {
                for (long number = next.getAndIncrement(); goOn.test(number); number = next.getAndIncrement()) {
                    call.run(number);
                    done.incrementAndGet();
                }
                return null;
            });
        }
        long start = System.nanoTime();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var client : executor.invokeAll(clients)) {
                client.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return done.get() / ((System.nanoTime() - start) / 1e9);
    }
}
