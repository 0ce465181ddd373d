package dev.promptlab.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.LoadBalancer;
import dev.promptlab.testing.QueueInvariants;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Json;

/// Two servers and two workers of an older build are replaced by those of this one, one after the other, on one database and under
/// load. Prints what happened beside what is promised; exits with 1 when a promise was not kept.
final class UpgradeBench {
    private static final int CLIENTS = 4;
    private static final int SOME = 400;
    /// Between two jobs of a client: what is not there must not be asked for in a circle.
    private static final Duration PACE = Duration.ofMillis(10);
    private static final Path NEW = Path.of("target", "promptlab.jar");

    private final Path old;
    private final TestDatabase database = TestDatabase.createEmpty();
    private final ScriptedProvider provider = ScriptedProvider.start();
    private final List<ServerProcess> processes = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private volatile boolean closed;

    private UpgradeBench(Path old) {
        this.old = old;
    }

    /// @param args the jar of the older build, and its name
    public static void main(String[] args) throws InterruptedException {
        System.out.println("from " + args[1] + " to this build");
        System.exit(new UpgradeBench(Path.of(args[0])).run() ? 0 : 1);
    }

    private boolean run() throws InterruptedException {
        provider.anthropic().always(Behaviour.answer("done", 1, 1).after(Duration.ofMillis(20)));
        var servers = new ArrayList<>(List.of(start(old, "api", 0), start(old, "api", 0)));
        var workers = new ArrayList<>(List.of(start(old, "worker", 0), start(old, "worker", 0)));
        try (var balancer = LoadBalancer.of(servers.stream().map(ServerProcess::url).toList())) {
            var clients = new ArrayList<Thread>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.add(Thread.ofVirtual().start(() -> submit(client, balancer)));
            }
            for (var server : servers) {
                replace(server, "api", server.port());
                balancer.awaitAll();
            }
            for (var worker : workers) {
                replace(worker, "worker", 0);
            }
            await(SOME);
            closed = true;
            for (var client : clients) {
                client.join();
            }
            return report();
        } finally {
            processes.forEach(ServerProcess::close);
            provider.close();
            database.close();
        }
    }

    private void replace(ServerProcess process, String role, int port) {
        await(SOME);
        process.terminate();
        process.awaitEnd();
        await(SOME);
        start(NEW, role, port);
    }

    private ServerProcess start(Path jar, String role, int port) {
        var environment = Map.of("DATABASE_URL", database.environmentUrl(), "ANTHROPIC_API_KEY", "test-key",
                "ANTHROPIC_BASE_URL", provider.url().toString(), "PROMPTLAB_STOP_DELAY", "1s");
        var process = ServerProcess.launch(environment, List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xmx512m",
                "-jar", jar.toAbsolutePath().toString(), "serve", "--roles", role, "--port", String.valueOf(port)));
        process.awaitReady();
        processes.add(process);
        return process;
    }

    private void submit(int client, LoadBalancer balancer) {
        for (int i = 0; !closed; i++) {
            var request = JobClient.request("client " + client + " job " + i).toString();
            try {
                var id = Json.parse(send(HttpRequest.newBuilder(URI.create(balancer.next() + "/generate"))
                        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(request)), 202))
                        .get("jobId").asText();
                accepted.add(id);
                send(HttpRequest.newBuilder(URI.create(balancer.next() + "/jobs/" + id)), 200);
            } catch (IOException | RuntimeException | AssertionError e) {
                failures.add(e.toString());
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(PACE.toNanos());
        }
    }

    private String send(HttpRequest.Builder request, int wanted) throws IOException, InterruptedException {
        var answer = http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
        if (answer.statusCode() != wanted) {
            throw new IOException(answer.statusCode() + " " + answer.body());
        }
        answers.incrementAndGet();
        return answer.body();
    }

    private void await(int more) {
        int wanted = answers.get() + more;
        Eventually.holds(more + " more answers; failures: " + failures, () -> answers.get() >= wanted);
    }

    private boolean report() {
        try (var db = Database.open(database.superuserUrl(), 2, DatabaseRole.OWNER)) {
            var queue = new QueueInvariants(db);
            Eventually.holds("the end of all jobs", () -> queue.live() == 0);
            int completed = queue.ended("completed");
            int calls = provider.calls().size();
            System.out.printf("requests %,d, failed %d (promised: 0)%n", answers.get(), failures.size());
            System.out.printf("jobs accepted %,d, completed %,d, lost %d (promised: 0)%n", accepted.size(), completed,
                    accepted.size() - completed);
            System.out.printf("calls %,d, double %d (promised: 0)%n", calls, calls - completed);
            queue.violations().forEach(System.out::println);
            failures.stream().limit(10).forEach(System.out::println);
            return failures.isEmpty() && accepted.size() == completed && calls == completed
                    && queue.violations().isEmpty();
        }
    }
}
