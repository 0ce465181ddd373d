package dev.promptlab;

import java.util.ArrayList;
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

    /// Where the data are, for people.
    List<String> facts() {
        if (embedded == null) {
            return List.of("storage: " + url);
        }
        var facts = new ArrayList<>(embedded.notes());
        facts.addFirst("storage: embedded PostgreSQL in " + embedded.folder());
        return facts;
    }

    @Override
    public void close() {
        db.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
