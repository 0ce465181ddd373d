package dev.promptlab.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.promptlab.db.DatabaseUrl;

/// PostgreSQL's own load generator, as a ceiling: what the same server does with the simplest durable write.
final class Pgbench {
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+) \\(without initial");
    private static final Pattern TARGET = Pattern.compile("jdbc:postgresql://([^:/]+):(\\d+)/([^?]+)");

    private Pgbench() {}

    /// Inserts of one small row a second, each its own commit; empty when pgbench is not installed.
    static Optional<Double> inserts(DatabaseUrl database, int clients, Duration duration)
            throws IOException, InterruptedException {
        createTable(database);
        var script = Files.createTempFile("insert", ".sql");
        Files.writeString(script, "insert into bench_insert (payload) values (repeat('x', 100));\n");
        var target = TARGET.matcher(database.jdbcUrl());
        if (!target.find()) {
            throw new IllegalArgumentException(database.toString());
        }
        var builder = new ProcessBuilder("pgbench", "-n", "-c", "" + clients, "-j", "2", "-T",
                "" + duration.toSeconds(),
                "-M", "prepared", "-f", script.toString(), "-h", target.group(1), "-p", target.group(2), "-U",
                database.user(), target.group(3)).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", database.password());
        try {
            return run(builder);
        } finally {
            Files.delete(script);
        }
    }

    private static Optional<Double> run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            System.out.println("pgbench is not installed, so this ceiling is missing: " + e.getMessage());
            return Optional.empty();
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        var tps = TPS.matcher(output);
        if (!tps.find()) {
            throw new IllegalStateException("pgbench said:\n" + output);
        }
        return Optional.of(Double.parseDouble(tps.group(1)));
    }

    private static void createTable(DatabaseUrl database) {
        try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                var statement = connection.createStatement()) {
            statement.execute(
                    "create table if not exists bench_insert (id bigint generated always as identity primary key,"
                            + " payload text not null, at timestamptz not null default now())");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
