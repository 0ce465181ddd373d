package dev.promptlab.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.embedded.EmbeddedPostgres;
import dev.promptlab.testing.OpenFolder;

/// How many requests a second one process answers on 32 connections, client and database on the same machine: duplicates of a
/// completed job, reads of one, and unique submits while the worker runs them; beside the ceilings of the same run - a
/// constant answer of the same server, and single-commit inserts by pgbench. Five interleaved rounds, medians.
final class ApiBench {
    private static final int CONNECTIONS = 32;
    private static final int ROUNDS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration MEASURE = Duration.ofSeconds(5);
    /// What the first PromptLab (TypeScript) did on a machine of this size: duplicates, reads, unique submits a second.
    private static final double[] ORIGINAL = {1_139, 1_460, 272};

    private final HttpLoad load;
    private final int port;
    private final DatabaseUrl database;
    private final String templateId;
    private final String jobId;
    private final String unique = Long.toString(System.nanoTime(), 36);
    private long batch;

    private ApiBench(int port, DatabaseUrl database) throws IOException, InterruptedException {
        this.port = port;
        this.database = database;
        this.load = new HttpLoad(port, CONNECTIONS);
        this.templateId = find("\"id\":\"([^\"]+)\"", get("/templates"));
        this.jobId = completedJob();
    }

    public static void main(String[] args) throws Exception {
        try (var folder = OpenFolder.create();
                var postgres = EmbeddedPostgres.start(folder.path());
                var server = BenchServer.start(postgres.url())) {
            try {
                new ApiBench(server.port(), postgres.url()).run();
            } catch (RuntimeException e) {
                System.err.println(server.output());
                throw e;
            }
        }
    }

    private void run() throws IOException, InterruptedException {
        constant(WARM_UP);
        duplicates(WARM_UP);
        reads(WARM_UP);
        uniques(WARM_UP);
        var rounds = new ArrayList<double[]>();
        for (int i = 0; i < ROUNDS; i++) {
            rounds.add(new double[]{constant(MEASURE), duplicates(MEASURE), reads(MEASURE), uniques(MEASURE),
                    pgbench().orElse(Double.NaN)});
            System.out.printf("round %d: %s%n", i + 1,
                    Arrays.stream(rounds.getLast()).mapToObj("%,.0f"::formatted).toList());
        }
        print(rounds);
    }

    private static void print(List<double[]> rounds) {
        double constant = median(rounds, 0);
        double inserts = median(rounds, 4);
        System.out.printf("constant answer        %,9.0f /s%n", constant);
        System.out.printf("duplicate submits      %,9.0f /s  %.2f of the constant answer, %.1f x the original%n",
                median(rounds, 1),
                median(rounds, 1) / constant, median(rounds, 1) / ORIGINAL[0]);
        System.out.printf("GET /jobs/{id}         %,9.0f /s  %.2f of the constant answer, %.1f x the original%n",
                median(rounds, 2),
                median(rounds, 2) / constant, median(rounds, 2) / ORIGINAL[1]);
        System.out.printf("unique submits         %,9.0f /s  %.2f of pgbench inserts, %.1f x the original%n",
                median(rounds, 3),
                median(rounds, 3) / inserts, median(rounds, 3) / ORIGINAL[2]);
        System.out.printf("pgbench, 32 clients    %,9.0f /s  inserts of one row, each its own commit%n", inserts);
    }

    private static double median(List<double[]> rounds, int column) {
        return rounds.stream().mapToDouble(round -> round[column]).sorted().skip(rounds.size() / 2).findFirst()
                .orElseThrow();
    }

    private double constant(Duration duration) {
        var request = HttpLoad.get("/health");
        return load.run(duration, Set.of(200), _ -> request);
    }

    private double duplicates(Duration duration) {
        var request = HttpLoad.post("/generate", generate("the same every time"));
        return load.run(duration, Set.of(200), _ -> request);
    }

    private double reads(Duration duration) {
        var request = HttpLoad.get("/jobs/" + jobId);
        return load.run(duration, Set.of(200), _ -> request);
    }

    private double uniques(Duration duration) {
        var prefix = unique + "-" + batch++ + "-";
        return load.run(duration, Set.of(202), i -> HttpLoad.post("/generate", generate(prefix + i)));
    }

    private String generate(String input) {
        return "{\"templateId\":\"" + templateId + "\",\"provider\":\"mock\",\"input\":\"" + input + "\"}";
    }

    private String completedJob() throws IOException, InterruptedException {
        var body = HttpRequest.BodyPublishers.ofString(generate("the same every time"));
        var id = find("\"jobId\":\"([^\"]+)\"",
                send(request("/generate").header("Content-Type", "application/json").POST(body)));
        get("/jobs/" + id + "?wait=10s");
        return id;
    }

    private String get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString()).body();
        }
    }

    private static String find(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().findFirst()
                .orElseThrow(() -> new IllegalStateException(text)).group(1);
    }

    /// Inserts a second, if pgbench is installed.
    private Optional<Double> pgbench() throws IOException, InterruptedException {
        return Pgbench.inserts(database, CONNECTIONS, MEASURE);
    }
}
