package dev.promptlab;

import java.util.Map;

import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.testing.ApiContract;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import org.junit.jupiter.api.Test;

class RoutesIT {
    @Test
    void theServerServesExactlyTheDocumentedRoutes() {
        try (var database = TestDatabase.create()) {
            var environment = Map.of(Setting.DATABASE_URL.name(), database.environmentUrl(),
                    Setting.PROMPTLAB_MASTER_KEY.name(), TestServer.MASTER_KEY);
            try (var server = Server.start(Settings.load(Map.of(Setting.PORT, "0"), environment))) {
                ApiContract.product().checkRoutes(server.routes());
            }
        }
    }
}
