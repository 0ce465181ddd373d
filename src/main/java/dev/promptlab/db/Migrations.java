package dev.promptlab.db;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the schema to the version of this build. Safe when several processes start at once: Flyway takes a lock.
public final class Migrations {
    /// Must be the highest version in `db/migration`; a test compares.
    static final MigrationVersion LATEST = MigrationVersion.fromVersion("2");

    private static final Logger log = LoggerFactory.getLogger(Migrations.class);

    private Migrations() {}

    /// Applies what is missing. A schema that is already current is recognised by one query, without starting Flyway.
    ///
    /// @return the version it has now
    /// @throws org.flywaydb.core.api.FlywayException when a migration fails, or when the schema is from a newer build
    public static String apply(Database database) {
        if (isCurrent(database)) {
            return LATEST.getVersion();
        }
        var result = Flyway.configure().dataSource(database.dataSource()).locations("classpath:db/migration")
                .validateMigrationNaming(true).load().migrate();
        log.info("schema is at version {} after {} migrations", result.targetSchemaVersion, result.migrationsExecuted);
        return LATEST.getVersion();
    }

    /// Whether the schema is exactly that of this build.
    public static boolean isCurrent(Database database) {
        return database.autocommit(handle -> {
            boolean known = handle.createQuery("select to_regclass('flyway_schema_history') is not null")
                    .mapTo(Boolean.class).one();
            return known && handle.createQuery("""
                    select count(*) filter (where not success) = 0 and max(version::int) = :latest
                      from flyway_schema_history where version is not null""")
                    .bind("latest", Integer.parseInt(LATEST.getVersion())).mapTo(Boolean.class).one();
        });
    }
}
