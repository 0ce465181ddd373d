package dev.promptlab.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.promptlab.db.DatabaseUrl;

/// PostgreSQL's own load generator, as a ceiling: what the same server does with the simplest durable write.
public final class Pgbench {
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+) \\(without initial");
    private static final Pattern TARGET = Pattern.compile("jdbc:postgresql://([^:/]+):(\\d+)/([^?]+)");
    private static final int SMALL = 100;
    private static final int BATCH = 100;

    private Pgbench() {}

    /// Inserts of one small row a second, each its own commit; empty when pgbench is not installed.
    static Optional<Double> inserts(DatabaseUrl database, int clients, Duration duration)
            throws IOException, InterruptedException {
        return inserts(database, "x".repeat(SMALL), clients, duration);
    }

    /// Inserts a second of one row that holds `payload`, each its own commit, into a table with one index.
    public static Optional<Double> inserts(DatabaseUrl database, String payload, int clients, Duration duration)
            throws IOException, InterruptedException {
        execute(database, "create table if not exists bench_insert (id bigint generated always as identity primary key,"
                + " payload text not null, at timestamptz not null default now())");
        return run(database, clients, duration, "insert into bench_insert (payload) values ('" + payload + "');");
    }

    /// Rows a second that are inserted with `payload`, updated, and updated once more with a `result`, a hundred in each
    /// of the three commits: the least that a queue in tables does.
    public static Optional<Double> batches(DatabaseUrl database, String payload, String result, int clients,
            Duration duration) throws IOException, InterruptedException {
        execute(database, "drop table if exists bench_batch");
        execute(database, "create table bench_batch (id bigint primary key, status int not null, payload text not null,"
                + " result text, at timestamptz not null default now())");
        var script = """
                \\set n :n + %1$d
                \\set first :client_id * 1000000000 + :n
                \\set last :first + %1$d - 1
                insert into bench_batch (id, status, payload) select i, 0, '%2$s' from generate_series(:first::bigint, :last::bigint) i;
                update bench_batch set status = 1, at = now() where id between :first::bigint and :last::bigint;
                update bench_batch set status = 2, at = now(), result = '%3$s' where id between :first::bigint and :last::bigint;
                """
                .formatted(BATCH, payload, result);
        return run(database, clients, duration, script, "-D", "n=0").map(batches -> batches * BATCH);
    }

    private static Optional<Double> run(DatabaseUrl database, int clients, Duration duration, String sql,
            String... flags) throws IOException, InterruptedException {
        var script = Files.createTempFile("pgbench", ".sql");
        Files.writeString(script, sql + "\n");
        var target = TARGET.matcher(database.jdbcUrl());
        if (!target.find()) {
            throw new IllegalArgumentException(database.toString());
        }
        var builder = new ProcessBuilder("pgbench", "-n", "-c", "" + clients, "-j", "2", "-T",
                "" + duration.toSeconds(),
                "-M", "prepared", "-f", script.toString(), "-h", target.group(1), "-p", target.group(2), "-U",
                database.user()).redirectErrorStream(true);
        builder.command().addAll(List.of(flags));
        builder.command().add(target.group(3));
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

    private static void execute(DatabaseUrl database, String sql) {
        try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
