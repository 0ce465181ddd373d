package dev.promptlab.workspace.account;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.workspace.account.Sessions.Refresh;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SessionsTest {
    private static TestDatabase database;
    private static TestAccounts accounts;
    private static Database another;

    private Sessions sessions;
    private User user;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        accounts = TestAccounts.on(database);
        another = Database.open(database.url(), 2, DatabaseRole.AUTH);
    }

    @AfterAll
    static void stop() {
        another.close();
        database.close();
    }

    @BeforeEach
    void signUp() {
        sessions = new Sessions(database.as(DatabaseRole.AUTH));
        user = accounts.user(UUID.randomUUID() + "@example.com");
    }

    @Test
    void eachUseOfARefreshTokenGivesTheNextOne() {
        var opened = open(Client.Kind.TOKEN);
        var next = refreshed(opened.secret());
        assertThat(next.user()).isEqualTo(user);
        assertThat(next.session().id()).isEqualTo(opened.id());
        assertThat(next.session().secret().value()).startsWith("plr_").isNotEqualTo(opened.secret().value());
        assertThat(refreshed(next.session().secret()).session().id()).isEqualTo(opened.id());
    }

    @Test
    void aRefreshTokenThatComesTwiceEndsItsSession() {
        var opened = open(Client.Kind.TOKEN);
        var next = refreshed(opened.secret());
        var other = open(Client.Kind.TOKEN);

        assertThat(sessions.refresh(opened.secret())).isEqualTo(new Refresh.Stolen(opened.id()));

        assertThat(sessions.refresh(next.session().secret())).isEqualTo(new Refresh.Unknown());
        assertThat(sessions.find(opened.id())).isEmpty();
        assertThat(sessions.find(other.id())).as("another session of the user").isPresent();
    }

    @Test
    void ofManyWhoComeWithOneTokenAtOnceAtMostOneIsServed() throws Exception {
        var opened = open(Client.Kind.TOKEN);
        var processes = new Sessions[]{sessions, new Sessions(another)};
        try (var thieves = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 20)
                    .mapToObj(i -> thieves.submit(() -> processes[i % 2].refresh(opened.secret()))).toList();
            int done = 0;
            for (var one : all) {
                done += one.get() instanceof Refresh.Done ? 1 : 0;
            }
            assertThat(done).isOne();
        }
        int left = database.db().autocommit(handle -> handle
                .createQuery("select count(*) from auth_session where id = :id").bind("id", opened.id())
                .mapTo(Integer.class).one());
        assertThat(left).as("sessions").isZero();
    }

    @Test
    void aTokenThatNobodyGaveIsUnknown() {
        assertThat(sessions.refresh(new Secret("plr_x"))).isEqualTo(new Refresh.Unknown());
    }

    @Test
    void onlyHashesAreStored() {
        var opened = open(Client.Kind.TOKEN);
        var cookie = open(Client.Kind.COOKIE);
        var stored = database.db().autocommit(handle -> handle.createQuery("""
                select string_agg(t, ' ') from (select r::text t from refresh_token r union all
                                                select s::text from auth_session s) rows""").mapTo(String.class).one());
        assertThat(stored).doesNotContain(opened.secret().value()).doesNotContain(cookie.secret().value());
        assertThat(opened).asString().doesNotContain(opened.secret().value());
    }

    @Test
    void anotherProcessRefusesARevokedSessionWithinTwoSeconds() {
        var opened = open(Client.Kind.TOKEN);
        var cookie = open(Client.Kind.COOKIE);
        var elsewhere = new Sessions(another);
        assertThat(elsewhere.find(opened.id())).isPresent();
        assertThat(elsewhere.find(cookie.secret().value())).isPresent();

        sessions.revokeAll(user.id());

        var revoked = System.nanoTime();
        assertThat(sessions.find(opened.id())).as("this process knows at once").isEmpty();
        assertThat(sessions.find(cookie.secret().value())).isEmpty();
        while (elsewhere.find(opened.id()).isPresent() || elsewhere.find(cookie.secret().value()).isPresent()) {
            assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(Duration.ofSeconds(2));
            Thread.onSpinWait();
        }
    }

    @Test
    void aHintMakesAnotherProcessLookAtOnce() {
        var opened = open(Client.Kind.TOKEN);
        var elsewhere = new Sessions(another);
        sessions.onRevoke(elsewhere::forget);
        assertThat(elsewhere.find(opened.id())).isPresent();
        assertThat(sessions.revoke(user.id(), opened.id())).isTrue();
        assertThat(elsewhere.find(opened.id())).isEmpty();
    }

    @Test
    void nobodyRevokesASessionOfSomebodyElse() {
        var opened = open(Client.Kind.TOKEN);
        var other = accounts.user(UUID.randomUUID() + "@example.com");
        assertThat(sessions.revoke(other.id(), opened.id())).isFalse();
        assertThat(sessions.find(opened.id())).isPresent();
    }

    @Test
    void aSessionEndsAfterThirtyDaysHoweverMuchItIsUsed() {
        var opened = open(Client.Kind.TOKEN);
        set(opened.id(), "expires_at = now() + interval '1 hour'");
        assertThat(sessions.find(opened.id())).isPresent();
        set(opened.id(), "expires_at = now()");
        sessions.forget();
        assertThat(sessions.find(opened.id())).isEmpty();
        assertThat(sessions.refresh(opened.secret())).isEqualTo(new Refresh.Unknown());
        assertThat(sessions.list(user.id())).isEmpty();
    }

    @Test
    void aSessionEndsAfterAWeekWithoutUse() {
        var opened = open(Client.Kind.TOKEN);
        var cookie = open(Client.Kind.COOKIE);
        set(opened.id(), "used_at = now() - interval '6 days 23 hours'");
        set(cookie.id(), "used_at = now() - interval '6 days 23 hours'");
        var next = refreshed(opened.secret());
        assertThat(sessions.find(cookie.secret().value())).isPresent();
        assertThat(sessions.list(user.id())).as("used just now").allSatisfy(session -> assertThat(
                Duration.between(session.usedAt(), session.endsAt())).isEqualTo(Duration.ofDays(7)));

        set(opened.id(), "used_at = now() - interval '7 days'");
        set(cookie.id(), "used_at = now() - interval '7 days'");
        sessions.forget();
        assertThat(sessions.find(opened.id())).isEmpty();
        assertThat(sessions.refresh(next.session().secret())).isEqualTo(new Refresh.Unknown());
        assertThat(sessions.find(cookie.secret().value())).isEmpty();
    }

    @Test
    void aCookieComesWithATokenAgainstForgedRequests() {
        var one = sessions.find(open(Client.Kind.COOKIE).secret().value()).orElseThrow();
        var other = sessions.find(open(Client.Kind.COOKIE).secret().value()).orElseThrow();
        assertThat(one.holder().userId()).isEqualTo(user.id());
        assertThat(one.isCsrfToken(one.csrfToken())).isTrue();
        assertThat(one.isCsrfToken(other.csrfToken())).isFalse();
        assertThat(one.isCsrfToken("")).isFalse();
        assertThat(one.isCsrfToken(null)).isFalse();
    }

    @Test
    void whatIsNoCookieOfOursIsNobodys() {
        var opened = open(Client.Kind.TOKEN);
        assertThat(sessions.find(opened.secret().value())).isEmpty();
        assertThat(sessions.find("")).isEmpty();
        assertThat(sessions.find("plc_" + "x".repeat(5_000))).isEmpty();
    }

    @Test
    void aUserHasAHundredSessionsAtMostAndTheOldestGoFirst() {
        var first = open(Client.Kind.TOKEN);
        for (int i = 0; i < 100; i++) {
            open(Client.Kind.COOKIE);
        }
        assertThat(sessions.list(user.id())).hasSize(100).noneMatch(session -> session.id().equals(first.id()));
    }

    @Test
    void tidyingRemovesOnlyWhatIsOver() {
        var over = open(Client.Kind.TOKEN);
        var live = open(Client.Kind.TOKEN);
        set(over.id(), "expires_at = now() - interval '1 second'");
        sessions.tidy();
        var left = database.db().autocommit(handle -> handle
                .createQuery("select id from auth_session where user_id = :id").bind("id", user.id())
                .mapTo(UUID.class).list());
        assertThat(left).containsExactly(live.id());
    }

    private Sessions.Opened open(Client.Kind kind) {
        return accounts.session(sessions, user.id(), kind);
    }

    private Refresh.Done refreshed(Secret token) {
        return (Refresh.Done) sessions.refresh(token);
    }

    private static void set(UUID id, String assignment) {
        database.db()
                .autocommit(handle -> handle.execute("update auth_session set " + assignment + " where id = ?", id));
    }
}
