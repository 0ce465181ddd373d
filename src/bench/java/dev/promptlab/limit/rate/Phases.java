package dev.promptlab.limit.rate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Bursts of requests over several servers, each key beginning at another phase of the window: at its phase, half a window later, and
/// a window later.
final class Phases {
    static final int COUNT = 10;
    static final int LIMIT = 100;
    private static final int AT_ONCE = 400;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final List<Duration> BURSTS = List.of(Duration.ZERO, Duration.ofSeconds(5),
            WINDOW.plusMillis(500));

    private final List<String> servers;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Admissions> admitted = new ConcurrentHashMap<>();
    private final Queue<Integer> firstBursts = new ConcurrentLinkedQueue<>();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final AtomicInteger errors = new AtomicInteger();

    Phases(List<String> servers) {
        this.servers = servers;
    }

    /// Forgets what it saw.
    void warmUp(String key) throws InterruptedException {
        for (int i = 0; i < COUNT; i++) {
            burst(key);
        }
        admitted.clear();
        nanos.clear();
    }

    void run(List<String> keys) throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int phase = 0; phase < COUNT; phase++) {
            var key = keys.get(phase);
            var offset = WINDOW.dividedBy(COUNT).multipliedBy(phase);
            threads.add(Thread.ofVirtual().start(() -> bursts(key, offset)));
        }
        for (var thread : threads) {
            thread.join();
        }
    }

    private void bursts(String key, Duration offset) {
        long begin = System.nanoTime() + offset.toNanos();
        for (var burst : BURSTS) {
            sleep(Duration.ofNanos(begin + burst.toNanos() - System.nanoTime()));
            burst(key);
            if (burst.isZero()) {
                firstBursts.add(admissions(key).count());
            }
        }
    }

    static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void burst(String key) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                var server = servers.get(i % servers.size());
                threads.execute(() -> ask(server, key));
            }
        }
    }

    private void ask(String server, String key) {
        var request = HttpRequest.newBuilder(URI.create(server + "/templates")).header("X-API-Key", key).build();
        long begin = System.nanoTime();
        try {
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            long end = System.nanoTime();
            nanos.add(end - begin);
            if (status == 200) {
                admissions(key).add(begin, end);
            } else if (status >= 500) {
                errors.incrementAndGet();
            }
        } catch (IOException e) {
            errors.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Admissions admissions(String key) {
        return admitted.computeIfAbsent(key, _ -> new Admissions());
    }

    int mostAdmitted() {
        return admitted.values().stream().mapToInt(one -> one.mostWithin(WINDOW)).max().orElse(0);
    }

    int fewestOfFirstBurst() {
        return firstBursts.stream().mapToInt(count -> count).min().orElse(0);
    }

    int errors() {
        return errors.get();
    }

    /// In milliseconds.
    double percentile(double share) {
        var sorted = nanos.stream().mapToLong(one -> one).sorted().toArray();
        return sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e6;
    }
}
