package dev.promptlab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.Migrations;
import dev.promptlab.db.embedded.EmbeddedPostgres;
import dev.promptlab.workspace.secret.KeyFile;
import dev.promptlab.workspace.secret.MasterKey;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// The database of this process: somebody's PostgreSQL, or one of our own, with the schema of this build.
///
/// @param owner for what neither requests nor the queue may do
/// @param embedded null when another process runs it, too
/// @param folder of an embedded PostgreSQL, whoever runs it
record Storage(Database owner, DatabaseUrl url, @Nullable EmbeddedPostgres embedded, @Nullable Path folder)
        implements
            AutoCloseable {
    private static final int CONNECTIONS = 16;
    private static final int OWNERS_CONNECTIONS = 4;

    static Storage open(Settings settings) {
        var embedded = settings.databaseUrl() == null ? EmbeddedPostgres.start(settings.dataDir()) : null;
        try {
            var url = embedded == null ? DatabaseUrl.parse(requireNonNull(settings.databaseUrl()).value())
                    : embedded.url();
            return new Storage(migrated(owner(url)), url, embedded, embedded == null ? null : embedded.folder());
        } catch (RuntimeException e) {
            if (embedded != null) {
                embedded.close();
            }
            throw e;
        }
    }

    /// As [#open], but beside a server that runs the embedded PostgreSQL of this folder: for commands.
    static Storage join(Settings settings) {
        var running = settings.databaseUrl() == null ? EmbeddedPostgres.ofOther(settings.dataDir())
                : Optional.<EmbeddedPostgres.Running>empty();
        return running.map(other -> new Storage(migrated(owner(other.url())), other.url(), null, other.folder()))
                .orElseGet(() -> open(settings));
    }

    private static Database owner(DatabaseUrl url) {
        return Database.open(url, OWNERS_CONNECTIONS, DatabaseRole.OWNER);
    }

    private static Database migrated(Database owner) {
        try {
            Migrations.apply(owner);
            return owner;
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    /// A pool that works as `role`; the caller closes it.
    Database pool(DatabaseRole role) {
        return Database.open(url, CONNECTIONS, role);
    }

    /// The key that seals secrets in this database: the given one, or the one beside the embedded database.
    ///
    /// @throws MasterKey.WrongKeyException when the database was sealed with another
    MasterKey masterKey(@Nullable Secret given) {
        var key = given == null && folder != null ? KeyFile.in(folder, owner)
                : MasterKey.of(requireNonNull(given, "checked before the database was opened"));
        return key.check(owner);
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
        owner.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
