package dev.promptlab.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

class RequestTargetFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void aPathThatPassesHasOneReading(FuzzedDataProvider data) {
        var path = data.consumeRemainingAsString();
        RequestTarget.queryProblem(path);
        if (RequestTarget.problem(path).isEmpty()) {
            var decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
            assertThat(decoded.split("/", -1)).as(path).hasSameSizeAs(path.split("/", -1)).doesNotContain(".", "..");
            assertThat(decoded).doesNotContain("//", "\\", "%", "\0", "\uFFFD");
        }
    }
}
