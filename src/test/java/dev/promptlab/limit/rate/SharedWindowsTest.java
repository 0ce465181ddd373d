package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/// Several processes on one PostgreSQL, without Redis.
class SharedWindowsTest {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static TestDatabase database;
    private static List<SharedWindows> nodes;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        nodes = IntStream.range(0, 2)
                .mapToObj(_ -> SharedWindows.start(database.as(DatabaseRole.AUTH), null, WINDOW)).toList();
    }

    @AfterAll
    static void stop() {
        nodes.forEach(Windows::close);
        database.close();
    }

    @Test
    void exactlyTheLimitIsAdmittedOfManyAtOnceOverAllNodes() throws Exception {
        for (int limit : List.of(1, 100, 300)) {
            var ask = new Ask("many " + limit, limit, WINDOW);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var verdicts = IntStream.range(0, 400)
                        .mapToObj(i -> threads.submit(() -> nodes.get(i % 2).admit(ask))).toList();
                int admitted = 0;
                for (var verdict : verdicts) {
                    admitted += verdict.get().admitted() ? 1 : 0;
                }
                assertThat(admitted).isEqualTo(limit);
            }
            assertThat(nodes.getFirst().look(ask).remaining()).isZero();
        }
    }

    @Test
    void everyNodeSeesWhatTheOthersAdmitted() {
        var ask = new Ask("seen", 3, WINDOW);
        assertThat(nodes.get(0).admit(ask).remaining()).isEqualTo(2);
        assertThat(nodes.get(1).admit(ask).remaining()).isEqualTo(1);
        assertThat(nodes.get(0).look(ask).remaining()).isEqualTo(1);
        assertThat(nodes.get(0).admit(ask).remaining()).isZero();
        var refused = nodes.get(1).admit(ask);
        assertThat(refused.admitted()).isFalse();
        assertThat(refused.retryAfter()).isCloseTo(WINDOW, Duration.ofSeconds(10));
        assertThat(refused.reset()).isGreaterThanOrEqualTo(refused.retryAfter().minusMillis(1));
    }

    @Test
    void afterExactlyRetryAfterOneMoreIsAdmitted() {
        var ask = new Ask("short", 2, Duration.ofMillis(300));
        nodes.get(0).admit(ask);
        nodes.get(1).admit(ask);
        var refused = nodes.get(0).admit(ask);
        assertThat(refused.admitted()).isFalse();
        long free = System.nanoTime() + refused.retryAfter().toNanos();
        while (System.nanoTime() < free) {
            Thread.onSpinWait();
        }
        assertThat(nodes.get(1).admit(ask).admitted()).isTrue();
    }

    @Test
    void aLimitThatIsRaisedOrLoweredHoldsForWhatWasAdmittedBefore() {
        nodes.get(0).admit(new Ask("changed", 2, WINDOW));
        nodes.get(0).admit(new Ask("changed", 2, WINDOW));
        assertThat(nodes.get(1).admit(new Ask("changed", 2, WINDOW)).admitted()).isFalse();
        assertThat(nodes.get(1).admit(new Ask("changed", 5, WINDOW)).remaining()).isEqualTo(2);
        assertThat(nodes.get(1).admit(new Ask("changed", 1, WINDOW)).admitted()).isFalse();
    }

    @Test
    void whatIsWrittenDownCountsTogether() {
        var db = database.as(DatabaseRole.AUTH);
        var ask = new Ask("written", 100, WINDOW);
        nodes.get(0).admit(ask);
        db.inTransaction(tx -> WindowStore.writeDown(tx,
                List.of(new WindowStore.Written("written", WINDOW, Duration.ofSeconds(50), 7),
                        new WindowStore.Written("written", WINDOW, Duration.ofSeconds(5), 2),
                        new WindowStore.Written("written", WINDOW, Duration.ofSeconds(70), 1))));
        List<WindowStore.Aged> ages = db.autocommit(handle -> WindowStore.ages(handle, ask));
        assertThat(ages).extracting(WindowStore.Aged::count).containsExactly(7, 2, 1);
        assertThat(ages.getFirst().age().toMillis()).isCloseTo(50_000L, within(5_000L));
        assertThat(nodes.get(1).look(ask).remaining()).isEqualTo(90);
    }

    @Test
    void windowsThatAreEmptyAreTidiedAway() {
        var db = database.as(DatabaseRole.AUTH);
        nodes.get(0).admit(new Ask("kept", 1, WINDOW));
        database.db().autocommit(handle -> handle.execute(
                "insert into rate_limit_window values ('old', array[now() - interval '1 h'], array[1], now() - interval '1 h')"));
        db.inTransaction(WindowStore::tidy);
        List<String> left = database.db().autocommit(handle -> handle
                .createQuery("select subject from rate_limit_window where subject in ('old', 'kept')")
                .mapTo(String.class).list());
        assertThat(left).containsExactly("kept");
    }
}
