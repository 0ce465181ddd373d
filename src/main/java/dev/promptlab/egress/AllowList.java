package dev.promptlab.egress;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import dev.promptlab.net.Literals;
import dev.promptlab.net.Network;

/// What `PROMPTLAB_EGRESS_ALLOW` names: hosts and networks that calls may reach although they are not public.
///
/// @param hosts lower-case names, trusted with whatever address they have
record AllowList(Set<String> hosts, List<Network> networks) {
    private static final Pattern HOST = Pattern
            .compile("(?=.{1,253}$)[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*");

    AllowList {
        hosts = Set.copyOf(hosts);
        networks = List.copyOf(networks);
    }

    /// @throws IllegalArgumentException naming the first entry that is neither host, address nor network
    static AllowList parse(List<String> entries) {
        var hosts = new HashSet<String>();
        var networks = new ArrayList<Network>();
        for (var entry : entries) {
            var text = entry.strip().toLowerCase(Locale.ROOT);
            if (text.indexOf('/') < 0 && Literals.parse(text).isEmpty() && HOST.matcher(text).matches()
                    && !Literals.endsInNumber(text)) {
                hosts.add(text);
            } else {
                networks.add(Network.parse(text));
            }
        }
        return new AllowList(hosts, networks);
    }

    boolean contains(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }
}
