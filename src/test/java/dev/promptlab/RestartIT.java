package dev.promptlab;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.LoadBalancer;
import dev.promptlab.testing.QueueInvariants.Row;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.SteadyLoad;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Processes that are stopped in order while there is work: nobody notices.
class RestartIT {
    /// Calls that a new lane has under way before its first answer.
    private static final int NEW_LANE = 5;

    private static final int CLIENTS = 2;
    private static final int SOME = 60;

    private final List<ServerProcess> processes = new CopyOnWriteArrayList<>();
    private Fleet fleet;

    @BeforeEach
    void open() {
        fleet = new Fleet();
    }

    @AfterEach
    void close() {
        processes.forEach(ServerProcess::terminate);
        processes.forEach(ServerProcess::close);
        fleet.close();
    }

    @Test
    void aRollingRestartUnderLoadFailsNoRequest() {
        fleet.provider().anthropic().always(Behaviour.answer("done", 1, 1).after(Duration.ofMillis(50)));
        var servers = Fleet.inParallel(2, _ -> api(0));
        var workers = Fleet.inParallel(2, _ -> worker());
        try (var balancer = LoadBalancer.of(servers.stream().map(ServerProcess::url).toList())) {
            var load = new SteadyLoad(CLIENTS, balancer::next);
            try (load) {
                for (var server : servers) {
                    load.await(SOME);
                    int port = server.port();
                    assertThat(stop(server)).as("exit code").isEqualTo(143);
                    load.await(SOME);
                    api(port);
                }
                for (var worker : workers) {
                    load.await(SOME);
                    stop(worker);
                    load.await(SOME);
                }
                worker();
                load.await(SOME);
            }

            assertThat(load.failures()).isEmpty();
            assertThat(balancer.refusals()).as("servers that said before that they go").isEqualTo(2);
            fleet.awaitAllEnded(processes.get(4)); // the first server of the second generation
            assertThat(fleet.queue().ended("completed")).isEqualTo(load.accepted().size());
            System.out.println(
                    load.requests() + " requests during a rolling restart of two servers and two workers, 0 failed");
        }
        assertThat(fleet.queue().violations()).isEmpty();
        assertThat(fleet.queue().live()).isZero();
    }

    @Test
    void aStopUnderLoadLeavesNothingBehindAndUsesUpNoTry() {
        fleet.provider().anthropic().always(Behaviour.hang());
        var front = api(0);
        var worker = worker();
        var ids = Fleet.submit(front, 100, i -> JobClient.request("job " + i));
        fleet.provider().awaitCalls(NEW_LANE);

        long start = System.nanoTime();
        stop(worker);
        var took = Duration.ofNanos(System.nanoTime() - start);

        var rows = fleet.queue().rows();
        assertThat(took).as("drain time 1 s").isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
        assertThat(rows).hasSize(100).noneMatch(row -> row.state().equals("running"));
        assertThat(rows.stream().map(Row::triesLeft)).containsOnly(3);
        assertThat(rows.stream().filter(row -> !row.log().isEmpty())).as("calls that were cut").hasSize(NEW_LANE);
        fleet.provider().awaitDisconnects(NEW_LANE, Duration.ofSeconds(10));

        fleet.provider().anthropic().answers("by the next process", 1, 1);
        worker();
        fleet.awaitAllEnded(front);
        assertThat(fleet.queue().ended("completed")).isEqualTo(ids.size());
        assertThat(fleet.queue().violations()).isEmpty();
        assertThat(fleet.queue().attempts("unknown")).isEqualTo(NEW_LANE);
    }

    private ServerProcess api(int port) {
        return started(fleet.api(port, Map.of("PROMPTLAB_STOP_DELAY", "1s")));
    }

    private ServerProcess worker() {
        return started(fleet.worker(Map.of("PROMPTLAB_DRAIN_TIMEOUT", "1s", "PROMPTLAB_LEASE", "30s")));
    }

    private ServerProcess started(ServerProcess process) {
        processes.add(process);
        return process;
    }

    private static int stop(ServerProcess process) {
        process.terminate();
        return process.awaitEnd();
    }
}
