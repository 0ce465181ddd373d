package dev.promptlab.db.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.embedded.Cluster.Postmaster;

/// The one login that `initdb` makes. It serves to create the application's own role and database, so that the application has
/// what a managed PostgreSQL would give it and no more. Both logins share the password in the file `secret`.
record Superuser(Path secret, String password) {
    static final String NAME = "postgres";

    private static final String DATABASE = "promptlab";
    private static final String OWNER = "promptlab";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Starting up or shutting down; cannot connect; connection lost.
    private static final Set<String> NOT_YET = Set.of("57P03", "08001", "08006");

    /// Reads the password of `folder`, or makes one up when there are no data yet that belong to another.
    static Superuser of(Path folder, Account account) throws IOException {
        var secret = folder.resolve("secret");
        if (Files.exists(secret)) {
            return new Superuser(secret, Files.readString(secret).strip());
        }
        if (Files.exists(folder.resolve("data"))) {
            throw new EmbeddedPostgresException(
                    secret + ", which holds the password of the data beside it, is gone; put it back");
        }
        var bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        var password = Base64.getUrlEncoder().encodeToString(bytes);
        var fresh = folder.resolve("secret.new");
        writePrivately(fresh, password);
        account.own(fresh);
        Files.move(fresh, secret, StandardCopyOption.ATOMIC_MOVE);
        return new Superuser(secret, password);
    }

    private static void writePrivately(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var attributes = Binaries.isPosix(file) ? new FileAttribute<?>[]{ownerOnly} : new FileAttribute<?>[0];
        try (var channel = FileChannel.open(file, options, attributes)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
    }

    /// Waits until the server answers, then creates what is missing of role and database; false when the server ends first or
    /// stays silent.
    boolean prepare(Cluster cluster, Postmaster postmaster) {
        var answered = new AtomicBoolean();
        Cluster.await(PATIENCE, () -> {
            answered.set(tryToPrepare(postmaster));
            return answered.get() || !cluster.runs(postmaster);
        });
        return answered.get();
    }

    private boolean tryToPrepare(Postmaster postmaster) {
        try (var connection = connect(postmaster)) {
            createMissing(connection);
            return true;
        } catch (SQLException e) {
            if (NOT_YET.contains(String.valueOf(e.getSQLState()))) {
                return false;
            }
            throw new EmbeddedPostgresException("the embedded PostgreSQL refuses: " + e.getMessage(), e);
        }
    }

    Connection connect(Postmaster postmaster) throws SQLException {
        var login = new Properties();
        login.setProperty("user", NAME);
        login.setProperty("password", password);
        login.setProperty("loginTimeout", "10");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + postmaster.port() + "/postgres", login);
    }

    private void createMissing(Connection connection) throws SQLException {
        var missing = new ArrayList<String>();
        try (var query = connection.prepareStatement("""
                select format('create role %I login createdb createrole password %L', ?, ?)
                 where not exists (select from pg_roles where rolname = ?)
                union all
                select format('create database %I owner %I', ?, ?)
                 where not exists (select from pg_database where datname = ?)""")) {
            int index = 0;
            for (var value : List.of(OWNER, password, OWNER, DATABASE, OWNER, DATABASE)) {
                query.setString(++index, value);
            }
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    missing.add(rows.getString(1));
                }
            }
        }
        try (var statement = connection.createStatement()) {
            for (var sql : missing) {
                statement.execute(sql);
            }
        }
    }

    /// The application's database, as the role that owns it.
    DatabaseUrl applicationUrl(int port) {
        return DatabaseUrl.of("127.0.0.1", port, DATABASE, OWNER, password);
    }

    @Override
    public String toString() {
        return NAME;
    }
}
