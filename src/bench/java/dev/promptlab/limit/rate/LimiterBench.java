package dev.promptlab.limit.rate;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.promptlab.bench.BenchPostgres;
import dev.promptlab.bench.BenchServer;
import dev.promptlab.bench.Figures;
import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.testing.People;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestRedis;

/// What the rate limiter costs, and what it holds: CPU of an admission in process, round trips to Redis; and 400 requests at once over
/// two servers against a limit of 100 in 10 s, at ten phases of the window, three bursts each - in PostgreSQL, in Redis, and with
/// Redis killed half-way.
final class LimiterBench {
    private static final String ADDED = "added to the p99 by the death of Redis, ms";
    private static final int ROUNDS = 3;
    private static final int ADMISSIONS = 2_000_000;
    private static final int SUBJECTS = 1_000;
    private static final int TRIPS = 2_000;
    private static final Duration SETTLE = Duration.ofSeconds(14);
    private static final Duration HALF_WAY = Duration.ofSeconds(8);

    private final Figures figures = new Figures();

    private LimiterBench() {}

    public static void main(String[] args) throws InterruptedException {
        var bench = new LimiterBench();
        bench.inProcess();
        try (var postgres = BenchPostgres.start(); var redis = TestRedis.start()) {
            bench.roundTrips(postgres, redis);
            for (int round = 0; round < ROUNDS; round++) {
                bench.phases("PostgreSQL", postgres, Map.of(), () -> {});
                double whole = bench.phases("Redis", postgres, Map.of("REDIS_URL", redis.url()), () -> {});
                try (var victim = TestRedis.start()) {
                    double killed = bench.phases("Redis killed", postgres, Map.of("REDIS_URL", victim.url()),
                            victim::kill);
                    bench.figures.add(ADDED, killed - whole);
                }
            }
        }
        bench.figures.bar(ADDED, Bar.atMost(15));
        bench.figures.print();
    }

    private void inProcess() {
        for (int limit : List.of(100, 1_000)) {
            for (int round = 0; round < ROUNDS; round++) {
                measure("in process, limit %,d, CPU us/request".formatted(limit), new LocalWindows(), limit);
            }
        }
    }

    private void measure(String name, Windows windows, int limit) {
        var threads = ManagementFactory.getThreadMXBean();
        var asks = IntStream.range(0, SUBJECTS).mapToObj(i -> new Ask("subject " + i, limit, Duration.ofMinutes(1)))
                .toList();
        long before = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < ADMISSIONS; i++) {
            windows.admit(asks.get(i % SUBJECTS));
        }
        figures.bar(name, Bar.atMost(20));
        figures.add(name, (threads.getCurrentThreadCpuTime() - before) / 1e3 / ADMISSIONS);
    }

    private void roundTrips(BenchPostgres postgres, TestRedis redis) throws InterruptedException {
        var database = TestDatabase.environmentUrl(postgres.create());
        try (var server = server(database, Map.of("REDIS_URL", redis.url()))) {
            var ada = new People(server.url()).signUp("ada");
            Thread.sleep(SETTLE); // the generation is older than a window
            ada.api().get("/templates").expect(200);
            redis.ask("config", "resetstat");
            for (int i = 0; i < TRIPS; i++) {
                ada.api().get("/templates");
            }
            long calls = redis.ask("info", "commandstats").lines()
                    .filter(line -> line.startsWith("cmdstat_eval"))
                    .mapToLong(line -> Long.parseLong(line.replaceFirst("[^:]*:calls=(\\d+),.*", "$1"))).sum();
            figures.add("scripts that Redis ran a request, the marks (5 a second) included", (double) calls / TRIPS);
        }
    }

    /// @return the p99 in ms
    private double phases(String where, BenchPostgres postgres, Map<String, String> environment, Runnable halfWay)
            throws InterruptedException {
        var database = TestDatabase.environmentUrl(postgres.create());
        try (var one = server(database, environment); var two = server(database, environment)) {
            var keys = IntStream.range(0, Phases.COUNT + 1)
                    .mapToObj(i -> new People(one.url()).signUp("phase" + i).key()).toList();
            Thread.sleep(SETTLE);
            var phases = new Phases(List.of(one.url(), two.url()));
            phases.warmUp(keys.getLast());
            var kill = Thread.ofVirtual().start(() -> {
                Phases.sleep(HALF_WAY);
                halfWay.run();
            });
            phases.run(keys);
            kill.join();
            report(where, phases);
            return phases.percentile(0.99);
        }
    }

    private void report(String where, Phases phases) {
        figures.bar(where + ", most admitted in any 10 s", Bar.atMost(Phases.LIMIT));
        figures.add(where + ", most admitted in any 10 s", phases.mostAdmitted());
        figures.add(where + ", fewest of a first burst", phases.fewestOfFirstBurst());
        figures.bar(where + ", answers of 5xx", Bar.atMost(0));
        figures.add(where + ", answers of 5xx", phases.errors());
        figures.add(where + ", p50, ms", phases.percentile(0.5));
        figures.add(where + ", p99, ms", phases.percentile(0.99));
    }

    private static ServerProcess server(String database, Map<String, String> environment) {
        var all = new HashMap<>(environment);
        all.putAll(Map.of("DATABASE_URL", database, "PROMPTLAB_AUTH", "required", "PROMPTLAB_RATE_LIMIT", "100000/1m",
                "PROMPTLAB_RATE_LIMIT_READS", Phases.LIMIT + "/10s"));
        return BenchServer.start(all);
    }
}
