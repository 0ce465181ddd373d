package dev.promptlab.egress;

import java.util.List;

import dev.promptlab.net.Literals;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

class OutgoingUrlsPropertyTest {
    private final OutgoingUrls strict = OutgoingUrls.allowing(List.of());

    /// Public ones too: one who writes an address like this hides something.
    @Property
    void anAddressHasOneSpelling(@ForAll @IntRange(max = 255) int a, @ForAll @IntRange(max = 255) int b,
            @ForAll @IntRange(max = 255) int c, @ForAll @IntRange(max = 255) int d) {
        long number = ((a * 256L + b) * 256 + c) * 256 + d;
        var spellings = List.of(Long.toString(number), "0x" + Long.toHexString(number),
                "0" + Long.toOctalString(number),
                "0x%x.%d.%d.%d".formatted(a, b, c, d), "%d.0%o.%d.%d".formatted(a, b, c, d),
                "%d.%d.%d.0x%x".formatted(a, b, c, d), "%d.%d".formatted(a, number & 0xffffff),
                "%d.%d.%d".formatted(a, b, number & 0xffff), "%d.%d.%d.%d.".formatted(a, b, c, d),
                "%03d.%03d.%03d.00%d".formatted(a, b, c, d), "[::ffff:%d.%d.%d.%d]".formatted(a, b, c, d),
                "[::ffff:%x:%x]".formatted(a * 256 + b, c * 256 + d), "[::%d.%d.%d.%d]".formatted(a, b, c, d),
                "[64:ff9b::%x:%x]".formatted(a * 256 + b, c * 256 + d),
                "[2002:%x:%x::1]".formatted(a * 256 + b, c * 256 + d));
        assertThat(spellings).allSatisfy(host -> assertThat(strict.problem("http://" + host + "/")).isPresent());
    }

    /// Java knows some of the special ranges by itself; ours must not be more generous.
    @Property
    void whatJavaCallsSpecialIsRefused(@ForAll @IntRange(max = 255) int a, @ForAll @IntRange(max = 255) int b,
            @ForAll @IntRange(max = 255) int c, @ForAll @IntRange(max = 255) int d) {
        var text = "%d.%d.%d.%d".formatted(a, b, c, d);
        var address = Literals.parse(text).orElseThrow();
        boolean special = address.isAnyLocalAddress() || address.isLoopbackAddress() || address.isLinkLocalAddress()
                || address.isSiteLocalAddress() || address.isMulticastAddress();
        assertThat(special && strict.problem("http://" + text + "/").isEmpty()).isFalse();
        assertThat(strict.problem("http://" + text + "/").isEmpty()).isEqualTo(PublicAddresses.contains(address));
    }
}
