package dev.promptlab.event;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EventStoreTest {
    @Test
    void oldRowsGoAndOldTextsGoEarlierButTheNewestRowStays() {
        try (var database = TestDatabase.create()) {
            var old = insert(database, "2 days", null);
            var text = insert(database, "2 hours", "a text");
            var kept = insert(database, "2 hours", null);
            var newText = insert(database, "10 min", "a text");
            var newest = insert(database, "2 days", null);
            int removed = database.as(DatabaseRole.WORKER).autocommit(
                    handle -> EventStore.prune(handle, Duration.ofHours(24), Duration.ofHours(1), 10));
            assertThat(removed).isEqualTo(2);
            assertThat(seqs(database)).containsExactly(kept, newText, newest).doesNotContain(old, text);
        }
    }

    @Test
    void requestsAddEventsOfTheirWorkspaceAndReadNone() {
        try (var database = TestDatabase.create()) {
            var workspace = new UUID(0, 1);
            var api = database.as(DatabaseRole.API);
            var insert = "insert into event (types, workspaces, jobs) values ('{job.queued}', array[?::uuid], array[gen_random_uuid()])";
            assertThat(api.<Integer>autocommit(workspace, handle -> handle.execute(insert, workspace))).isOne();
            assertThatThrownBy(() -> api.autocommit(workspace, handle -> handle.execute(insert, new UUID(0, 2))))
                    .hasMessageContaining("row-level security");
            assertThatThrownBy(() -> api.autocommit(workspace, handle -> handle.execute("table event")))
                    .hasMessageContaining("permission denied");
        }
    }

    private static long insert(TestDatabase database, String age, @Nullable String text) {
        return database.db()
                .autocommit(handle -> handle
                        .createQuery(
                                """
                                        insert into event (at, types, workspaces, jobs, texts)
                                        values (now() - cast(:age as interval), '{job.queued}', array[gen_random_uuid()], array[gen_random_uuid()],
                                                case when cast(:text as text) is not null then array[:text] end)
                                        returning seq""")
                        .bind("age", age).bind("text", text).mapTo(Long.class).one());
    }

    private static List<Long> seqs(TestDatabase database) {
        return database.db().autocommit(
                handle -> handle.createQuery("select seq from event order by seq").mapTo(Long.class).list());
    }
}
