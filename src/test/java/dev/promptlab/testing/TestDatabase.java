package dev.promptlab.testing;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.Migrations;
import dev.promptlab.db.embedded.EmbeddedPostgres;

/// A fresh database with the current schema, on the one PostgreSQL of this test run. Made for `@BeforeAll` and `@AfterAll`.
///
/// The server starts at the first use and ends with the JVM. It runs without fsync, which only a power cut could tell.
public final class TestDatabase implements AutoCloseable {
    private static final String TEMPLATE = "migrated";
    private static final int CONNECTIONS = 10;
    private static final int ROLES_CONNECTIONS = 4;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;
    private final DatabaseUrl url;
    private final Database db;
    private final Map<DatabaseRole, Database> pools = new ConcurrentHashMap<>();

    private TestDatabase(String template, DatabaseUrl login) {
        this.name = "test_" + COUNT.incrementAndGet();
        execute(Server.ADMIN, "create database " + name + " template " + template + " strategy file_copy");
        this.url = on(Server.ADMIN, name);
        this.db = Database.open(on(login, name), CONNECTIONS, DatabaseRole.OWNER);
    }

    /// With the schema of this build and no rows but those that migrations insert. Takes about 50 ms.
    public static TestDatabase create() {
        return new TestDatabase(TEMPLATE, Server.superuser());
    }

    /// Without any schema, for tests of migrations.
    public static TestDatabase createEmpty() {
        return new TestDatabase("template1", Server.ADMIN);
    }

    /// Sees and may do everything; without a schema it is the login that the product has.
    public Database db() {
        return db;
    }

    /// A pool as the product opens it.
    public Database as(DatabaseRole role) {
        return pools.computeIfAbsent(role, one -> Database.open(url, ROLES_CONNECTIONS, one));
    }

    /// For more pools on the same database, as other processes would open them.
    public DatabaseUrl url() {
        return url;
    }

    /// For pools of other sizes that see and may do everything.
    public DatabaseUrl superuserUrl() {
        return on(Server.superuser(), name);
    }

    /// As `DATABASE_URL` takes it, with the password.
    public String environmentUrl() {
        return environmentUrl(url);
    }

    /// Of any server.
    public static String environmentUrl(DatabaseUrl url) {
        return url.jdbcUrl().replace("jdbc:postgresql://", "postgresql://" + url.user() + ":" + url.password() + "@");
    }

    /// Has the server log what connections that are opened from now on run, with what was bound.
    void logStatements() {
        execute(Server.superuser(), "alter database " + name + " set log_statement = 'all'");
        execute(Server.superuser(), "alter database " + name + " set log_error_verbosity = 'default'");
    }

    ServerLog log() {
        return new ServerLog(Server.folder().resolve("log"), name);
    }

    @Override
    public void close() {
        pools.values().forEach(Database::close);
        db.close();
        execute(Server.superuser(), "drop database " + name + " with (force)"); // it may have to end autovacuum, too
    }

    private static DatabaseUrl on(DatabaseUrl server, String database) {
        return new DatabaseUrl(server.jdbcUrl().replaceFirst("[^/]*$", database), server.user(), server.password());
    }

    private static void execute(DatabaseUrl url, String sql) {
        try (var connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /// Started when first touched.
    private static final class Server {
        private static final OpenFolder FOLDER = OpenFolder.create();
        static final DatabaseUrl ADMIN = start();

        static Path folder() {
            return FOLDER.path();
        }

        private static DatabaseUrl start() {
            var postgres = EmbeddedPostgres.start(folder());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(postgres, FOLDER)));
            var admin = postgres.url();
            tuneForCopies(superuser(admin));
            execute(admin, "create database " + TEMPLATE);
            try (var db = Database.open(on(admin, TEMPLATE), 2, DatabaseRole.OWNER)) {
                Migrations.apply(db);
            }
            return admin;
        }

        static DatabaseUrl superuser() {
            return superuser(ADMIN);
        }

        private static DatabaseUrl superuser(DatabaseUrl admin) {
            return new DatabaseUrl(admin.jdbcUrl(), "postgres", admin.password());
        }

        /// Makes a copy of the template cost a fifth, and the log readable for [ServerLog].
        private static void tuneForCopies(DatabaseUrl superuser) {
            execute(superuser, "alter system set fsync = off");
            execute(superuser, "alter system set wal_compression = off");
            execute(superuser, "alter system set log_line_prefix = '" + ServerLog.PREFIX + "'");
            execute(superuser, "select pg_reload_conf()");
        }

        private static void stop(EmbeddedPostgres postgres, OpenFolder folder) {
            try (folder) {
                postgres.close();
            }
        }
    }
}
