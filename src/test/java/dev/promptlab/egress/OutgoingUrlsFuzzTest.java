package dev.promptlab.egress;

import java.net.URI;
import java.util.List;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.promptlab.net.Literals;

import static org.assertj.core.api.Assertions.assertThat;

class OutgoingUrlsFuzzTest {
    private static final OutgoingUrls URLS = OutgoingUrls.allowing(List.of());

    @FuzzTest(maxDuration = "30s")
    void aUrlThatPassesNamesNoPrivateAddress(FuzzedDataProvider data) {
        var url = data.consumeRemainingAsString();
        if (URLS.problem(url).isEmpty()) {
            var uri = URI.create(url);
            assertThat(uri.getScheme()).isNotNull().matches("(?i)https?");
            var host = OutgoingUrls.host(uri);
            Literals.parse(host).ifPresent(address -> assertThat(PublicAddresses.contains(address)).as(url).isTrue());
            assertThat(host).doesNotContain("@").isNotEqualTo("localhost");
        }
    }
}
