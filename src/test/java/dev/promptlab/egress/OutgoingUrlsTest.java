package dev.promptlab.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OutgoingUrlsTest {
    private final OutgoingUrls strict = OutgoingUrls.allowing(List.of());

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com", "http://example.com/hook?x=1&y=%20", "HTTPS://EXAMPLE.com:8443/",
            "https://93.184.215.14/", "http://1.1.1.1:80/x", "https://[2606:4700::1111]/",
            "https://xn--bcher-kva.example/",
            "https://hooks/", "https://a-b.example.co/"})
    void ordinaryUrlsAreTaken(String url) {
        assertThat(strict.problem(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            // no URL to call
            "", "example.com", "/hook", "//example.com/", "ftp://example.com/", "file:///etc/passwd",
            "gopher://example.com/",
            "javascript:alert(1)", "https:", "https:///x", "http:example.com", "https://:443/", "data:text/plain,x",
            // user info, fragments, ports
            "https://user@example.com/", "https://user:pass@example.com/", "https://@example.com/",
            "https://example.com@127.0.0.1/", "https://example.com#@127.0.0.1/", "https://example.com/#x",
            "https://example.com:0/", "https://example.com:65536/", "https://example.com:/", "https://example.com:-1/",
            "https://example.com:99999999999/",
            // characters that parsers read differently
            "https://example.com\\@127.0.0.1/", "https://exam ple.com/", " https://example.com/",
            "https://example.com/\r\nX: y",
            "https://example.com/\u0000", "https://bücher.example/", "https://１２７.0.0.1/", "https://127。0。0。1/",
            "https://example.com/\t", "https://%31%32%37.0.0.1/", "https://127.0.0.1%2f@example.com/",
            "https://ex%41mple.com/",
            // dots
            "https://example.com./", "https://localhost./", "https://127.0.0.1./", "https://.example.com/",
            "https://./",
            "https://example..com/",
            // loopback, in every spelling
            "http://localhost/", "http://LOCALHOST:4000/", "http://foo.localhost/", "http://127.0.0.1/",
            "http://127.255.1.2/",
            "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/",
            "http://0177.0.0.1/", "http://017700000001/", "http://127.0.0.01/", "http://0127.0.0.1/", "http://0/",
            "http://0.0.0.0/", "http://00000177.0.0.1/", "http://256.256.256.256/", "http://1.2.3/",
            "http://1.2.3.4.5/",
            "http://4294967297/", "http://127.0.0.0x1/", "http://example.0x1/", "http://foo.1/",
            // IPv6 and IPv4 inside IPv6
            "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[::7f00:1]/",
            "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::169.254.169.254]/", "http://[2002:7f00:1::]/",
            "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/",
            "http://[fe80::1]/", "http://[2606:4700::1111%251]/", "http://[v1.x]/", "http://[::1/", "http://::1/",
            "http://[fd00:ec2::254]/", "http://[fc00::1]/", "http://[ff02::1]/", "http://[2001:db8::1]/",
            "http://[3fff::1]/",
            "http://[100::1]/", "http://[fec0::1]/", "http://[5f00::1]/",
            // private and special IPv4
            "http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://100.100.100.200/",
            "http://192.0.0.192/",
            "http://192.0.2.1/", "http://198.18.0.1/", "http://198.51.100.1/", "http://203.0.113.1/",
            "http://224.0.0.1/",
            "http://240.0.0.1/", "http://255.255.255.255/", "http://168.63.129.16/", "http://192.88.99.1/",
            "http://0.1.2.3/"})
    void evilSpellingsAndPrivateAddressesAreRefused(String url) {
        assertThat(strict.problem(url)).isPresent();
    }

    @Test
    void longUrlsAreRefused() {
        var longest = "https://example.com/" + "x".repeat(OutgoingUrls.MAX_LENGTH - 20);
        assertThat(strict.problem(longest)).isEmpty();
        assertThat(strict.problem(longest + "x")).hasValue("must be at most 2000 characters, has 2001");
        assertThat(strict.problem("https://" + "a.".repeat(127) + "example/")).isPresent();
    }

    @Test
    void theOperatorMayAllowHostsAddressesAndNetworks() {
        var urls = OutgoingUrls.allowing(List.of("127.0.0.1", "10.1.0.0/16", "FD00::/8", "hooks.localhost"));
        assertThat(List.of("http://127.0.0.1:9/", "http://localhost/", "http://10.1.255.9/", "http://[fd12::1]/",
                "http://hooks.localhost/")).allSatisfy(url -> assertThat(urls.problem(url)).isEmpty());
        assertThat(List.of("http://127.0.0.2/", "http://10.2.0.1/", "http://[fe80::1]/", "http://2130706433/"))
                .allSatisfy(url -> assertThat(urls.problem(url)).isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "300.1.1.1", "http://example.com",
            "fd00::/129",
            "a b", "*"})
    void anAllowListThatCannotBeReadIsRefused(String entry) {
        assertThatThrownBy(() -> OutgoingUrls.allowing(List.of(entry))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyAddressOfAHostMustBeAllowed() throws Exception {
        assertThat(urls("93.184.215.14").resolve("hooks.test")).containsExactly(address("93.184.215.14"));
        for (var inside : List.of("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "0.0.0.0")) {
            assertThatThrownBy(() -> urls("93.184.215.14", inside).resolve("hooks.test"))
                    .isInstanceOf(AddressRefusedException.class).hasMessageNotContaining(inside);
        }
    }

    @Test
    void anIpv4AddressInsideAnIpv6AnswerIsCheckedAsIpv4() throws UnknownHostException {
        assertThat(PublicAddresses.contains(InetAddress.getByName("::ffff:10.0.0.1"))).isFalse();
        assertThat(PublicAddresses.contains(InetAddress.getByName("::ffff:93.184.215.14"))).isTrue();
    }

    @Test
    void anAllowedHostMayHaveAnyAddressAndOthersNot() throws Exception {
        var urls = new OutgoingUrls(AllowList.parse(List.of("hooks.test")),
                _ -> new InetAddress[]{address("10.0.0.1")});
        assertThat(urls.resolve("hooks.test")).hasSize(1);
        assertThatThrownBy(() -> urls.resolve("other.test")).isInstanceOf(AddressRefusedException.class);
    }

    private static OutgoingUrls urls(String... addresses) {
        return new OutgoingUrls(AllowList.parse(List.of()),
                _ -> List.of(addresses).stream().map(OutgoingUrlsTest::address).toArray(InetAddress[]::new));
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }
}
