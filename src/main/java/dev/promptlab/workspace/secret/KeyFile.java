package dev.promptlab.workspace.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Set;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;

/// The master key of an installation that nobody gave one: made up at the first start and kept beside the embedded database,
/// for its owner's eyes only.
public final class KeyFile {
    static final String NAME = "master.key";
    private static final String PREVIOUS = "master.key.previous";

    private KeyFile() {}

    /// The key in `folder`; a new one when the database has none yet.
    ///
    /// @throws MasterKey.WrongKeyException when the database has one and the file is gone
    public static MasterKey in(Path folder, Database db) {
        var file = folder.resolve(NAME);
        try {
            if (!Files.exists(file)) {
                if (db.autocommit(MasterKeyStore::exists)) {
                    throw new MasterKey.WrongKeyException(file
                            + ", which holds the master key of the database beside it, is gone; put it back");
                }
                write(file, Base64.getEncoder().encode(SealingKey.random().raw()));
            }
            return MasterKey.of(new Secret(Files.readString(file).strip()));
        } catch (IllegalArgumentException e) {
            throw new MasterKey.WrongKeyException(file + " does not hold 32 bytes in base64; put the right one back");
        } catch (IOException e) {
            throw new UncheckedIOException("the master key " + file + " cannot be read or written", e);
        }
    }

    /// Puts `next` in the place of the key in `folder`; the one before stays beside it, since backups still need it.
    ///
    /// @param next in base64
    public static void replace(Path folder, Secret next) {
        var file = folder.resolve(NAME);
        try {
            if (!Files.readString(file).strip().equals(next.value())) {
                write(file.resolveSibling(PREVIOUS), Files.readAllBytes(file));
                write(file, next.value().getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the master key " + file + " cannot be replaced", e);
        }
    }

    /// Puts a key into a folder that has none, or the same.
    ///
    /// @param key in base64
    public static void put(Path folder, Secret key) {
        var file = folder.resolve(NAME);
        try {
            if (Files.exists(file) && !Files.readString(file).strip().equals(key.value())) {
                throw new MasterKey.WrongKeyException(file + " holds another master key; move it away first");
            }
            write(file, key.value().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException("the master key " + file + " cannot be written", e);
        }
    }

    private static void write(Path file, byte[] base64) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (var channel = FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                ownerOnly(Files.getFileStore(fresh.getParent())))) {
            channel.write(ByteBuffer.wrap(base64));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static FileAttribute<?>[] ownerOnly(FileStore store) {
        var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return store.supportsFileAttributeView(PosixFileAttributeView.class) ? new FileAttribute<?>[]{permissions}
                : new FileAttribute<?>[0];
    }
}
