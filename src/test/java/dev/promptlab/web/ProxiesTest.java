package dev.promptlab.web;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

import dev.promptlab.net.Literals;
import dev.promptlab.net.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProxiesTest {
    private static final String PROXY = "10.0.0.1";
    private final Proxies proxies = new Proxies(
            Stream.of("10.0.0.0/8", "fd00::/8", "192.0.2.7").map(Network::parse).toList());

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            203.0.113.9                         | 203.0.113.9
            203.0.113.9, 10.1.1.1               | 203.0.113.9
            203.0.113.9, fd00::2, 192.0.2.7     | 203.0.113.9
            203.0.113.9:51234                   | 203.0.113.9
            2001:DB8:0:0:0:0:0:1                | 2001:db8::1
            [2001:db8::1]                       | 2001:db8::1
            [2001:db8::1]:51234                 | 2001:db8::1
            ::ffff:203.0.113.9                  | 203.0.113.9
            ::FFFF:10.1.1.1                     | 10.1.1.1
            10.1.1.1, 10.1.1.2                  | 10.1.1.1
            """)
    void theClientIsWhomTheOutermostTrustedProxyNames(String forwardedFor, String client) {
        assertThat(client(PROXY, forwardedFor)).isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.6.6.6, 203.0.113.9", "10.9.9.9, 203.0.113.9", "127.0.0.1,203.0.113.9 , 10.1.1.1",
            "unknown, 203.0.113.9", "6.6.6.6,, 203.0.113.9", "\" , 203.0.113.9"})
    void whatAClientPutsInFrontCountsForNothing(String forwardedFor) {
        assertThat(client(PROXY, forwardedFor)).isEqualTo("203.0.113.9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.9", "10.0.0.2", "127.0.0.1"})
    void aPeerThatIsNotTrustedIsTheClientWhateverItSays(String forwardedFor) {
        assertThat(client("198.51.100.4", forwardedFor)).isEqualTo("198.51.100.4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "unknown", "_hidden", "6.6.6.6, unknown", "6.6.6.6,", "6.6.6.6, 256.1.1.1",
            "6.6.6.6, 0x7f.1", "6.6.6.6, 127.1", "6.6.6.6, fe80::1%eth0", "6.6.6.6, [::1", "6.6.6.6, 1.2.3.4:x",
            "6.6.6.6, \"1.2.3.4\"", "6.6.6.6, localhost", "6.6.6.6, 1.2.3.4:123456", "6.6.6.6, for=1.2.3.4"})
    void anOddEntryEndsTheWalkAtWhomItWasHeardFrom(String forwardedFor) {
        assertThat(client(PROXY, forwardedFor)).isEqualTo(PROXY);
    }

    @Test
    void severalHeadersAreOneListInTheirOrder() {
        assertThat(Literals.text(proxies.client(address(PROXY), List.of("6.6.6.6", "203.0.113.9", "10.1.1.1"))))
                .isEqualTo("203.0.113.9");
    }

    @Test
    void withoutTrustedProxiesNobodyIsBelieved() {
        assertThat(Proxies.NONE.client(address("127.0.0.1"), List.of("203.0.113.9"))).isEqualTo(address("127.0.0.1"));
    }

    private String client(String peer, String forwardedFor) {
        return Literals.text(proxies.client(address(peer), List.of(forwardedFor)));
    }

    private static InetAddress address(String text) {
        return Literals.parse(text).orElseThrow();
    }
}
