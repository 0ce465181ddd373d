package dev.promptlab.callback;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.config.Secret;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SigningSecretsTest {
    private TestDatabase database;
    private SigningSecrets secrets;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        secrets = new SigningSecrets(database.db(), TestServer.dataKeys(database));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void manyWhoNeedTheFirstSecretAtOnceGetTheSame() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = threads.invokeAll(IntStream.range(0, 8)
                    .<Callable<List<Secret>>>mapToObj(_ -> () -> secrets.of(Caller.DEFAULT_WORKSPACE)).toList());
            for (var one : all) {
                assertThat(one.get()).isEqualTo(all.getFirst().get()).hasSize(1);
            }
        }
        assertThat(secrets.of(Caller.DEFAULT_WORKSPACE).getFirst().value()).matches("whsec_[A-Za-z0-9_-]{43}");
    }

    @Test
    void theSecretBeforeSignsForADayAfterARotation() {
        var first = secrets.of(Caller.DEFAULT_WORKSPACE).getFirst();
        var second = secrets.rotate(Caller.LOCAL).secret();
        assertThat(secrets.of(Caller.DEFAULT_WORKSPACE)).containsExactly(second, first);
        var third = secrets.rotate(Caller.LOCAL).secret();
        assertThat(secrets.of(Caller.DEFAULT_WORKSPACE)).containsExactly(third, second);

        execute("update callback_secret set previous_until = now()");
        assertThat(secrets.of(Caller.DEFAULT_WORKSPACE)).containsExactly(third);
        assertThat(secrets.show(Caller.DEFAULT_WORKSPACE).previousUntil()).isNull();
    }

    @Test
    void theDatabaseHoldsItSealedAndTheTrailKnowsOfRotations() {
        var secret = secrets.rotate(Caller.LOCAL).secret();
        var stored = database.db().autocommit(handle -> handle
                .createQuery(
                        "select encode(sealed, 'escape') || (select string_agg(e::text, '') from audit_event e) from callback_secret")
                .mapTo(String.class).one());
        assertThat(stored).contains("callback.rotate_secret").doesNotContain(secret.value().substring(6));
    }

    private void execute(String sql) {
        database.db().autocommit(handle -> handle.execute(sql));
    }
}
