package dev.promptlab.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;

/// The server under load, started by the launcher as users start it.
public final class BenchServer {
    private BenchServer() {}

    static ServerProcess start(DatabaseUrl database) {
        return start(Map.of("DATABASE_URL", TestDatabase.environmentUrl(database)));
    }

    static ServerProcess startEmbedded(Path folder) {
        return startEmbedded(folder, Map.of());
    }

    static ServerProcess startEmbedded(Path folder, Map<String, String> environment) {
        var all = new HashMap<>(environment);
        all.put("PROMPTLAB_DATA_DIR", folder.toString());
        return start(all);
    }

    /// @param environment beside that of this process
    public static ServerProcess start(Map<String, String> environment) {
        var process = ServerProcess.launch(environment,
                List.of(Path.of("promptlab").toAbsolutePath().toString(), "serve", "--port", "0"));
        process.awaitReady();
        return process;
    }
}
