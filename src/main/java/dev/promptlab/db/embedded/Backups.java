package dev.promptlab.db.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Set;
import java.util.zip.Deflater;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// Backups of an embedded PostgreSQL, each one file (a compressed tar) that only its owner can read: which version wrote it, the
/// cluster's data, and the password in `secret` that belongs to them. The master key is never in it.
public final class Backups {
    private static final String ABOUT = "about";
    private static final String SECRET = "secret";
    /// Data of another major version are not understood.
    private static final String MAJOR = Binaries.VERSION.replaceFirst("\\..*", "");
    private static final String WRITTEN_BY = "PromptLab backup 1, PostgreSQL ";

    private Backups() {}

    /// Copies the cluster of a folder, whether a server works on it or not.
    ///
    /// @param wanted as for [EmbeddedPostgres#start]
    /// @param file must not exist; appears when it is whole
    /// @throws EmbeddedPostgresException with a message for people
    public static void write(Path wanted, Path file) {
        try {
            var running = EmbeddedPostgres.place(wanted.toAbsolutePath().normalize());
            if (running.isPresent()) {
                write(running.get(), file);
            } else {
                try (var _ = EmbeddedPostgres.start(wanted)) {
                    write(EmbeddedPostgres.place(wanted.toAbsolutePath().normalize()).orElseThrow(), file);
                }
            }
        } catch (IOException | SQLException e) {
            throw new EmbeddedPostgresException("the backup of " + wanted + " cannot be written to " + file + ": "
                    + e.getMessage(), e);
        }
    }

    private static void write(EmbeddedPostgres.Place place, Path file) throws IOException, SQLException {
        var part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        var fast = new GzipParameters();
        fast.setCompressionLevel(Deflater.BEST_SPEED);
        createPrivately(part);
        try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(Files.newOutputStream(part), fast),
                StandardCharsets.UTF_8.name())) {
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            add(tar, ABOUT, WRITTEN_BY + MAJOR + "\n");
            add(tar, SECRET, place.superuser().password());
            new BaseBackup(place.folder().resolve("data"), place.superuser(), place.postmaster()).write(tar);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void add(TarArchiveOutputStream tar, String name, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    private static void createPrivately(Path file) throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                Binaries.isPosix(file) ? new FileAttribute<?>[]{ownerOnly} : new FileAttribute<?>[0]).close();
    }

    /// Makes a folder of a backup; the next start on it works on the state that was saved.
    ///
    /// @param wanted must hold no data
    /// @throws EmbeddedPostgresException with a message for people; then the folder still holds no data
    public static void restore(Path wanted, Path file) {
        var folder = wanted.toAbsolutePath().normalize();
        var data = folder.resolve("data");
        if (Files.exists(data)) {
            throw new EmbeddedPostgresException(
                    folder + " holds data already; restore into another folder (PROMPTLAB_DATA_DIR), or move them away");
        }
        try {
            var account = Account.of(data);
            if (!account.reaches(folder)) {
                throw new EmbeddedPostgresException("the account " + account.name() + ", which PostgreSQL runs as,"
                        + " cannot enter " + folder + "; choose another PROMPTLAB_DATA_DIR");
            }
            try (var _ = FolderLock.take(EmbeddedPostgres.create(folder, account))) {
                unpack(file, folder, account);
            }
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    file + " cannot be restored to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void unpack(Path file, Path folder, Account account) throws IOException {
        var half = folder.resolve("data.restored");
        Binaries.delete(half);
        try (var bytes = new GzipCompressorInputStream(Files.newInputStream(file));
                var tar = new TarArchiveInputStream(bytes)) {
            check(file, tar);
            directory(half, account);
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, folder, half, account);
            }
            bytes.transferTo(OutputStream.nullOutputStream()); // to its checksum
        }
        Files.move(folder.resolve(SECRET + ".restored"), folder.resolve(SECRET), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Files.move(half, folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void check(Path file, TarArchiveInputStream tar) throws IOException {
        var first = tar.getNextEntry();
        var about = first == null || !first.getName().equals(ABOUT) ? ""
                : new String(tar.readNBytes(1024), StandardCharsets.UTF_8).strip();
        if (!about.equals(WRITTEN_BY + MAJOR)) {
            throw new EmbeddedPostgresException(about.isEmpty() ? file + " is not a backup of an embedded PostgreSQL"
                    : file + " is of another kind (" + about + "); this build reads: " + WRITTEN_BY + MAJOR);
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path folder, Path half,
            Account account) throws IOException {
        if (entry.getName().equals(SECRET)) {
            var secret = folder.resolve(SECRET + ".restored");
            Files.deleteIfExists(secret);
            file(secret, tar, account);
            return;
        }
        var path = half.resolve(entry.getName().replaceFirst("^" + BaseBackup.FOLDER, "")).normalize();
        if (!path.startsWith(half)) {
            throw new IOException("the backup leads outside its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            directory(path, account);
        } else {
            file(path, tar, account);
        }
    }

    private static void directory(Path path, Account account) throws IOException {
        Files.createDirectory(path);
        if (Binaries.isPosix(path)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
        account.own(path);
    }

    private static void file(Path path, InputStream content, Account account) throws IOException {
        createPrivately(path);
        try (var out = Files.newOutputStream(path)) {
            content.transferTo(out);
        }
        account.own(path);
    }
}
