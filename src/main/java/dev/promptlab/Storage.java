package dev.promptlab;

import java.util.ArrayList;
import java.util.List;

import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.embedded.EmbeddedPostgres;
import dev.promptlab.workspace.secret.KeyFile;
import dev.promptlab.workspace.secret.MasterKey;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

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

    /// The key that seals secrets in this database: the given one, or the one beside the embedded database.
    ///
    /// @throws MasterKey.WrongKeyException when the database was sealed with another
    MasterKey masterKey(@Nullable Secret given) {
        var key = given == null && embedded != null ? KeyFile.in(embedded.folder(), db)
                : MasterKey.of(requireNonNull(given, "checked before the database was opened"));
        return key.check(db);
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
