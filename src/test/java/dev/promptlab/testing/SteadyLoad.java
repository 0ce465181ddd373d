package dev.promptlab.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Clients that submit jobs and read them, one request after the other, until it is closed.
public final class SteadyLoad implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 60_000;

    private final Supplier<String> server;
    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> clients = new ArrayList<>();
    private int requests;
    private volatile boolean closed;

    /// @param server asked before each request for the URL to go to
    public SteadyLoad(int clients, Supplier<String> server) {
        this.server = server;
        IntStream.range(0, clients)
                .forEach(n -> this.clients.add(Thread.ofVirtual().name("client-" + n).start(() -> run(n))));
    }

    private void run(int client) {
        for (int i = 0; !closed; i++) {
            try {
                var id = api().post("/generate", JobClient.request("client " + client + " job " + i)).expect(202)
                        .json().get("jobId").asText();
                accepted.add(id);
                api().get("/jobs/" + id).expect(200);
                count();
            } catch (RuntimeException | AssertionError e) {
                failures.add(e);
            }
        }
    }

    private ApiClient api() {
        return ApiClient.of(server.get());
    }

    private synchronized void count() {
        requests += 2;
        notifyAll();
    }

    /// Waits for so many more answers.
    public synchronized void await(int more) {
        int wanted = requests + more;
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        try {
            while (requests < wanted) {
                long left = end - System.currentTimeMillis();
                if (left <= 0) {
                    throw new AssertionError("no answers any more; failures: " + failures);
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public synchronized int requests() {
        return requests;
    }

    /// Ids of the jobs that were taken.
    public List<String> accepted() {
        return List.copyOf(accepted);
    }

    /// What was not answered as it should.
    public List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /// Returns when every client has its last answer.
    @Override
    public void close() {
        closed = true;
        try {
            for (var client : clients) {
                client.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
