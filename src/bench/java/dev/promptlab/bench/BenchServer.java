package dev.promptlab.bench;

import java.util.Map;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;

/// The server under load, started as the launcher starts it.
final class BenchServer implements AutoCloseable {
    private final ServerProcess process;

    private BenchServer(ServerProcess process) {
        this.process = process;
    }

    static BenchServer start(DatabaseUrl database) {
        var url = TestDatabase.environmentUrl(database);
        var command = new java.util.ArrayList<>(java.util.List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(java.util.List.of(System.getProperty("bench.flags", "").split(" ")));
        command.removeIf(String::isEmpty);
        command.addAll(java.util.List.of("-jar", "target/promptlab.jar", "serve", "--port", "0"));
        var process = ServerProcess.launch(Map.of("DATABASE_URL", url), command);
        process.awaitReady();
        return new BenchServer(process);
    }

    int port() {
        return process.port();
    }

    @Override
    public void close() {
        process.close();
    }
}
