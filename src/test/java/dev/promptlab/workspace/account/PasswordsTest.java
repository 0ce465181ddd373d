package dev.promptlab.workspace.account;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.web.Failure;
import dev.promptlab.workspace.account.Argon2Hash.Cost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PasswordsTest {
    private final Passwords passwords = new Passwords();

    @Test
    void aHashIsAPhcStringThatOnlyThePasswordMatches() {
        var hash = passwords.hash("correct horse");
        assertThat(hash).matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
        assertThat(passwords.matches("correct horse", hash)).isTrue();
        assertThat(passwords.matches("correct horse ", hash)).isFalse();
        assertThat(passwords.matches("correct horse", null)).isFalse();
        assertThat(passwords.hash("correct horse")).as("another salt").isNotEqualTo(hash);
    }

    /// The test vectors of the reference implementation (argon2 in C, test.c).
    @Test
    void computesWhatOthersCompute() {
        var hash = Argon2Hash.of("password", "somesalt".getBytes(StandardCharsets.US_ASCII), new Cost(65_536, 2, 1));
        assertThat(hash).hasToString(
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
        assertThat(Argon2Hash.parse(hash.toString()).matches("password")).isTrue();
    }

    @Test
    void knowsAHashOfAnotherCost() {
        assertThat(Passwords.isCurrent(passwords.hash("correct horse"))).isTrue();
        var old = Argon2Hash.of("correct horse", new byte[16], new Cost(8, 1, 1)).toString();
        assertThat(Passwords.isCurrent(old)).isFalse();
        assertThat(passwords.matches("correct horse", old)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA"})
    void whatIsNoHashIsAFault(String stored) {
        assertThatThrownBy(() -> passwords.matches("x", stored)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whoWaitsTooLongIsSentAway() {
        var closed = new Passwords(0, Duration.ofMillis(1));
        assertThatThrownBy(() -> closed.hash("correct horse")).isInstanceOf(Failure.Unavailable.class)
                .hasMessageContaining("too many people are signing in");
    }

    /// 40 people at once on 2 turns: all get theirs, one after another.
    @Test
    void manyAtOnceAllGetTheirTurn() throws Exception {
        var two = new Passwords(2, Duration.ofMinutes(1));
        var old = Argon2Hash.of("correct horse", new byte[16], new Cost(8, 1, 1)).toString();
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 40).mapToObj(_ -> people.submit(() -> two.matches("correct horse", old)))
                    .toList();
            for (var one : all) {
                assertThat(one.get()).isTrue();
            }
        }
    }
}
