package dev.promptlab.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Addresses in their one usual spelling. What else resolvers take for an address - octal, hexadecimal, shortened, one large
/// number, IPv4 inside IPv6, zone ids - is no address here.
public final class Literals {
    private static final Pattern IPV4 = Pattern
            .compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]{2,39}");
    private static final Pattern ZEROS = Pattern.compile("(^|:)0(:0)+(:|$)");

    private Literals() {}

    public static Optional<InetAddress> parse(String text) {
        if (IPV4.matcher(text).matches()) {
            return Optional.of(Inet4Address.ofLiteral(text));
        }
        if (!IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Inet6Address.ofLiteral(text)).filter(Inet6Address.class::isInstance);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Whether a resolver may read a host name as an IPv4 address: its last label is a number (WHATWG URL, "ends in a number").
    public static boolean endsInNumber(String host) {
        var last = host.substring(host.lastIndexOf('.') + 1);
        return last.matches("\\d+|0[xX][0-9a-fA-F]*");
    }

    /// The one spelling of an address: dotted IPv4, or IPv6 as RFC 5952 has it (`2001:db8::1`), without a zone.
    public static String text(InetAddress address) {
        var text = address.getHostAddress().replaceFirst("%.*$", "");
        return ZEROS.matcher(text).results().max(Comparator.comparingInt(run -> run.group().length()))
                .map(run -> withoutZeros(text, run)).orElse(text);
    }

    private static String withoutZeros(String text, MatchResult run) {
        return text.substring(0, run.start()) + "::" + text.substring(run.end());
    }
}
