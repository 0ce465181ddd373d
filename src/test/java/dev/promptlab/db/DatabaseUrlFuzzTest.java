package dev.promptlab.db;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseUrlFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void aUrlIsReadOrRefusedAndNeverShowsItsPassword(FuzzedDataProvider data) {
        var text = data.consumeRemainingAsString();
        try {
            var url = DatabaseUrl.parse(text);
            assertThat(url.jdbcUrl()).startsWith("jdbc:postgresql://");
            assertThat(url.toString()).doesNotContain(":" + url.password() + "@");
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("DATABASE_URL ");
            assertThat(e.getMessage()).doesNotContain("hunter2");
        }
    }
}
