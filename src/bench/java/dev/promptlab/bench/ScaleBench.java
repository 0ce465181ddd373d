package dev.promptlab.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Json;

/// What a job costs each part of an installation - worker processes, PostgreSQL's processor, its write-ahead log, its sessions - with one
/// to four worker processes on one database. On a machine whose cores they all share, more processes give no more jobs a second; what
/// a job costs must not grow with them, and then more machines do. docs/scale.md reckons with these figures.
final class ScaleBench {
    private static final int JOBS = 20_000;
    private static final int BATCH = 1_000;
    private static final int ROUNDS = 3;
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final List<Integer> WORKERS = List.of(1, 2, 4);
    private static final Map<String, String> ROOM = Map.of("PROMPTLAB_WORKER_CONCURRENCY", "400",
            "PROMPTLAB_LANE_CONCURRENCY", "10000");

    private final Figures figures = new Figures();

    public static void main(String[] args) {
        var bench = new ScaleBench();
        try (var postgres = BenchPostgres.start()) {
            for (int round = 0; round <= ROUNDS; round++) {
                System.out.println(round == 0 ? "warm-up" : "round " + round);
                for (int workers : WORKERS) {
                    bench.measure(postgres, workers);
                }
                if (round == 0) {
                    bench.figures.clear();
                }
            }
        }
        for (var what : List.of("PostgreSQL, CPU us a job", "workers, CPU us a job", "write-ahead log, bytes a job")) {
            bench.figures.bar(name(4, what), Figures.Bar.atMost(1.25, name(1, what)));
        }
        bench.figures.print();
    }

    private static String name(int workers, String what) {
        return workers + " worker" + (workers == 1 ? "" : "s") + ": " + what;
    }

    private void measure(BenchPostgres postgres, int count) {
        var url = postgres.create();
        try (var admin = Database.open(postgres.superuser(url), 1, DatabaseRole.OWNER);
                var front = process(url, "api")) {
            var api = ApiClient.of(front.url());
            var lane = pausedLane(api);
            queue(api);
            var workers = new ArrayList<ServerProcess>();
            try {
                IntStream.range(0, count).forEach(_ -> workers.add(process(url, "worker")));
                drain(postgres, admin, api, lane, workers);
            } finally {
                workers.forEach(ServerProcess::close);
            }
        }
        postgres.drop(url);
    }

    private void drain(BenchPostgres postgres, Database admin, ApiClient api, String lane,
            List<ServerProcess> workers) {
        var before = postgres.cpuTime();
        var used = cpu(workers);
        long log = logBytes(admin);
        long begun = System.nanoTime();
        api.put("/lanes/" + lane, Json.object().put("paused", false)).expect(200);
        Eventually.holds("all jobs have ended", () -> open(admin) == 0);
        double seconds = (System.nanoTime() - begun) / 1e9;
        int count = workers.size();
        figures.add(name(count, "jobs/s"), JOBS / seconds);
        figures.add(name(count, "PostgreSQL, CPU us a job"), postgres.cpuTime().postgresMicrosSince(before) / JOBS);
        figures.add(name(count, "workers, CPU us a job"), cpu(workers).minus(used).toNanos() / 1e3 / JOBS);
        figures.add(name(count, "write-ahead log, bytes a job"), (double) (logBytes(admin) - log) / JOBS);
        figures.add(name(count, "sessions on PostgreSQL"), (double) sessions(admin));
    }

    /// A lane that takes jobs and starts none.
    private static String pausedLane(ApiClient api) {
        new JobClient(api).submit(request("the first"));
        var lane = api.get("/jobs/stats").expect(200).json().get("lanes").get(0).get("id").asText();
        api.put("/lanes/" + lane, Json.object().put("paused", true)).expect(200);
        return lane;
    }

    private static void queue(ApiClient api) {
        for (int from = 1; from < JOBS; from += BATCH) {
            api.post("/generate/batch", IntStream.range(from, Math.min(JOBS, from + BATCH))
                    .mapToObj(i -> Json.text(request("job " + i))).collect(Collectors.joining(",", "[", "]")))
                    .expect(200);
        }
    }

    private static ObjectNode request(String content) {
        return JobClient.request("mock", "echo", content + " " + "x".repeat(1_000));
    }

    private static ServerProcess process(DatabaseUrl url, String role) {
        var environment = new HashMap<>(ROOM);
        environment.put("DATABASE_URL", TestDatabase.environmentUrl(url));
        environment.put("PROMPTLAB_ROLES", role);
        return BenchServer.start(environment);
    }

    private static Duration cpu(List<ServerProcess> processes) {
        return processes.stream().map(process -> ProcessHandle.of(process.pid()).orElseThrow().info()
                .totalCpuDuration().orElseThrow()).reduce(Duration.ZERO, Duration::plus);
    }

    /// Looks seldom: it shares the cores.
    private static long open(Database admin) {
        LockSupport.parkNanos(LOOK.toNanos());
        return number(admin, "select count(*) from job_dispatch");
    }

    private static long logBytes(Database admin) {
        return number(admin, "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");
    }

    private static long sessions(Database admin) {
        return number(admin,
                "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    }

    private static long number(Database admin, String sql) {
        return admin.autocommit(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }
}
