package dev.promptlab.bench;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.Migrations;
import dev.promptlab.db.embedded.EmbeddedPostgres;
import dev.promptlab.testing.OpenFolder;

/// The embedded PostgreSQL just as the product starts it - fsync and synchronous_commit on - with a new database for each measurement.
public final class BenchPostgres implements AutoCloseable {
    private static final String TEMPLATE = "bench_migrated";
    /// Only it may end what autovacuum does in a database that is dropped. It has the password of the product's own role.
    private static final String SUPERUSER = "postgres";
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final OpenFolder folder = OpenFolder.create();
    private final EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.path());

    private BenchPostgres() {}

    public static BenchPostgres start() {
        var server = new BenchPostgres();
        server.execute("create database " + TEMPLATE + " owner " + server.postgres.url().user());
        try (var db = Database.open(server.on(TEMPLATE), 2, DatabaseRole.OWNER)) {
            Migrations.apply(db);
        }
        return server;
    }

    public CpuTime cpuTime() {
        return CpuTime.now(postgres.pid());
    }

    /// A new database with the schema of this build.
    public DatabaseUrl create() {
        return create(TEMPLATE);
    }

    /// A new database without any schema.
    public DatabaseUrl createEmpty() {
        return create("template1");
    }

    private DatabaseUrl create(String template) {
        var name = "bench_" + COUNT.incrementAndGet();
        execute("create database " + name + " template " + template + " owner " + postgres.url().user());
        return on(name);
    }

    /// The same database for one who sees and may do everything.
    public DatabaseUrl superuser(DatabaseUrl database) {
        return new DatabaseUrl(database.jdbcUrl(), SUPERUSER, database.password());
    }

    public void drop(DatabaseUrl database) {
        execute("drop database " + database.jdbcUrl().replaceFirst("^.*/", "") + " with (force)");
    }

    private DatabaseUrl on(String name) {
        var url = postgres.url();
        return new DatabaseUrl(url.jdbcUrl().replaceFirst("[^/]*$", name), url.user(), url.password());
    }

    private void execute(String sql) {
        var url = postgres.url();
        try (var connection = DriverManager.getConnection(url.jdbcUrl(), SUPERUSER, url.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        try (folder) {
            postgres.close();
        }
    }
}
