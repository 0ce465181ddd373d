package dev.promptlab.redis;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PausesTest {
    private final Pauses pauses = new Pauses();

    @Test
    void triesOnceASecondWhileRedisIsAway() {
        assertThat(pauses.next()).isEqualTo(Duration.ofMillis(100));
        pauses.failed();
        assertThat(pauses.next()).isEqualTo(Duration.ofMillis(200));
        for (int i = 0; i < 100; i++) {
            pauses.failed();
        }
        assertThat(pauses.next()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void triesMoreAndMoreRarelyWhatIsWellForMomentsOnly() {
        pauses.lostAfter(Duration.ofSeconds(1));
        assertThat(pauses.next()).isEqualTo(Duration.ofMillis(200));
        for (int i = 0; i < 100; i++) {
            pauses.lostAfter(Duration.ofSeconds(1));
        }
        assertThat(pauses.next()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void forgivesWhatWasWellForLong() {
        pauses.lostAfter(Duration.ofSeconds(1));
        pauses.failed();
        pauses.lostAfter(Duration.ofSeconds(10));
        assertThat(pauses.next()).isEqualTo(Duration.ofMillis(100));
    }
}
