package dev.promptlab.web;

import java.io.ByteArrayInputStream;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

class BatchBodyFuzzTest {
    private static final BatchBody.Limits LIMITS = new BatchBody.Limits(1 << 16, 1 << 10);

    @FuzzTest(maxDuration = "30s")
    void aBatchEndsWhateverItHolds(FuzzedDataProvider data) {
        boolean lines = data.consumeBoolean();
        var bytes = data.consumeRemainingAsBytes();
        try {
            var batch = BatchBody.of(lines ? "application/jsonl" : "application/json", new ByteArrayInputStream(bytes),
                    LIMITS);
            int entries = 0;
            for (var entry = batch.next(); entry.isPresent(); entry = batch.next()) {
                assertThat(entry.get().value() == null).isNotEqualTo(entry.get().failure() == null);
                assertThat(++entries).isLessThanOrEqualTo(bytes.length + 1);
            }
        } catch (Failure.Invalid | Failure.PayloadTooLarge _) {
            // of the whole body
        }
    }
}
