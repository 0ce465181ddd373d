package dev.promptlab.limit.budget;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BudgetStoreTest {
    private TestDatabase database;
    private Database db;
    private BudgetRows rows;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        db = database.db();
        rows = new BudgetRows(db);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void periodsAreThoseOfTheCalendarInUtc() {
        assertThat(period("day", "2026-11-25T23:59:59Z")).isEqualTo("2026-11-25 2026-11-26");
        assertThat(period("day", "2026-11-26T00:30:00+01:00")).isEqualTo("2026-11-25 2026-11-26");
        assertThat(period("week", "2027-01-02T12:00:00Z")).isEqualTo("2026-12-28 2027-01-04");
        assertThat(period("month", "2028-02-29T12:00:00Z")).isEqualTo("2028-02-01 2028-03-01");
        assertThat(period("total", "2028-02-29T12:00:00Z")).isEqualTo("1970-01-01 never");
        var inAnotherZone = db.<String>transaction(tx -> {
            tx.execute("set local timezone = 'Pacific/Auckland'");
            return tx.createQuery(
                    """
                            select to_char(budget_period_start_v1('month', timestamptz '2026-10-31T23:00:00Z') at time zone 'UTC', 'YYYY-MM-DD')""")
                    .mapTo(String.class).one();
        });
        assertThat(inAnotherZone).isEqualTo("2026-10-01");
    }

    private String period(String period, String at) {
        return db.autocommit(handle -> handle.createQuery("""
                select to_char(s at time zone 'UTC', 'YYYY-MM-DD') || ' '
                       || coalesce(to_char(budget_period_end_v1(:period, s) at time zone 'UTC', 'YYYY-MM-DD'), 'never')
                  from (select budget_period_start_v1(:period, cast(:at as timestamptz)) as s) x""")
                .bind("period", period).bind("at", at).mapTo(String.class).one());
    }

    /// Workers, requests and administrators at the same rows, in every order.
    @Test
    void whateverHappensAtTheSameTimeNobodyWaitsInACircleAndTheBooksBalance() throws Exception {
        var keys = List.of(rows.apiKey(), rows.apiKey());
        var budgets = IntStream.range(0, 6).mapToObj(i -> rows.budget(i < 3 ? null : keys.get(i % 2),
                List.of(Period.DAY, Period.WEEK, Period.MONTH).get(i % 3), new Limit(new BigDecimal("3"), null)))
                .toList();
        var requests = database.as(DatabaseRole.API);
        var workers = database.as(DatabaseRole.WORKER);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = IntStream.range(0, 200).<Callable<Boolean>>mapToObj(i -> () -> {
                life(requests, workers, keys.get(i % 2), i);
                if (i == 150) {
                    requests.inTransaction(BudgetRows.WORKSPACE,
                            tx -> BudgetStore.delete(tx, BudgetRows.WORKSPACE, budgets.getFirst()));
                }
                return true;
            }).toList();
            for (var done : threads.invokeAll(tasks)) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(rows.unbalanced()).isZero();
        assertThat(db.<Boolean>autocommit(handle -> handle.createQuery(
                """
                        select bool_and(u.spent_usd + u.held_usd + u.unknown_usd <= b.limit_usd) from budget_use u join budget b on b.id = u.budget_id""")
                .mapTo(Boolean.class).one())).isTrue();
        assertThat(db.<Integer>autocommit(handle -> handle.createQuery("select count(*)::int from budget_hold")
                .mapTo(Integer.class).one())).isZero();
    }

    private void life(Database requests, Database workers, UUID key, int i) {
        var id = UUID.randomUUID();
        var claim = new Claim(id, BudgetRows.WORKSPACE, key, new WorstCase(new BigDecimal("0.05"), 10L, ""));
        rows.live(id, 0);
        if (!requests.transaction(BudgetRows.WORKSPACE, tx -> Holds.take(tx, List.of(claim))).refused().isEmpty()) {
            rows.end(id);
            return;
        }
        rows.attempt(id, 1, new BigDecimal("0.02"), 5L, i % 3 == 0);
        workers.transaction(tx -> Holds.extend(tx, id));
        rows.end(id);
        if (i % 2 == 0) {
            requests.inTransaction(BudgetRows.WORKSPACE, tx -> Holds.settle(tx, List.of(id)));
        } else {
            workers.inTransaction(tx -> BudgetStore.settle(tx, BudgetStore.ended(tx, 50), true));
            workers.inTransaction(tx -> Holds.settle(tx, List.of(id)));
        }
    }
}
