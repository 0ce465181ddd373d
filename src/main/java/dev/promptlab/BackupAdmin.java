package dev.promptlab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.config.SettingsException;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.Dump;
import dev.promptlab.db.embedded.Backups;
import dev.promptlab.workspace.secret.KeyFile;
import dev.promptlab.workspace.secret.MasterKey;
import org.jspecify.annotations.Nullable;

/// Saves the database in one file, also while servers run, and makes a database of such a file. The master key goes another way:
/// whoever had both in one place could read the secrets that it seals.
public final class BackupAdmin {
    private BackupAdmin() {}

    /// @param progress takes lines for people
    public static void backup(Settings settings, Path file, Consumer<String> progress) {
        if (Files.exists(file)) {
            throw new SettingsException(List.of(file + " is there already; name a new file"));
        }
        var url = settings.databaseUrl();
        if (url == null) {
            Backups.write(settings.dataDir(), file);
        } else {
            Dump.write(DatabaseUrl.parse(url.value()), file);
        }
        progress.accept("saved to " + file + ", which holds prompts and outputs: keep it as safe as the database");
        progress.accept(
                "the master key is not in it; without the key the secrets in it (provider keys, signing keys, API keys)"
                        + " are lost, so keep a copy apart: " + (url == null && settings.masterKey() == null
                                ? "the file master.key of the data folder"
                                : "PROMPTLAB_MASTER_KEY"));
    }

    /// @param key of the installation that was saved; null when the settings have it, or it comes later
    /// @param progress takes lines for people
    public static void restore(Settings settings, Path file, @Nullable Secret key, Consumer<String> progress) {
        if (!Files.isRegularFile(file)) {
            throw new SettingsException(List.of(file + " is not there"));
        }
        var url = settings.databaseUrl();
        if (url == null) {
            Backups.restore(settings.dataDir(), file);
            if (key != null) {
                KeyFile.put(settings.dataDir(), key);
            }
        } else {
            Dump.restore(DatabaseUrl.parse(url.value()), file);
        }
        prove(settings, progress);
    }

    /// Starts what was restored, brings its schema to this build, and tries the key.
    private static void prove(Settings settings, Consumer<String> progress) {
        try (var storage = Storage.open(settings)) {
            storage.facts().forEach(progress);
            progress.accept("restored; the schema is that of this build");
            if (settings.databaseUrl() == null || settings.masterKey() != null) {
                storage.masterKey(settings.masterKey());
                progress.accept("the master key fits");
            }
        } catch (MasterKey.WrongKeyException e) {
            progress.accept("the data are restored, but a server will not start yet: " + e.getMessage());
        }
    }
}
