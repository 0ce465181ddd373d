package dev.promptlab.workspace.account;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import com.nimbusds.jose.jwk.ECKey;
import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.MasterKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SigningKeysTest {
    private TestDatabase database;
    private Database db;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        db = database.as(DatabaseRole.AUTH);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void manyProcessesThatStartAtOnceMakeOneKey() throws Exception {
        try (var processes = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : IntStream.range(0, 8).mapToObj(_ -> processes.submit(() -> process().makeFirst()))
                    .toList()) {
                one.get();
            }
        }
        assertThat(process().published()).hasSize(1);
        assertThat(process().signer().getKeyID()).isEqualTo(process().published().iterator().next().getKeyID());
    }

    @Test
    void thePrivateKeyIsSealedAndIsNeverPublished() {
        process().makeFirst();
        var key = process().signer();
        assertThat(process().published()).noneMatch(ECKey::isPrivate);
        var row = database.db().autocommit(handle -> handle.createQuery(
                "select public_key::text || encode(sealed_key, 'escape') from signing_key").mapTo(String.class).one());
        assertThat(row).doesNotContain(key.getD().toString());
        var other = MasterKey.of(new Secret("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
        assertThatThrownBy(() -> new SigningKeys(db, DataKeys.in(db, other)).signer())
                .isInstanceOf(MasterKey.WrongKeyException.class);
    }

    @Test
    void aNewKeyIsKnownToAllBeforeItSigns() {
        var one = process();
        one.makeFirst();
        var first = one.signer().getKeyID();
        var second = process().rotate();
        assertThat(process().signer().getKeyID()).isEqualTo(first);
        assertThat(process().published()).extracting(ECKey::getKeyID).containsExactly(first, second);

        pass("9 minutes 59 seconds");
        assertThat(process().signer().getKeyID()).isEqualTo(first);
        pass("1 second");
        assertThat(process().signer().getKeyID()).isEqualTo(second);
        assertThat(one.signer().getKeyID()).as("a process that has not looked since").isEqualTo(first);
    }

    @Test
    void aRotationSignsNobodyOut() {
        var accounts = new TestAccounts(db);
        var sessions = new Sessions(db);
        var user = accounts.user("ada@example.com");
        var session = accounts.session(sessions, user.id(), Client.Kind.TOKEN).id();
        var keys = process();
        keys.makeFirst();
        var old = tokens(keys, sessions).issue(user, session, null).token().value();
        keys.rotate();
        pass("10 minutes");
        var fresh = tokens(process(), sessions).issue(user, session, null).token().value();

        assertThat(tokens(process(), sessions).verify(old)).isPresent();
        assertThat(tokens(process(), sessions).verify(fresh)).isPresent();
        pass("19 minutes 59 seconds");
        assertThat(tokens(process(), sessions).verify(old)).as("signed by a process that was late").isPresent();
        pass("1 second");
        assertThat(tokens(process(), sessions).verify(old)).isEmpty();
        assertThat(tokens(process(), sessions).verify(fresh)).isPresent();
    }

    @Test
    void aProcessTakesATokenOfAKeyThatItHasNotSeenYet() {
        var keys = process();
        keys.makeFirst();
        keys.signer();
        var second = process().rotate();
        assertThat(keys.published()).isNotEmpty();
        await(keys, second);
    }

    @Test
    void rotatingTwiceKeepsEveryKeyUntilItsTokensHaveExpired() {
        process().makeFirst();
        var first = process().signer().getKeyID();
        var second = process().rotate();
        pass("1 minute");
        var third = process().rotate();
        assertThat(process().published()).extracting(ECKey::getKeyID).containsExactly(first, second, third);
        pass("9 minutes");
        assertThat(process().signer().getKeyID()).isEqualTo(second);
        pass("1 minute");
        assertThat(process().signer().getKeyID()).isEqualTo(third);
        pass("20 minutes");
        assertThat(process().published()).extracting(ECKey::getKeyID).containsExactly(third);
        process().rotate();
        int left = database.db().autocommit(handle -> handle.createQuery("select count(*) from signing_key")
                .mapTo(Integer.class).one());
        assertThat(left).as("retired keys are removed").isEqualTo(2);
    }

    @Test
    void strangersCannotMakeItAskTheDatabaseAllTheTime() {
        var pool = Database.open(database.url(), 1, DatabaseRole.AUTH);
        var keys = new SigningKeys(pool, TestServer.dataKeys(database), Duration.ofHours(1));
        keys.makeFirst();
        var known = keys.signer().getKeyID();
        pool.close();
        for (int i = 0; i < 1_000; i++) {
            assertThat(keys.verifier("stranger " + i)).isEmpty();
        }
        assertThat(keys.verifier(known)).isPresent();
    }

    private static void await(SigningKeys keys, String kid) {
        var end = System.nanoTime() + 10_000_000_000L;
        while (keys.verifier(kid).isEmpty()) {
            assertThat(System.nanoTime()).as("the key is not known yet").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /// As another one that has just started.
    private SigningKeys process() {
        return new SigningKeys(db, TestServer.dataKeys(database));
    }

    private static AccessTokens tokens(SigningKeys keys, Sessions sessions) {
        return new AccessTokens(keys, sessions, Clock.systemUTC());
    }

    private void pass(String time) {
        database.db().autocommit(handle -> handle.createUpdate("""
                update signing_key set signs_from = signs_from - cast(:time as interval),
                       verifies_until = verifies_until - cast(:time as interval)""").bind("time", time).execute());
    }
}
