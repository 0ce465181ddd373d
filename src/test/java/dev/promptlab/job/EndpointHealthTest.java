package dev.promptlab.job;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EndpointHealthTest {
    private final EndpointHealth health = new EndpointHealth();
    private long now = -5;

    @Test
    void halfOfTenCallsBreakIt() {
        for (int i = 0; i < 9; i++) {
            assertThat(ends(i % 2 == 0)).isFalse();
        }
        assertThat(ends(false)).isTrue();
    }

    @Test
    void fewCallsProveNothing() {
        for (int i = 0; i < 9; i++) {
            assertThat(ends(false)).isFalse();
        }
    }

    @Test
    void whatIsLongAgoDoesNotCount() {
        for (int i = 0; i < 9; i++) {
            ends(false);
        }
        now += Duration.ofSeconds(32).toNanos();

        assertThat(ends(false)).isFalse();
    }

    @Test
    void callsOfBeforeAreNoNewBreak() {
        long before = now;
        for (int i = 0; i < 10; i++) {
            ends(false);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(health.breaks(false, before, ++now)).isFalse();
        }
    }

    private boolean ends(boolean answered) {
        now++;
        return health.breaks(answered, now, now);
    }
}
