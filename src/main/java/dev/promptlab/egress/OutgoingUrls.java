package dev.promptlab.egress;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.promptlab.net.Literals;

/// Which URLs of users may be called. A URL is checked twice: as it is spelled, when it is saved ([#problem]), and by the
/// addresses of its host, each time it is called ([#resolve]). Thread-safe.
public final class OutgoingUrls {
    public static final int MAX_LENGTH = 2_000;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_HOST = 253;

    /// Asks for the addresses of a host, as [InetAddress#getAllByName].
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final AllowList allowed;
    private final Lookup lookup;

    OutgoingUrls(AllowList allowed, Lookup lookup) {
        this.allowed = allowed;
        this.lookup = lookup;
    }

    /// @param entries host names, addresses and networks that may be reached although they are private
    /// @throws IllegalArgumentException naming an entry that is none of them
    public static OutgoingUrls allowing(List<String> entries) {
        return new OutgoingUrls(AllowList.parse(entries), InetAddress::getAllByName);
    }

    /// What is wrong with a URL, as far as can be said without asking for addresses; empty when nothing is.
    public Optional<String> problem(String url) {
        if (url.length() > MAX_LENGTH) {
            return Optional.of("must be at most " + MAX_LENGTH + " characters, has " + url.length());
        }
        if (!url.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\')) {
            return Optional.of("must be ASCII without spaces; percent-encode the rest, and write the host in Punycode");
        }
        try {
            return problem(new URI(url).parseServerAuthority());
        } catch (URISyntaxException e) {
            return Optional.of("must be an http or https URL with a host name or an address in its usual spelling");
        }
    }

    private Optional<String> problem(URI uri) {
        var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!List.of("http", "https").contains(scheme) || uri.getHost() == null) {
            return Optional.of("must be an http or https URL");
        }
        if (uri.getRawUserInfo() != null) {
            return Optional.of("must not contain a user name or password; sign requests instead");
        }
        if (uri.getRawFragment() != null) {
            return Optional.of("must not have a fragment (#...)");
        }
        if (uri.getPort() == 0 || uri.getPort() > MAX_PORT || uri.getRawAuthority().endsWith(":")) {
            return Optional.of("must have a port from 1 to 65535, or none");
        }
        return hostProblem(host(uri));
    }

    private Optional<String> hostProblem(String host) {
        if (host.length() > MAX_HOST || host.endsWith(".")) {
            return Optional.of("must have a host name of at most 253 characters without a dot at its end");
        }
        if (host.indexOf(':') >= 0 || Literals.endsInNumber(host)) {
            var address = Literals.parse(host);
            if (address.isEmpty()) {
                return Optional.of("must spell an address the usual way: 192.0.2.1 or [2001:db8::1]");
            }
            return mayReach(host, address.get()) ? Optional.empty() : Optional.of(refusal(host));
        }
        boolean local = host.equals("localhost") || host.endsWith(".localhost");
        return local && !mayReach(host, InetAddress.getLoopbackAddress()) ? Optional.of(refusal(host))
                : Optional.empty();
    }

    private static String refusal(String host) {
        return "must not point to " + host
                + ", which is not on the public Internet; the operator can allow it with PROMPTLAB_EGRESS_ALLOW";
    }

    /// The addresses of a host, all of them allowed: a host with one foot inside is refused. Connect to these objects, do not
    /// ask again. May block for as long as the name servers take.
    ///
    /// @param host as [#host] gives it
    List<InetAddress> resolve(String host) throws UnknownHostException, AddressRefusedException {
        var addresses = List.of(lookup.addresses(host));
        if (!addresses.stream().allMatch(address -> mayReach(host, address))) {
            throw new AddressRefusedException(host);
        }
        return addresses;
    }

    private boolean mayReach(String host, InetAddress address) {
        return PublicAddresses.contains(address) || allowed.hosts().contains(host) || allowed.contains(address);
    }

    /// The host of a URL in lower case, an IPv6 address without its brackets.
    public static String host(URI uri) {
        var host = uri.getHost().toLowerCase(Locale.ROOT);
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
