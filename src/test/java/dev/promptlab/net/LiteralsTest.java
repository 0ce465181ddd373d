package dev.promptlab.net;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LiteralsTest {
    /// RFC 5952, section 4.
    @ParameterizedTest
    @CsvSource({"2001:0DB8::0001, 2001:db8::1", "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
            "2001:0:0:1:0:0:0:1, 2001:0:0:1::1", "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "::, ::", "::1, ::1",
            "1::, 1::", "fe80:0:0:0:0:0:0:0, fe80::", "192.0.2.1, 192.0.2.1"})
    void anAddressHasOneSpelling(String text, String spelling) {
        assertThat(Literals.text(Literals.parse(text).orElseThrow())).isEqualTo(spelling);
    }

    @Test
    void aZoneIsNoPartOfIt() throws UnknownHostException {
        assertThat(Literals.text(InetAddress.getByName("fe80::1%1"))).isEqualTo("fe80::1");
    }
}
