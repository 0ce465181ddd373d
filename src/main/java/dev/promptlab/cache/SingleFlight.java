package dev.promptlab.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/// Simultaneous loads of one key are one load, whose answer or failure all get. Thread-safe.
final class SingleFlight<K, V> {
    private final ConcurrentMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

    /// Runs `load`, or waits for the one that runs. A failure is not remembered.
    V load(K key, Supplier<V> load) {
        var own = new CompletableFuture<V>();
        var flight = flights.putIfAbsent(key, own);
        return flight == null ? fly(key, own, load) : join(flight);
    }

    private V fly(K key, CompletableFuture<V> own, Supplier<V> load) {
        try {
            var value = load.get();
            own.complete(value);
            return value;
        } catch (Throwable e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            flights.remove(key, own);
        }
    }

    private static <V> V join(CompletableFuture<V> flight) {
        try {
            return flight.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
