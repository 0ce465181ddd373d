package dev.promptlab.db.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/// PostgreSQL's programs, from the jar for this platform (io.zonky.test.postgres) that the build put on the class path.
final class Binaries {
    /// That of the binaries in pom.xml; a test compares.
    static final String VERSION = "18.6.0";

    private Binaries() {}

    /// The folder with `bin`, `lib` and `share`; unpacked into `parent` (about 60 MB) unless it is there.
    static Path in(Path parent) throws IOException {
        var home = parent.resolve(VERSION);
        if (Files.isDirectory(home)) {
            return home;
        }
        var half = parent.resolve(VERSION + ".new");
        delete(half);
        try (var archive = archive().openStream()) {
            unpack(archive, half);
        }
        readableByAll(parent, "rwxr-xr-x");
        return Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
    }

    static URL archive() {
        var platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        for (var name : archives(platform.toLowerCase(Locale.ROOT))) {
            var archive = Binaries.class.getResource("/" + name + ".txz");
            if (archive != null) {
                return archive;
            }
        }
        throw new EmbeddedPostgresException("this build has no embedded PostgreSQL for " + platform
                + "; build it on this machine, or set DATABASE_URL to a PostgreSQL server");
    }

    /// The names under which the jars hold them. Only one jar is on the class path, so Alpine's need not be told apart.
    private static List<String> archives(String platform) {
        boolean arm = platform.contains("aarch64") || platform.contains("arm64");
        var system = platform.startsWith("mac") ? "darwin" : platform.startsWith("windows") ? "windows" : "linux";
        var plain = "postgres-" + system + (arm ? "-arm_64" : "-x86_64");
        return List.of(plain, plain + "-alpine_linux");
    }

    private static void unpack(InputStream archive, Path target) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(archive))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("the archive leads outside its folder: " + entry.getName());
                }
                unpack(tar, entry, path);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        } else {
            Files.createDirectories(parent(path));
            Files.copy(tar, path);
        }
        boolean executable = entry.isDirectory() || (entry.getMode() & 0100) != 0;
        readableByAll(path, executable ? "rwxr-xr-x" : "rw-r--r--");
    }

    private static Path parent(Path path) throws IOException {
        var parent = path.getParent();
        if (parent == null) {
            throw new IOException("no parent: " + path);
        }
        return parent;
    }

    private static void readableByAll(Path path, String permissions) throws IOException {
        if (isPosix(path)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /// Deletes a tree; links are removed, not followed.
    static void delete(@Nullable Path tree) throws IOException {
        if (tree == null || !Files.exists(tree)) {
            return;
        }
        try (var paths = Files.walk(tree)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
