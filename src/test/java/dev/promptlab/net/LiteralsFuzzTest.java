package dev.promptlab.net;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

class LiteralsFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void anAddressReadsBackFromItsSpelling(FuzzedDataProvider data) {
        Literals.parse(data.consumeRemainingAsString()).ifPresent(
                address -> assertThat(Literals.parse(Literals.text(address))).contains(address));
    }
}
