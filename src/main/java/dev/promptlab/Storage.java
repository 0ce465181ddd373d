package dev.promptlab;

import java.util.List;

import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;

/// The database of this process: somebody's PostgreSQL, or one of our own.
record Storage(Database db, DatabaseUrl url, @Nullable EmbeddedPostgres embedded) implements AutoCloseable {
    private static final int CONNECTIONS = 16;

    static Storage open(Settings settings) {
        if (settings.databaseUrl() != null) {
            var url = DatabaseUrl.parse(settings.databaseUrl().value());
            return new Storage(Database.open(url, CONNECTIONS), url, null);
        }
        var embedded = EmbeddedPostgres.start(settings.dataDir());
        try {
            return new Storage(Database.open(embedded.url(), CONNECTIONS), embedded.url(), embedded);
        } catch (RuntimeException e) {
            embedded.close();
            throw e;
        }
    }

    List<String> facts() {
        return embedded == null ? List.of("storage: " + url) : embedded.notes();
    }

    @Override
    public void close() {
        db.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
