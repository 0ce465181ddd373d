package dev.promptlab.db.embedded;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import dev.promptlab.db.embedded.Cluster.Postmaster;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Copies a cluster while its server works, with the functions that PostgreSQL has for that: the files as they are at some moment
/// of the copy, and the write-ahead log from before the first to after the last of them, which makes them one state.
///
/// @param data of the cluster
record BaseBackup(Path data, Superuser superuser, Postmaster postmaster) {
    static final String FOLDER = "data/";
    /// Only the server that wrote them needs what they hold.
    private static final Set<String> EMPTIED = Set.of("pg_wal", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots",
            "pg_stat_tmp", "pg_subtrans", "pg_replslot");
    private static final Pattern LEFT_OUT = Pattern
            .compile(
                    "postmaster\\.(?:pid|opts)|backup_label|tablespace_map|pgsql_tmp.*|pg_internal\\.init.*|t\\d+_\\d+.*");
    private static final Path CONTROL = Path.of("global", "pg_control");
    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");

    /// Segments of the write-ahead log, by name.
    private record Label(String text, String lastSegment) {}

    /// Writes the cluster's files into an archive that others have opened.
    void write(TarArchiveOutputStream tar) throws IOException, SQLException {
        try (var session = superuser.connect(postmaster)) {
            keepLog(session);
            var first = begin(session);
            for (var path : files()) {
                add(tar, path);
            }
            add(tar, data.resolve(CONTROL)); // last, as PostgreSQL's own tool does
            var label = end(session);
            add(tar, "backup_label", label.text().getBytes(StandardCharsets.UTF_8));
            for (var segment : log(first, label.lastSegment())) {
                add(tar, segment);
            }
        }
    }

    /// Until the session ends the server removes nothing of the log that is written from now on.
    private static void keepLog(Connection session) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.execute(
                    "select pg_create_physical_replication_slot('promptlab_backup_' || pg_backend_pid(), true, true)");
        }
    }

    /// @return the segment of the log that a restore begins with
    private static String begin(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                var row = statement.executeQuery("select pg_walfile_name(pg_backup_start('promptlab', true))")) {
            row.next();
            return row.getString(1);
        }
    }

    private static Label end(Connection session) throws SQLException {
        try (var statement = session.createStatement();
                var row = statement
                        .executeQuery("select labelfile, pg_walfile_name(lsn) from pg_backup_stop(false)")) {
            row.next();
            return new Label(row.getString(1), row.getString(2));
        }
    }

    private List<Path> files() throws IOException {
        try (var paths = Files.walk(data)) {
            return paths.filter(path -> !path.equals(data) && belongs(data.relativize(path))).sorted().toList();
        }
    }

    private static boolean belongs(Path path) {
        boolean emptied = path.getNameCount() > 1 && EMPTIED.contains(path.getName(0).toString());
        return !emptied && !path.equals(CONTROL) && !LEFT_OUT.matcher(path.getFileName().toString()).matches();
    }

    private List<Path> log(String first, String last) throws IOException {
        try (var paths = Files.list(data.resolve("pg_wal"))) {
            return paths.filter(path -> isNeeded(path.getFileName().toString(), first, last)).sorted().toList();
        }
    }

    private static boolean isNeeded(String file, String first, String last) {
        if (SEGMENT.matcher(file).matches()) {
            return file.compareTo(first) >= 0 && file.compareTo(last) <= 0;
        }
        return file.endsWith(".history");
    }

    /// What vanishes meanwhile was dropped, and the log knows of it.
    private void add(TarArchiveOutputStream tar, Path path) throws IOException {
        var name = data.relativize(path).toString().replace('\\', '/');
        if (Files.isDirectory(path)) {
            tar.putArchiveEntry(new TarArchiveEntry(FOLDER + name + "/"));
            tar.closeArchiveEntry();
            return;
        }
        try (var file = Files.newInputStream(path)) {
            add(tar, name, file, Files.size(path));
        } catch (NoSuchFileException e) {
            // as said above
        }
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        add(tar, name, new ByteArrayInputStream(content), content.length);
    }

    /// Just so many bytes: a file that grows meanwhile is cut, and one that shrinks is filled up; the log sets both right.
    private static void add(TarArchiveOutputStream tar, String name, InputStream content, long size)
            throws IOException {
        var entry = new TarArchiveEntry(FOLDER + name);
        entry.setSize(size);
        tar.putArchiveEntry(entry);
        var buffer = new byte[1 << 16];
        for (long left = size; left > 0;) {
            int read = content.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
            if (read == 0) {
                Arrays.fill(buffer, (byte) 0);
                read = (int) Math.min(buffer.length, left);
            }
            tar.write(buffer, 0, read);
            left -= read;
        }
        tar.closeArchiveEntry();
    }
}
