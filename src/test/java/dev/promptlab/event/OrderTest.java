package dev.promptlab.event;

import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;

import dev.promptlab.db.Database;
import dev.promptlab.testing.TestDatabase;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// The order of events against transactions that commit late, in another order, or never.
class OrderTest {
    private static TestDatabase database;
    private static Database db;

    @BeforeAll
    static void create() {
        database = TestDatabase.create();
        db = database.db();
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void rowsBehindAGapWaitForTheTransactionThatMayCloseIt() {
        var order = new Order(1);
        assertThat(seqs(order.accept(rows(1, 3), () -> Set.of("late")))).containsExactly(1L);
        assertThat(order.isHeld()).isTrue();
        assertThat(order.mayLook(() -> Set.of("late", "other"))).isFalse();
        assertThat(order.mayLook(() -> Set.of("other"))).isTrue();
        assertThat(seqs(order.accept(rows(2, 3), Set::of))).containsExactly(2L, 3L);
    }

    @Test
    void whatNeverComesIsPassedOverOnceItsWritersHaveEnded() {
        var order = new Order(1);
        assertThat(order.accept(rows(2, 4), () -> Set.of("gone"))).isEmpty();
        assertThat(order.mayLook(Set::of)).isTrue();
        assertThat(seqs(order.accept(rows(2, 4, 6), () -> Set.of("new")))).containsExactly(2L, 4L);
        assertThat(order.next()).isEqualTo(5);
    }

    /// Transactions in a random order on a real server, each committed or rolled back at some time, and a look after each step.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyCommittedRowComesOnceAndInOrder(long seed) {
        var random = new Random(seed);
        long first = latest() + 1;
        var order = new Order(first);
        var seen = new TreeSet<Long>();
        var open = new TreeMap<Integer, Handle>();
        for (int step = 0; step < 120; step++) {
            if (open.size() < 5 && random.nextBoolean()) {
                open.put(step, begin());
            } else if (!open.isEmpty()) {
                var keys = List.copyOf(open.keySet());
                end(requireNonNull(open.remove(keys.get(random.nextInt(keys.size())))), random.nextInt(4) > 0);
            }
            look(order, seen);
        }
        open.values().forEach(handle -> end(handle, true));
        for (long before = 0; before < order.next() || order.isHeld();) {
            before = order.next();
            look(order, seen);
        }
        assertThat(List.copyOf(seen)).isEqualTo(committed(first));
    }

    private static void look(Order order, NavigableSet<Long> seen) {
        if (order.mayLook(OrderTest::writers)) {
            var rows = db.autocommit(handle -> EventStore.from(handle, order.next(), 7));
            for (var row : order.accept(rows, OrderTest::writers)) {
                assertThat(seen.isEmpty() || seen.last() < row.seq()).isTrue();
                seen.add(row.seq());
            }
        }
    }

    private static Handle begin() {
        var handle = org.jdbi.v3.core.Jdbi.create(database.superuserUrl().jdbcUrl(), database.superuserUrl().user(),
                database.superuserUrl().password()).open();
        handle.begin();
        handle.execute(
                "insert into event (types, workspaces, jobs) values ('{job.queued}', array[?::uuid], array[?::uuid])",
                new UUID(0, 1), new UUID(0, 2));
        return handle;
    }

    private static void end(Handle handle, boolean commit) {
        try (handle) {
            if (commit) {
                handle.commit();
            } else {
                handle.rollback();
            }
        }
    }

    private static Set<String> writers() {
        return db.autocommit(EventStore::writers);
    }

    private static long latest() {
        return db.autocommit(EventStore::latest);
    }

    private static List<Long> committed(long first) {
        return db.autocommit(handle -> handle.createQuery("select seq from event where seq >= :first order by seq")
                .bind("first", first).mapTo(Long.class).list());
    }

    private static List<Row> rows(long... seqs) {
        return LongStream.of(seqs).mapToObj(seq -> new Row(seq, List.of())).toList();
    }

    private static List<Long> seqs(List<Row> rows) {
        return rows.stream().map(Row::seq).toList();
    }
}
