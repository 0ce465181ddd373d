package dev.promptlab.config;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NearestTest {
    private static final List<String> WORDS = List.of("port", "host", "heartbeat");

    @Test
    void findsWhatIsAFewEditsAway() {
        assertThat(Nearest.of("prot", WORDS)).contains("port");
        assertThat(Nearest.of("hearbeet", WORDS)).contains("heartbeat");
        assertThat(Nearest.of("port", WORDS)).contains("port");
        assertThat(Nearest.hint("hst", WORDS)).isEqualTo("; did you mean \"host\"?");
    }

    @Test
    void doesNotComputeWhatCannotBeNear() {
        assertThat(Nearest.of("port".repeat(10_000_000), WORDS)).isEmpty();
    }

    @Test
    void saysNothingWhenNothingIsNear() {
        assertThat(Nearest.of("concurrency", WORDS)).isEmpty();
        assertThat(Nearest.of("hat", List.of("dog"))).isEmpty();
        assertThat(Nearest.of("port", List.of())).isEmpty();
        assertThat(Nearest.hint("concurrency", WORDS)).isEmpty();
    }
}
