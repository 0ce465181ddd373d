package dev.promptlab.web;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.promptlab.net.Literals;
import dev.promptlab.net.Network;

/// The proxies whose word about a client counts.
record Proxies(List<Network> trusted) {
    static final Proxies NONE = new Proxies(List.of());
    private static final Pattern IPV4_AND_PORT = Pattern.compile("([0-9.]+):\\d{1,5}");
    private static final Pattern BRACKETS_AND_PORT = Pattern.compile("\\[([0-9a-fA-F:.]+)](?::\\d{1,5})?");
    private static final String MAPPED = "::ffff:";

    Proxies {
        trusted = List.copyOf(trusted);
    }

    boolean trust(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    /// Walks from the peer outwards for as long as whoever speaks is trusted. An entry that is no address ends the walk: what
    /// stands left of it a client may have made up.
    ///
    /// @param forwardedFor the values of `X-Forwarded-For`, in the order of the headers
    InetAddress client(InetAddress peer, List<String> forwardedFor) {
        var entries = String.join(",", forwardedFor).split(",", -1);
        var client = peer;
        for (int i = entries.length - 1; i >= 0 && trust(client); i--) {
            var named = address(entries[i].strip());
            if (named.isEmpty()) {
                return client;
            }
            client = named.get();
        }
        return client;
    }

    /// An address as proxies spell it: also with a port, in brackets, or as IPv4 inside IPv6.
    private static Optional<InetAddress> address(String entry) {
        var brackets = BRACKETS_AND_PORT.matcher(entry);
        var withPort = IPV4_AND_PORT.matcher(entry);
        var text = brackets.matches() ? brackets.group(1) : withPort.matches() ? withPort.group(1) : entry;
        boolean mapped = text.regionMatches(true, 0, MAPPED, 0, MAPPED.length()) && text.indexOf('.') > 0;
        return Literals.parse(mapped ? text.substring(MAPPED.length()) : text);
    }
}
