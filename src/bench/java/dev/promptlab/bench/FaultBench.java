package dev.promptlab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ServerProcess;

/// The long versions of the tests of faults, on real processes: workers that are killed and workers that are paused, again and
/// again, and one whose clock is an hour ahead. Prints what happened beside what is promised; exits with 1 when a promise was not kept.
final class FaultBench {
    private static final int JOBS = 2_000;
    private static final int KILLS = 10;
    private static final int CALLS_BETWEEN_KILLS = 150;
    private static final int PAUSES = 20;
    private static final int CLOCK_JOBS = 200;
    private static final Duration STUCK_AFTER = Duration.ofSeconds(15);
    private static final Pattern REFUSED = Pattern.compile("came late and was refused|the lease is lost");

    private final List<String> lines = new ArrayList<>();
    private boolean kept = true;

    private FaultBench() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        var bench = new FaultBench();
        bench.kills();
        bench.pauses();
        bench.clocks();
        System.out.printf("%n%-58s %10s  %-14s %s%n", "what", "measured", "promised", "kept");
        bench.lines.forEach(System.out::println);
        System.exit(bench.kept ? 0 : 1);
    }

    private void row(String what, long measured, String promised, boolean holds) {
        kept &= holds;
        lines.add("%-58s %,10d  %-14s %s".formatted(what, measured, promised, holds ? "yes" : "NO"));
    }

    // ---- kill -9

    private void kills() throws InterruptedException {
        var settings = Map.of("PROMPTLAB_LEASE", "5s", "PROMPTLAB_MAX_ATTEMPTS", "20");
        try (var fleet = new Fleet(); var front = fleet.api(0, settings)) {
            fleet.provider().anthropic().always(Behaviour.answer("done", 1, 1).after(Duration.ofMillis(500)));
            Fleet.submit(front, JOBS, i -> JobClient.request("job " + i));
            var workers = new ArrayList<>(List.of(fleet.worker(settings), fleet.worker(settings)));
            var cutOff = new HashSet<String>();
            try {
                for (int kill = 1; kill <= KILLS; kill++) {
                    fleet.provider().awaitCalls(fleet.provider().calls().size() + CALLS_BETWEEN_KILLS);
                    cutOff.addAll(kill(fleet, workers.removeFirst(), kill));
                    workers.add(fleet.worker(settings));
                }
                Thread.sleep(STUCK_AFTER);
                long stuck = fleet.queue().running().stream().filter(cutOff::contains).count();
                fleet.awaitAllEnded(front);
                report(fleet, cutOff, stuck);
            } finally {
                workers.forEach(ServerProcess::close);
            }
        }
    }

    private static Set<String> kill(Fleet fleet, ServerProcess worker, int number) {
        worker.kill();
        var claims = Set.copyOf(fleet.queue().runningOf(worker.pid()));
        System.out.printf("kill %2d: process %d had %d jobs in work; %d of %d done%n", number, worker.pid(),
                claims.size(),
                fleet.queue().ended("completed"), JOBS);
        return claims;
    }

    private void report(Fleet fleet, Set<String> cutOff, long stuck) {
        var queue = fleet.queue();
        int completed = queue.ended("completed");
        int unknown = queue.attempts("unknown");
        int extra = fleet.provider().calls().size() - JOBS;
        row(JOBS + " jobs, " + KILLS + " x kill -9: lost", JOBS - completed, "0", completed == JOBS);
        row("recorded twice", queue.attempts("completed") - completed, "0", queue.attempts("completed") == completed);
        row("stuck 15 s after the last kill", stuck, "0", stuck == 0);
        row("jobs in work at the kills", cutOff.size(), "> 0", !cutOff.isEmpty());
        row("calls made again", extra, "<= " + cutOff.size(), extra <= cutOff.size());
        row("attempts logged with outcome unknown", unknown, "= " + cutOff.size(), unknown == cutOff.size());
        row("broken rules between the tables", queue.violations().size(), "0", queue.violations().isEmpty());
    }

    // ---- SIGSTOP, SIGCONT

    private void pauses() throws IOException, InterruptedException {
        try (var fleet = new Fleet();
                var front = fleet.api();
                var late = fleet.worker();
                var rescuer = fleet.worker()) {
            int refused = 0;
            int unchanged = 0;
            for (int pause = 1; pause <= PAUSES; pause++) {
                fleet.provider().anthropic().next(Behaviour.answer("late", 100, 100).after(Duration.ofMillis(400)))
                        .answers("rescued", 1, 1);
                signal("STOP", rescuer);
                var id = JobClient.of(front).submit(JobClient.request("pause " + pause));
                fleet.provider().awaitCalls(2 * pause - 1);
                signal("STOP", late);
                signal("CONT", rescuer);
                var job = JobClient.of(front).finished(id);
                var records = fleet.queue().records();

                signal("CONT", late);
                refused += awaitRefusals(late, pause) ? 1 : 0;
                boolean same = fleet.queue().records().equals(records) && JobClient.of(front).job(id).equals(job);
                unchanged += same && job.get("output").asText().equals("rescued") ? 1 : 0;
                System.out.printf(
                        "pause %2d: rescued by the other process, late answer refused %d, record unchanged %d%n", pause,
                        refused,
                        unchanged);
            }
            row(PAUSES + " x SIGSTOP past the lease, SIGCONT: answers refused", refused, "= " + PAUSES,
                    refused == PAUSES);
            row("result, figures and times unchanged after it", unchanged, "= " + PAUSES, unchanged == PAUSES);
            row("broken rules between the tables", fleet.queue().violations().size(), "0",
                    fleet.queue().violations().isEmpty());
        }
    }

    // ---- a clock that is an hour ahead

    private void clocks() throws IOException {
        var library = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
        if (!Files.exists(library)) {
            System.out.println("clock: not run, the Debian package faketime is not installed");
            return;
        }
        var wrongClock = Map.of("LD_PRELOAD", library.toString(), "FAKETIME", "+1h");
        try (var fleet = new Fleet(); var ahead = fleet.serve(wrongClock); var _ = fleet.worker()) {
            fleet.provider().anthropic().always(Behaviour.answer("done", 1, 1).after(Duration.ofMillis(300)));
            var ids = Fleet.submit(ahead, CLOCK_JOBS, i -> JobClient.request("job " + i));
            fleet.awaitAllEnded(ahead);
            long early = UUID.fromString(ids.getFirst()).getMostSignificantBits() >>> 16; // its maker's clock, in ms
            var queue = fleet.queue();
            System.out.printf("clock: the process is %d min ahead; %d of %d jobs done%n",
                    Duration.ofMillis(early - System.currentTimeMillis()).toMinutes(), queue.ended("completed"),
                    CLOCK_JOBS);
            row(CLOCK_JOBS + " jobs, one of two processes an hour ahead: lost", CLOCK_JOBS - queue.ended("completed"),
                    "0", queue.ended("completed") == CLOCK_JOBS);
            row("leases taken away too early", queue.attempts("unknown"), "0", queue.attempts("unknown") == 0);
        }
    }

    private static boolean awaitRefusals(ServerProcess process, int count) throws InterruptedException {
        var end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (REFUSED.matcher(process.output()).results().count() < count) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(20);
        }
        return true;
    }

    private static void signal(String signal, ServerProcess process) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill -" + signal + " ended with " + status);
        }
    }
}
