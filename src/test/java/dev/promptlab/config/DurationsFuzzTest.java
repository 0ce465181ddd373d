package dev.promptlab.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

class DurationsFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void aDurationReadsBackFromItsSpelling(FuzzedDataProvider data) {
        Durations.parse(data.consumeRemainingAsString()).ifPresent(
                duration -> assertThat(Durations.parse(Durations.format(duration))).contains(duration));
    }
}
