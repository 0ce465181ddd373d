package dev.promptlab.workspace.account;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Failure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class SignInLimitsTest {
    private static TestDatabase database;
    private static Database another;
    private static SignInLimits limits;
    private static SignInLimits elsewhere;

    private String email;
    private String address;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        another = Database.open(database.url(), 4, DatabaseRole.AUTH);
        limits = new SignInLimits(database.as(DatabaseRole.AUTH));
        elsewhere = new SignInLimits(another);
    }

    @AfterAll
    static void stop() {
        another.close();
        database.close();
    }

    @BeforeEach
    void somebodyElse() {
        database.db().autocommit(handle -> handle.execute("delete from sign_in_limit"));
        email = UUID.randomUUID() + "@example.com";
        address = UUID.randomUUID().toString();
    }

    @Test
    void fiftyAtOnceOverTwoProcessesGetTenGuesses() throws Exception {
        try (var attackers = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 50).mapToObj(
                    i -> attackers.submit(() -> isLet(i % 2 == 0 ? limits : elsewhere, email, address))).toList();
            int let = 0;
            for (var one : all) {
                let += one.get() ? 1 : 0;
            }
            assertThat(let).isEqualTo(10);
        }
    }

    @Test
    void anAddressGetsAHundredGuessesOverAllAccounts() throws Exception {
        try (var attackers = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 150).mapToObj(i -> attackers
                    .submit(() -> isLet(i % 2 == 0 ? limits : elsewhere, i + email, address))).toList();
            int let = 0;
            for (var one : all) {
                let += one.get() ? 1 : 0;
            }
            assertThat(let).isEqualTo(100);
        }
        assertThatThrownBy(() -> limits.begin(email, address)).isInstanceOf(Failure.RateLimited.class)
                .hasMessageContaining("from your address");
        assertThat(isLet(limits, email, "another address")).as("the account was not counted").isTrue();
        assertThatThrownBy(() -> limits.begin(null, address)).isInstanceOf(Failure.RateLimited.class);
    }

    @Test
    void whoIsRefusedIsToldWhenToComeAgain() {
        for (int i = 0; i < 10; i++) {
            limits.begin(email, address);
        }
        var refused = catchThrowableOfType(Failure.RateLimited.class, () -> limits.begin(email, address));
        assertThat(refused).hasMessage("too many failed attempts for this account; try again in 15 minutes");

        age(Duration.ofMinutes(14).plusSeconds(57));
        assertThat(catchThrowableOfType(Failure.RateLimited.class, () -> limits.begin(email, address)))
                .hasMessageContaining("try again in 1 minutes");
        age(Duration.ofSeconds(3));
        assertThat(isLet(limits, email, address)).isTrue();
    }

    @Test
    void theWindowSlides() {
        for (int i = 0; i < 5; i++) {
            limits.begin(email, address);
        }
        age(Duration.ofMinutes(10));
        for (int i = 0; i < 5; i++) {
            limits.begin(email, address);
        }
        assertThat(isLet(limits, email, address)).isFalse();
        age(Duration.ofMinutes(5));
        for (int i = 0; i < 5; i++) {
            assertThat(isLet(limits, email, address)).isTrue();
        }
        assertThat(isLet(limits, email, address)).isFalse();
    }

    @Test
    void aSuccessForgivesTheAccountAndCountsNothingAgainstTheAddress() {
        for (int round = 0; round < 30; round++) {
            for (int i = 0; i < 3; i++) {
                limits.begin(email, address);
            }
            succeed();
        }
        assertThat(failures(address)).as("failures of the address").isEqualTo(90);
    }

    @Test
    void anAttemptThatNobodyLookedAtDoesNotCount() {
        for (int i = 0; i < 200; i++) {
            limits.takeBack(limits.begin(email, address));
        }
        assertThat(failures(address)).isZero();
    }

    @Test
    void tidyingRemovesOnlyWhatIsOver() {
        limits.begin(email, address);
        age(Duration.ofMinutes(16));
        var other = UUID.randomUUID().toString();
        limits.begin(null, other);
        limits.tidy();
        assertThat(rows(address)).isZero();
        assertThat(rows(other)).isOne();
    }

    private void succeed() {
        var attempt = limits.begin(email, address);
        database.as(DatabaseRole.AUTH).inTransaction(tx -> limits.succeeded(tx, attempt));
    }

    private static boolean isLet(SignInLimits process, @Nullable String email, String address) {
        try {
            process.begin(email, address);
            return true;
        } catch (Failure.RateLimited e) {
            return false;
        }
    }

    private static void age(Duration time) {
        database.db().autocommit(handle -> handle.createUpdate("""
                update sign_in_limit set newest_at = newest_at - :time,
                       failures = array(select f - :time from unnest(failures) f order by f)""")
                .bind("time", time).execute());
    }

    private static int failures(String address) {
        return count("select cardinality(failures) from sign_in_limit where subject = sha256(cast(:name as bytea))",
                address);
    }

    private static int rows(String address) {
        return count("select count(*) from sign_in_limit where subject = sha256(cast(:name as bytea))", address);
    }

    private static int count(String sql, String address) {
        return database.db().autocommit(handle -> handle.createQuery(sql).bind("name", "address " + address)
                .mapTo(Integer.class).one());
    }
}
