package dev.promptlab.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.promptlab.db.DatabaseUrl;

/// A [BenchWorker] in a second JVM like this one.
final class BenchWorkerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private BenchWorkerProcess(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    static BenchWorkerProcess start(DatabaseUrl url, boolean hints) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx512m", "-cp",
                System.getProperty("java.class.path"), BenchWorker.class.getName()));
        if (hints) {
            command.add("hints");
        }
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(
                Map.of("BENCH_URL", url.jdbcUrl(), "BENCH_USER", url.user(), "BENCH_PASSWORD", url.password()));
        var worker = new BenchWorkerProcess(builder.start());
        if (!"ready".equals(worker.out.readLine())) {
            throw new IllegalStateException("the worker did not start");
        }
        return worker;
    }

    /// Ends it in order.
    ///
    /// @return when it began each job, by number
    Map<Long, Long> stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        var begun = out.lines().map(line -> line.split(" "))
                .collect(Collectors.toMap(parts -> Long.valueOf(parts[0]), parts -> Long.valueOf(parts[1])));
        process.waitFor();
        return begun;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
