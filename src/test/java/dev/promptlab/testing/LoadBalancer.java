package dev.promptlab.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Picks servers for requests as a load balancer does: in turn, those whose `/health/ready` said 200 when last asked.
public final class LoadBalancer implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final List<String> servers;
    private final Set<String> ready = ConcurrentHashMap.newKeySet();
    private final Set<String> everNotReady = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();
    private final Thread checker = Thread.ofVirtual().name("checks").unstarted(this::check);
    private volatile boolean closed;

    private LoadBalancer(List<String> servers) {
        this.servers = List.copyOf(servers);
        this.ready.addAll(servers);
    }

    /// @param servers their URLs, all ready
    public static LoadBalancer of(List<String> servers) {
        var balancer = new LoadBalancer(servers);
        balancer.checker.start();
        return balancer;
    }

    /// The URL of a server that is ready.
    public String next() {
        int first = turn.getAndIncrement();
        for (int i = 0; i < servers.size(); i++) {
            var server = servers.get(Math.floorMod(first + i, servers.size()));
            if (ready.contains(server)) {
                return server;
            }
        }
        throw new AssertionError("no server is ready");
    }

    /// Waits until every server is ready.
    public void awaitAll() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!ready.containsAll(servers)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("ready are only " + ready);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /// How many servers answered a check with 503: they said that they go before they went.
    public int refusals() {
        return everNotReady.size();
    }

    private void check() {
        try {
            while (!closed) {
                for (var server : servers) {
                    check(server);
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(String server) throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(URI.create(server + "/health/ready")).timeout(Duration.ofSeconds(5));
            int status = HTTP.send(request.build(), BodyHandlers.discarding()).statusCode();
            if (status == 200) {
                ready.add(server);
            } else {
                ready.remove(server);
                everNotReady.add(server);
            }
        } catch (IOException e) {
            ready.remove(server);
        }
    }

    @Override
    public void close() {
        closed = true;
        checker.interrupt();
    }
}
