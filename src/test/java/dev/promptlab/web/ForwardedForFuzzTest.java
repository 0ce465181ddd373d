package dev.promptlab.web;

import java.net.InetAddress;
import java.util.List;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.promptlab.net.Literals;
import dev.promptlab.net.Network;

import static org.assertj.core.api.Assertions.assertThat;

class ForwardedForFuzzTest {
    private static final InetAddress PROXY = Literals.parse("10.0.0.1").orElseThrow();
    private static final Proxies PROXIES = new Proxies(List.of(Network.parse("10.0.0.0/8"), Network.parse("fd00::/8")));

    /// The client writes what it likes; the proxy appends the address that it saw.
    @FuzzTest(maxDuration = "30s")
    void whatAClientWritesChangesNothing(FuzzedDataProvider data) {
        var written = data.consumeRemainingAsString();
        var seen = Literals.parse("203.0.113.9").orElseThrow();
        assertThat(PROXIES.client(PROXY, List.of(written + ", 203.0.113.9"))).isEqualTo(seen);
        assertThat(PROXIES.client(PROXY, List.of(written, "203.0.113.9"))).isEqualTo(seen);
        assertThat(PROXIES.client(seen, List.of(written))).isEqualTo(seen);
        Literals.text(PROXIES.client(PROXY, List.of(written)));
    }
}
