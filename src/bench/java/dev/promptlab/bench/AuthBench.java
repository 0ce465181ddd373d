package dev.promptlab.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.promptlab.bench.Figures.Bar;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.OpenFolder;
import dev.promptlab.testing.People;
import dev.promptlab.testing.ServerProcess;

/// What it costs a server to know who asks: its CPU for a read of a completed job without login, with an API key, with an access
/// token that it has seen before, and with a browser's cookie; and what 401 costs for a forged token. Five interleaved
/// rounds, medians.
final class AuthBench {
    private static final int CONNECTIONS = 16;
    private static final int ROUNDS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration MEASURE = Duration.ofSeconds(4);
    private static final String OPEN = "without login, CPU of the server, us/read";

    private AuthBench() {}

    public static void main(String[] args) {
        try (var openFolder = OpenFolder.create();
                var closedFolder = OpenFolder.create();
                var open = BenchServer.startEmbedded(openFolder.path(), Map.of());
                var closed = BenchServer.startEmbedded(closedFolder.path(), Map.of("PROMPTLAB_AUTH",
                        "required", "PROMPTLAB_RATE_LIMIT", "off", "PROMPTLAB_RATE_LIMIT_READS", "off"))) {
            run(measures(open, closed));
        }
    }

    private static Map<String, Supplier<Double>> measures(ServerProcess open, ServerProcess closed) {
        var person = new People(closed.url()).signUp("bench");
        var path = "/jobs/" + completed(person.api());
        var cookie = person.cookie();
        var token = person.signedIn().get("token").asText();
        var measures = new LinkedHashMap<String, Supplier<Double>>();
        measures.put(OPEN, load(open, "/jobs/" + completed(ApiClient.of(open.url())), "X-Nobody: asks", 200));
        measures.put("API key, CPU of the server, us/read", load(closed, path, "X-API-Key: " + person.key(), 200));
        measures.put("access token seen before, CPU of the server, us/read",
                load(closed, path, "Authorization: Bearer " + token, 200));
        measures.put("cookie of a browser, CPU of the server, us/read", load(closed, path, "Cookie: " + cookie, 200));
        measures.put("forged access token, CPU of the server, us/refusal",
                load(closed, path, "Authorization: Bearer " + token.substring(0, token.length() - 8) + "AAAAAAAA",
                        401));
        return measures;
    }

    private static String completed(ApiClient api) {
        var jobs = new JobClient(api);
        return jobs.finished(jobs.submit(JobClient.request("mock", "lorem", "a text of some length"))).get("id")
                .asText();
    }

    private static Supplier<Double> load(ServerProcess server, String path, String header, int status) {
        var load = new HttpLoad(server.port(), CONNECTIONS);
        var request = HttpLoad.get(path, header);
        var process = ProcessHandle.of(server.pid()).orElseThrow();
        return () -> {
            var before = process.info().totalCpuDuration().orElseThrow();
            double perSecond = load.run(MEASURE, Set.of(status), _ -> request);
            var used = process.info().totalCpuDuration().orElseThrow().minus(before);
            return used.toNanos() / 1e3 / (perSecond * MEASURE.toSeconds());
        };
    }

    private static void run(Map<String, Supplier<Double>> measures) {
        var figures = new Figures();
        measures.keySet().stream().filter(name -> !name.equals(OPEN)).forEach(name -> figures.bar(name,
                name.startsWith("API key") ? Bar.atMost(1.15, OPEN)
                        : name.startsWith("access") ? Bar.atMost(1.3, OPEN) : Bar.beside(OPEN)));
        for (long end = System.nanoTime() + WARM_UP.multipliedBy(measures.size()).toNanos(); System.nanoTime() < end;) {
            measures.forEach((name, measure) -> figures.add(name, measure.get()));
        }
        figures.clear();
        for (int i = 1; i <= ROUNDS; i++) {
            System.out.println("round " + i);
            measures.forEach((name, measure) -> figures.add(name, measure.get()));
        }
        figures.print();
    }
}
