package dev.promptlab.db;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.postgresql.jdbc.PgConnection;

import static java.util.stream.Collectors.joining;

/// A pool of connections to one PostgreSQL, which work as one [DatabaseRole]. Thread-safe. Stores take the [Handle] of the
/// transaction they run in; services open it here, and say which workspace it is for: row-level security hides the others
/// from [DatabaseRole#API].
public final class Database implements AutoCloseable {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    /// Connection lost, read-only, rolled back, out of resources, shutting down.
    private static final Set<String> TRANSIENT_STATE_CLASSES = Set.of("08", "25", "40", "53", "57", "58");

    private final DatabaseUrl url;
    private final DatabaseRole role;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    /// First come, first served: with many virtual threads on few connections the pool alone lets some wait past its patience.
    private final Semaphore turns;
    /// Which workspaces a connection was last told to work for, so that it is told only when they change.
    private final Cache<Connection, Set<UUID>> scopes = Caffeine.newBuilder().weakKeys().build();

    private Database(DatabaseUrl url, DatabaseRole role, HikariDataSource pool) {
        this.url = url;
        this.role = role;
        this.pool = pool;
        this.turns = new Semaphore(pool.getMaximumPoolSize(), true);
        this.jdbi = Jdbi.create(pool).installPlugin(new PostgresPlugin());
        // What is bound may be somebody's prompt, and messages go to logs.
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
        jdbi.registerArrayType(BigDecimal.class, "numeric");
        jdbi.registerArrayType(Instant.class, "timestamptz", time -> Objects.toString(time, null));
    }

    /// Opens a pool of at most `connections`; fails fast when the server cannot be reached or does not know the role yet.
    public static Database open(DatabaseUrl url, int connections, DatabaseRole role) {
        var config = new HikariConfig();
        config.setJdbcUrl(url.jdbcUrl());
        config.setUsername(url.user());
        config.setPassword(url.password());
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_PATIENCE.toMillis());
        config.setPoolName("promptlab");
        config.setConnectionInitSql(role.initSql());
        config.addDataSourceProperty("ApplicationName", role.applicationName());
        config.addDataSourceProperty("logServerErrorDetail", "false"); // it quotes whole rows
        // A session that sits on an old snapshot slows every claim: end it instead.
        config.addDataSourceProperty("options",
                "-c idle_in_transaction_session_timeout=30s -c statement_timeout=60s -c timezone=UTC");
        return new Database(url, role, new HikariDataSource(config));
    }

    /// Shows how the connections are used.
    public void measure(MeterRegistry registry) {
        var hikari = pool.getHikariPoolMXBean();
        gauge(registry, "open", hikari::getTotalConnections);
        gauge(registry, "busy", hikari::getActiveConnections);
        Gauge.builder("promptlab.db.waiting", turns, Semaphore::getQueueLength)
                .description("Threads that wait for a connection").tag("pool", poolName()).register(registry);
    }

    private void gauge(MeterRegistry registry, String state, Supplier<Number> value) {
        Gauge.builder("promptlab.db.connections", value).description("Connections to PostgreSQL")
                .tags("pool", poolName(), "state", state).register(registry);
    }

    private String poolName() {
        return role.name().toLowerCase(Locale.ROOT);
    }

    /// Runs `work` for one workspace in one transaction and commits; any exception rolls back.
    public <T> T transaction(UUID workspaceId, Function<Handle, T> work) {
        return with(Set.of(workspaceId), handle -> handle.inTransaction(work::apply));
    }

    /// As [#transaction(UUID, Function)], for work without an answer.
    public void inTransaction(UUID workspaceId, Consumer<Handle> work) {
        transaction(workspaceId, answerless(work));
    }

    /// Runs single statements for one workspace, each its own transaction.
    public <T> T autocommit(UUID workspaceId, Function<Handle, T> work) {
        return with(Set.of(workspaceId), work);
    }

    /// As [#transaction(UUID, Function)], for a batch that carries work of several workspaces.
    public <T> T transaction(Set<UUID> workspaces, Function<Handle, T> work) {
        return with(workspaces, handle -> handle.inTransaction(work::apply));
    }

    /// As [#autocommit(UUID, Function)], for a batch that carries work of several workspaces.
    public <T> T autocommit(Set<UUID> workspaces, Function<Handle, T> work) {
        return with(workspaces, work);
    }

    /// Runs `work` for no workspace in one transaction and commits; any exception rolls back.
    public <T> T transaction(Function<Handle, T> work) {
        return transaction(Set.of(), work);
    }

    /// As [#transaction(Function)], for work without an answer.
    public void inTransaction(Consumer<Handle> work) {
        transaction(answerless(work));
    }

    /// Runs single statements for no workspace, each its own transaction.
    public <T> T autocommit(Function<Handle, T> work) {
        return with(Set.of(), work);
    }

    private static Function<Handle, Boolean> answerless(Consumer<Handle> work) {
        return handle -> {
            work.accept(handle);
            return true;
        };
    }

    private <T> T with(Set<UUID> workspaces, Function<Handle, T> work) {
        return inTurn(() -> jdbi.withHandle(handle -> {
            tell(handle, workspaces);
            return work.apply(handle);
        }));
    }

    /// Before the transaction: a rollback would take it back.
    private void tell(Handle handle, Set<UUID> workspaces) {
        if (role != DatabaseRole.API) {
            return;
        }
        try {
            var connection = handle.getConnection().unwrap(PgConnection.class);
            if (workspaces.equals(scopes.get(connection, _ -> Set.of()))) {
                return;
            }
            scopes.invalidate(connection);
            try (var statement = connection.prepareStatement("select set_config('promptlab.workspaces', ?, false)")) {
                statement.setString(1, workspaces.stream().map(UUID::toString).collect(joining(",", "{", "}")));
                statement.execute();
            }
            scopes.put(connection, workspaces);
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private <T> T inTurn(Supplier<T> work) {
        if (!tryTakeTurn()) {
            throw new ConnectionException(new SQLTransientConnectionException(
                    "no connection to the database became free within " + CONNECT_PATIENCE.toSeconds() + " s"));
        }
        try {
            return work.get();
        } finally {
            turns.release();
        }
    }

    private boolean tryTakeTurn() {
        try {
            return turns.tryAcquire(CONNECT_PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Whether it answers at all.
    public boolean answers() {
        return autocommit(handle -> handle.createQuery("select true").mapTo(Boolean.class).one());
    }

    /// Whether a failure is about the way to the database or its present state, so that the same work may succeed later.
    public static boolean mayPass(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientException || cause instanceof SQLRecoverableException) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null
                    && TRANSIENT_STATE_CLASSES.contains(sql.getSQLState().substring(0, 2))) {
                return true;
            }
        }
        return false;
    }

    DatabaseUrl url() {
        return url;
    }

    @Override
    public void close() {
        pool.close();
    }
}
