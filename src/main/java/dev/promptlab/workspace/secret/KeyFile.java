package dev.promptlab.workspace.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;

/// The master key of an installation that nobody gave one: made up at the first start and kept beside the embedded database,
/// for its owner's eyes only.
public final class KeyFile {
    static final String NAME = "master.key";

    private KeyFile() {}

    /// The key in `folder`; a new one when the database has none yet.
    ///
    /// @throws MasterKey.WrongKeyException when the database has one and the file is gone
    public static MasterKey in(Path folder, Database db) {
        var file = folder.resolve(NAME);
        try {
            if (!Files.exists(file)) {
                if (db.autocommit(KeyCheckStore::exists)) {
                    throw new MasterKey.WrongKeyException(file
                            + ", which holds the master key of the database beside it, is gone; put it back");
                }
                write(file);
            }
            return MasterKey.of(new Secret(Files.readString(file).strip()));
        } catch (IllegalArgumentException e) {
            throw new MasterKey.WrongKeyException(file + " does not hold 32 bytes in base64; put the right one back");
        } catch (IOException e) {
            throw new UncheckedIOException("the master key " + file + " cannot be read or written", e);
        }
    }

    private static void write(Path file) throws IOException {
        var key = new byte[MasterKey.BYTES];
        new SecureRandom().nextBytes(key);
        var fresh = file.resolveSibling(NAME + ".new");
        Files.deleteIfExists(fresh);
        try (var channel = FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                ownerOnly(Files.getFileStore(fresh.getParent())))) {
            channel.write(ByteBuffer.wrap(Base64.getEncoder().encode(key)));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static FileAttribute<?>[] ownerOnly(FileStore store) {
        var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return store.supportsFileAttributeView(PosixFileAttributeView.class) ? new FileAttribute<?>[]{permissions}
                : new FileAttribute<?>[0];
    }
}
