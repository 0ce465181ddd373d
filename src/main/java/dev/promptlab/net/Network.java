package dev.promptlab.net;

import java.net.InetAddress;

/// A range of addresses: RFC 4632 for IPv4, RFC 4291 for IPv6.
///
/// @param bits how many leading bits must agree
public record Network(InetAddress base, int bits) {
    public Network {
        if (bits < 0 || bits > base.getAddress().length * 8) {
            throw new IllegalArgumentException("no such prefix length: " + bits);
        }
    }

    /// @param text `10.0.0.0/8`, `fd00::/8` or one address
    /// @throws IllegalArgumentException when it is none of them, spelled in the usual way
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        var address = Literals.parse(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow(() -> new IllegalArgumentException("\"" + text + "\" is no address or network"));
        var length = slash < 0 ? Integer.toString(address.getAddress().length * 8) : text.substring(slash + 1);
        if (!length.matches("\\d{1,3}")) {
            throw new IllegalArgumentException("\"" + text + "\" has no prefix length");
        }
        return new Network(address, Integer.parseInt(length));
    }

    public boolean contains(InetAddress address) {
        var mine = base.getAddress();
        var theirs = address.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return Literals.text(base) + "/" + bits;
    }
}
