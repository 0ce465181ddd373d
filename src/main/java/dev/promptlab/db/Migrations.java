package dev.promptlab.db;

import java.util.Optional;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the schema to the version of this build. Safe when several processes start at once: Flyway takes a lock.
public final class Migrations {
    /// Must be the highest version in `db/migration`; a test compares.
    static final int LATEST = 17;

    private static final Logger log = LoggerFactory.getLogger(Migrations.class);

    private Migrations() {}

    /// Applies what is missing. A schema that is already current is recognised by one query, without starting Flyway.
    ///
    /// @return the version it has now
    /// @throws MigrationException when a migration fails, or when the schema is from a newer build
    public static int apply(Database database) {
        int current = version(database);
        if (current > LATEST) {
            throw new MigrationException("the schema of " + database.url() + " is at version " + current
                    + ", from a newer build; this one knows versions up to " + LATEST
                    + ": start a build at least as new, or use another database");
        }
        if (current < LATEST) {
            migrate(database.url());
        }
        return LATEST;
    }

    /// Whether this build may work on the schema: it is its own, or, while the processes are brought to the next release one after
    /// the other, that of the next (docs/operations.md, "Upgrades").
    public static boolean isUsable(Database database) {
        return version(database) >= LATEST;
    }

    /// 0 without a schema.
    private static int version(Database database) {
        return database.autocommit(handle -> {
            boolean known = handle.createQuery("select to_regclass('flyway_schema_history') is not null")
                    .mapTo(Boolean.class).one();
            return known ? handle.createQuery(
                    """
                            select coalesce(max(version::int), 0) from flyway_schema_history where version is not null and success""")
                    .mapTo(Integer.class).one() : 0;
        });
    }

    /// On connections of its own: those of the pool end a statement after a minute and a waiting transaction sooner.
    private static void migrate(DatabaseUrl url) {
        try {
            var result = Flyway.configure().dataSource(url.jdbcUrl(), url.user(), url.password())
                    .initSql(DatabaseRole.FAIL_RATHER_THAN_FILTER).locations("classpath:db/migration")
                    .validateMigrationNaming(true).lockRetryCount(-1).load()
                    .migrate();
            log.info("schema is at version {} after {} migrations", result.targetSchemaVersion,
                    result.migrationsExecuted);
        } catch (FlywayException e) {
            throw new MigrationException("the schema of " + url + " cannot be brought to version " + LATEST + ": "
                    + Optional.ofNullable(e.getMessage()).orElse("").strip(), e);
        }
    }
}
