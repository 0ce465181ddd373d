package dev.promptlab.config;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "5s, PT5S", "2m, PT2M", "1h, PT1H", "7d, PT168H", "999999999d, PT23999999976H"})
    void readsWhatItWrites(String text, Duration duration) {
        assertThat(Durations.parse(text)).contains(duration);
        assertThat(Durations.format(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"90s, 90s", "120s, 2m", "1000ms, 1s", "24h, 1d", "0ms, 0s"})
    void writesTheShortestSpelling(String text, String shortest) {
        assertThat(Durations.parse(text).map(Durations::format)).contains(shortest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "1.5s", "5S", "5sec", "1m30s", "1000000000s", "٥s"})
    void refusesEverythingElse(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }
}
