package dev.promptlab.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.redis.Redis;
import dev.promptlab.web.Route;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/// The result cache of this process with all that belongs to it.
public final class CacheApi implements AutoCloseable {
    private static final String CHANNEL = "promptlab:cache:forget";
    /// So much of the figures is lost when a process is killed.
    private static final Duration FLUSH = Duration.ofSeconds(1);

    private final Database db;
    private final CacheMetrics metrics;
    private final Tally tally = new Tally();
    private final ResultCache cache;
    private final Forgetting forgetting;
    private final Rounds flushes = new Rounds("cache-figures", 1);
    private final List<Route> routes;

    private CacheApi(Database db, Database everywhere, @Nullable Redis redis, StoredResults stored, Duration ttl,
            @Nullable Duration retention, MeterRegistry registry) {
        this.db = db;
        this.metrics = new CacheMetrics(registry);
        this.cache = new ResultCache(redis, ttl, retention, Clock.systemUTC(), tally);
        this.forgetting = new Forgetting(everywhere, cache);
        this.routes = new CacheRoutes(db, cache, stored, this::flush).routes();
    }

    /// @param everywhere sees what is to be forgotten in all workspaces
    /// @param redis null = without a second level
    /// @param tellOthers called when another process should call [#look]; must be quick
    /// @param retention after which jobs are removed; null = never
    public static CacheApi start(Database db, Database everywhere, @Nullable Redis redis, Runnable tellOthers,
            StoredResults stored, Duration ttl, @Nullable Duration retention, MeterRegistry registry) {
        var api = new CacheApi(db, everywhere, redis, stored, ttl, retention, registry);
        api.cache.onForget(() -> {
            tellOthers.run();
            if (redis != null) {
                redis.publish(CHANNEL, "look");
            }
        });
        if (redis != null) {
            redis.subscribe(CHANNEL, _ -> api.look(), api::look);
        }
        api.forgetting.start();
        api.flushes.every(FLUSH, "writing the figures of the result cache", api::flush);
        return api;
    }

    public ResultCache cache() {
        return cache;
    }

    /// Another process has something to forget.
    public void look() {
        forgetting.ring();
    }

    public List<Route> routes() {
        return routes;
    }

    /// One at a time: when it returns, everything counted before is written.
    private synchronized void flush() {
        var counts = tally.take();
        if (counts.isEmpty()) {
            return;
        }
        try {
            db.autocommit(counts.keySet(), handle -> {
                FigureStore.add(handle, counts);
                return true;
            });
        } catch (RuntimeException e) {
            counts.forEach(tally::add);
            throw e;
        }
        counts.values().forEach(metrics::add);
    }

    @Override
    public void close() {
        forgetting.close();
        flushes.close();
        Rounds.tryTo("writing the last figures of the result cache", this::flush);
    }
}
