package dev.promptlab.testing;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TestDatabaseTest {
    @Test
    void eachHasTheSchemaAndItsOwnRows() {
        try (var one = TestDatabase.create(); var other = TestDatabase.create()) {
            one.db().inTransaction(
                    tx -> tx.execute("insert into workspace (id, name) values (gen_random_uuid(), 'Mine')"));
            assertThat(workspaces(one)).isEqualTo(2);
            assertThat(workspaces(other)).isEqualTo(1);
        }
    }

    private static int workspaces(TestDatabase database) {
        return database.db().autocommit(
                handle -> handle.createQuery("select count(*) from workspace").mapTo(Integer.class).one());
    }
}
