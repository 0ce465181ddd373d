package dev.promptlab.limit.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.limit.budget.BudgetModel.Attempt;
import dev.promptlab.limit.budget.BudgetModel.Rule;
import dev.promptlab.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// Random histories of submits, calls, ends, settlements and lives after, over months: the store against [BudgetModel].
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetModelTest {
    private static final int STEPS = 200;

    private TestDatabase database;
    private Database db;
    private BudgetRows rows;
    private BudgetModel model = new BudgetModel(List.of());
    private Random random = new Random(0);
    private Instant now = Instant.EPOCH;
    private List<@Nullable UUID> keys = new ArrayList<>();

    @BeforeAll
    void open() {
        database = TestDatabase.create();
        db = database.db();
        rows = new BudgetRows(db);
    }

    @AfterAll
    void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theStoreAgreesWithTheModel(long seed) {
        random = new Random(seed);
        now = Instant.parse("2026-12-29T22:00:00Z");
        db.autocommit(handle -> handle.execute("delete from budget"));
        keys = new ArrayList<>();
        keys.add(null);
        keys.add(rows.apiKey());
        keys.add(rows.apiKey());
        model = new BudgetModel(rules());
        for (int i = 0; i < STEPS; i++) {
            step();
            if (i % 5 == 0 || i == STEPS - 1) {
                check("seed " + seed + " step " + i);
            }
        }
    }

    private List<Rule> rules() {
        var rules = new ArrayList<Rule>();
        for (var key : keys) {
            for (var period : Period.values()) {
                if (random.nextBoolean()) {
                    var limit = random.nextBoolean() ? new Limit(new BigDecimal("1.5"), null)
                            : new Limit(new BigDecimal("2"), 2_000L);
                    rules.add(new Rule(rows.budget(key, period, limit), key, period, limit));
                }
            }
        }
        return rules;
    }

    private void step() {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> submit();
            case 4, 5 -> call();
            case 6, 7 -> end();
            case 8 -> settleSome();
            case 9 -> settleAll();
            case 10 -> liveAgain();
            default -> now = now.plus(Duration.ofHours(random.nextInt(40)));
        }
    }

    private void submit() {
        var claims = new ArrayList<Claim>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            claims.add(claim(UUID.randomUUID()));
        }
        claims.forEach(claim -> rows.live(claim.jobId(), 0));
        var refused = db.transaction(tx -> Holds.take(tx, claims, now)).refused().keySet();
        for (var claim : claims) {
            assertThat(!refused.contains(claim.jobId())).isEqualTo(model.submit(claim, now));
        }
        refused.forEach(rows::end);
    }

    private Claim claim(UUID jobId) {
        return new Claim(jobId, BudgetRows.WORKSPACE, keys.get(random.nextInt(keys.size())),
                new WorstCase(money(), (long) random.nextInt(300), ""));
    }

    private BigDecimal money() {
        return BigDecimal.valueOf(random.nextInt(300_000_000), 9);
    }

    /// One that is not the first must fit, too; a job whose call does not ends.
    private void call() {
        var life = pick(false);
        if (life == null) {
            return;
        }
        var id = life.claim.jobId();
        if (!life.attempts.isEmpty()) {
            boolean fits = db.transaction(tx -> Holds.extend(tx, id)).isEmpty();
            assertThat(fits).isEqualTo(model.extend(id));
            if (!fits) {
                rows.end(id);
                life.ended = true;
                return;
            }
        }
        attempt(life);
    }

    private void attempt(BudgetModel.Life life) {
        var worst = life.claim.worst().amount();
        int number = 1 + db.autocommit(handle -> handle.createQuery(
                "select coalesce(max(attempt), 0) from job_attempt where job_id = :id").bind("id", life.claim.jobId())
                .mapTo(Integer.class).one());
        boolean silent = random.nextInt(8) == 0;
        boolean estimated = random.nextInt(4) == 0;
        var usd = silent ? null : worst.usd().movePointLeft(random.nextInt(3));
        var tokens = silent ? null : Long.valueOf(worst.tokens() / (1 + random.nextInt(3)));
        rows.attempt(life.claim.jobId(), number, usd, tokens, estimated && !silent);
        var recorded = new Amount(usd == null ? BigDecimal.ZERO : usd, tokens == null ? 0 : tokens);
        life.attempts.add(new Attempt(recorded, silent || estimated
                ? new Amount(worst.usd().subtract(recorded.usd()), worst.tokens() - recorded.tokens())
                : Amount.ZERO));
    }

    private void end() {
        var life = pick(false);
        if (life != null) {
            rows.end(life.claim.jobId());
            life.ended = true;
        }
    }

    private void settleSome() {
        var life = pick(true);
        if (life != null) {
            db.inTransaction(tx -> Holds.settle(tx, List.of(life.claim.jobId())));
            model.settle(life.claim.jobId());
        }
    }

    /// As [Settlements] does, which also meets jobs that live.
    private void settleAll() {
        var all = List.copyOf(model.lives.keySet());
        assertThat(unsettled()).allMatch(id -> requireNonNull(model.lives.get(id)).ended);
        db.inTransaction(tx -> BudgetStore.settle(tx, all, true));
        model.lives.values().stream().filter(life -> life.ended).forEach(life -> model.settle(life.claim.jobId()));
        assertThat(unsettled()).isEmpty();
    }

    private Set<UUID> unsettled() {
        return db.autocommit(handle -> BudgetStore.ended(handle, 10_000));
    }

    /// As a retry does.
    private void liveAgain() {
        var life = pick(true);
        if (life == null) {
            return;
        }
        var id = life.claim.jobId();
        int attempts = db.autocommit(handle -> handle.createQuery(
                "select coalesce(max(attempt), 0) from job_attempt where job_id = :id").bind("id", id)
                .mapTo(Integer.class).one());
        var claim = claim(id);
        rows.live(id, attempts);
        var refused = db.transaction(tx -> {
            Holds.settle(tx, List.of(id));
            return Holds.take(tx, List.of(claim), now).refused();
        });
        model.settle(id);
        assertThat(refused.isEmpty()).isEqualTo(model.submit(claim, now));
        if (!refused.isEmpty()) {
            rows.end(id);
        }
    }

    private BudgetModel.@Nullable Life pick(boolean ended) {
        var some = model.lives.values().stream().filter(life -> life.ended == ended).toList();
        return some.isEmpty() ? null : some.get(random.nextInt(some.size()));
    }

    private void check(String when) {
        assertThat(rows.unbalanced()).as(when).isZero();
        model.states.forEach((place, expected) -> {
            var actual = rows.state(place.budgetId(), place.start());
            assertThat(actual.spent().usd()).as(when).isEqualByComparingTo(expected.spent().usd());
            assertThat(actual.held().usd()).as(when).isEqualByComparingTo(expected.held().usd());
            assertThat(actual.unknown().usd()).as(when).isEqualByComparingTo(expected.unknown().usd());
            assertThat(actual.gone().tokens()).as(when).isEqualTo(expected.gone().tokens());
            assertThat(actual.spent().tokens()).as(when).isEqualTo(expected.spent().tokens());
        });
    }
}
