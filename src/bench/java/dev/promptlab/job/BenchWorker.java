package dev.promptlab.job;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.promptlab.bench.BenchText;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.Hints;
import dev.promptlab.job.BenchQueue.Size;
import dev.promptlab.provider.BenchProviders;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.telemetry.Metrics;

import static java.util.Objects.requireNonNull;

/// A worker in a process of its own. Says `ready`, works until its input ends, then says when it began each job.
final class BenchWorker {
    /// Stands for the product's channel of this name.
    static final String CHANNEL = "bench_queued";

    private BenchWorker() {}

    /// @param args `hints` to listen to them; the database is in the environment
    public static void main(String[] args) throws IOException {
        var begun = new ConcurrentHashMap<Long, Long>();
        var url = new DatabaseUrl(environment("BENCH_URL"), environment("BENCH_USER"), environment("BENCH_PASSWORD"));
        var signals = Signals.create();
        var db = Database.open(url, Size.PRODUCT.connections(), DatabaseRole.WORKER);
        var hints = args.length > 0 ? Hints.start(db, url, Map.of(CHANNEL, signals.queued()::ring)) : null;
        var workers = WorkerPool.start(db, db, BenchProviders.of(prompt -> {
            begun.put(BenchText.number(prompt), System.nanoTime());
            return prompt;
        }), PriceTable.load(), signals, BenchQueue.settings(Size.PRODUCT), Metrics.create());
        System.out.println("ready");
        System.in.transferTo(OutputStream.nullOutputStream());
        workers.close();
        if (hints != null) {
            hints.close();
        }
        begun.forEach((number, nanos) -> System.out.println(number + " " + nanos));
    }

    private static String environment(String name) {
        return requireNonNull(System.getenv(name));
    }
}
