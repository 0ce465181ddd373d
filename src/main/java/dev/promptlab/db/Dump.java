package dev.promptlab.db;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Saves and restores the database of an outside PostgreSQL with the programs that come with it, `pg_dump` and `pg_restore`. They
/// run while servers work.
public final class Dump {
    /// Parameters of a URL that these programs know, too.
    private static final Set<String> SHARED = Set.of("sslmode", "sslrootcert", "sslcert", "sslkey");
    private static final int LINES_SHOWN = 10;

    private Dump() {}

    /// @param file must not exist; appears when it is whole, for its owner's eyes only
    /// @throws DumpException with a message for people
    public static void write(DatabaseUrl url, Path file) {
        requireAllRows(url);
        var part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            createPrivately(part);
            run(url, "pg_dump", "--format=custom", "--no-owner", "--file=" + part, "--dbname=" + plain(url));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new DumpException("the backup cannot be written to " + file + ": " + e.getMessage());
        }
    }

    /// Row-level security holds for the owner of the tables, too.
    private static void requireAllRows(DatabaseUrl url) {
        try (var db = Database.open(url, 1, DatabaseRole.OWNER)) {
            boolean all = db.autocommit(handle -> handle
                    .createQuery("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
                    .mapTo(Boolean.class).one());
            if (!all) {
                throw new DumpException("the login " + url.user() + " may not read the rows of all workspaces; let an"
                        + " administrator make one for backups, and give it in DATABASE_URL: create role promptlab_backup"
                        + " login bypassrls password '...'; grant pg_read_all_data to promptlab_backup");
            }
        }
    }

    /// Fills an empty database; all of it or nothing.
    ///
    /// @param url of the login that will own the schema
    /// @throws DumpException with a message for people
    public static void restore(DatabaseUrl url, Path file) {
        try (var db = Database.open(url, 1, DatabaseRole.OWNER)) {
            boolean empty = db.autocommit(handle -> handle
                    .createQuery("select not exists (select from pg_tables where schemaname = 'public')")
                    .mapTo(Boolean.class).one());
            if (!empty) {
                throw new DumpException(url + " has tables already; restore into a new database: create database NAME"
                        + " owner " + url.user());
            }
            // Makes the roles, which no dump holds; the schema itself comes out of the dump.
            Migrations.apply(db);
            db.autocommit(handle -> handle.execute("drop schema public cascade; create schema public"));
        }
        run(url, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--clean", "--if-exists",
                "--dbname=" + plain(url),
                file.toString());
    }

    /// Without the password, which other users of the machine could read on the command line.
    private static String plain(DatabaseUrl url) {
        var whole = url.jdbcUrl().substring("jdbc:".length());
        int query = whole.indexOf('?');
        if (query < 0) {
            return whole;
        }
        var known = Stream.of(whole.substring(query + 1).split("&"))
                .filter(parameter -> SHARED.contains(parameter.replaceFirst("=.*", "")))
                .collect(Collectors.joining("&"));
        return whole.substring(0, query) + (known.isEmpty() ? "" : "?" + known);
    }

    private static void run(DatabaseUrl url, String program, String... arguments) {
        var command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("PGUSER", url.user(), "PGPASSWORD", url.password()));
        try {
            var process = builder.start();
            process.getOutputStream().close();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            if (process.onExit().join().exitValue() != 0) {
                throw new DumpException(program + " failed:\n"
                        + String.join("\n", said.subList(Math.max(0, said.size() - LINES_SHOWN), said.size())));
            }
        } catch (IOException e) {
            throw new DumpException(program + " does not start (" + e.getMessage()
                    + "); install the client programs of PostgreSQL, of the server's version or newer, or back the server up as"
                    + " its administrators do: everything is in the one database");
        }
    }

    private static void createPrivately(Path file) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                posix ? new FileAttribute<?>[]{ownerOnly} : new FileAttribute<?>[0]).close();
    }

    /// What went wrong, for people.
    public static final class DumpException extends RuntimeException {
        private static final long serialVersionUID = 1;

        DumpException(String message) {
            super(message);
        }
    }
}
