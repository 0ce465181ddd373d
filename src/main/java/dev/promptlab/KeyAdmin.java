package dev.promptlab;

import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.promptlab.callback.SigningSecrets;
import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.limit.rate.Ceilings;
import dev.promptlab.provider.key.ProviderKeys;
import dev.promptlab.workspace.access.Role;
import dev.promptlab.workspace.account.SigningKeys;
import dev.promptlab.workspace.key.IssuedKeys;
import dev.promptlab.workspace.key.Pepper;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.KeyFile;
import dev.promptlab.workspace.secret.MasterKey;
import dev.promptlab.workspace.secret.Rotation;
import dev.promptlab.workspace.secret.SealedColumn;

/// What the operator does with keys from the command line, also while servers run.
public final class KeyAdmin {
    private KeyAdmin() {}

    /// Every column with sealed values. Whoever adds one adds it here, or a rotation of the master key loses what it holds.
    static List<SealedColumn> sealedColumns() {
        return Stream
                .of(SigningSecrets.sealedColumns(), SigningKeys.sealedColumns(), Pepper.sealedColumns(),
                        ProviderKeys.sealedColumns())
                .flatMap(List::stream).toList();
    }

    private static Storage join(Settings settings) {
        Server.requireMasterKey(settings);
        return Storage.join(settings);
    }

    /// Lets the database accept `next` and seals everything anew, so that processes may be restarted with it. Beside an
    /// embedded database it then takes the place of the key file.
    ///
    /// @param progress takes lines for people
    public static void rotateMasterKey(Settings settings, Secret next, Consumer<String> progress) {
        try (var storage = join(settings)) {
            var master = storage.masterKey(settings.masterKey());
            new Rotation(storage.owner(), master, sealedColumns(), progress).begin(MasterKey.of(next));
            var folder = storage.folder();
            if (settings.masterKey() == null && folder != null) {
                KeyFile.replace(folder, next);
                progress.accept("the new key is in " + folder.resolve("master.key")
                        + "; the one before, which backups need, in master.key.previous beside it");
            }
            progress.accept("restart every process with the new master key, then run rotate-master-key --finish");
        }
    }

    /// Forgets the old master key, after every process was restarted with the new one.
    public static void finishRotation(Settings settings, Consumer<String> progress) {
        try (var storage = join(settings)) {
            var master = storage.masterKey(settings.masterKey());
            new Rotation(storage.owner(), master, sealedColumns(), progress).finish();
        }
    }

    /// @return the key, shown this once
    public static Secret createKey(Settings settings, UUID workspaceId, String name, Role role) {
        try (var storage = join(settings); var db = storage.pool(DatabaseRole.API)) {
            var keys = DataKeys.start(storage.owner(), storage.masterKey(settings.masterKey()));
            return new IssuedKeys(db, Pepper.of(storage.owner(), keys)).createForOperator(workspaceId, name, role);
        }
    }

    /// @param routes `writes` or `reads`
    /// @param limit `200/1m`, `off` or `default`
    /// @return whether there is such a workspace
    /// @throws IllegalArgumentException when the limit is none of these
    public static boolean setLimit(Settings settings, UUID workspaceId, String routes, String limit) {
        try (var storage = join(settings); var db = storage.pool(DatabaseRole.AUTH)) {
            return Ceilings.set(db, workspaceId, routes, limit);
        }
    }

    /// @return whether there is such a workspace
    public static boolean allowServerKeys(Settings settings, UUID workspaceId, boolean allowed) {
        try (var storage = join(settings); var db = storage.pool(DatabaseRole.AUTH)) {
            return ProviderKeys.allowServerKeys(db, workspaceId, allowed);
        }
    }
}
