package dev.promptlab.egress;

import java.io.IOException;

/// A host has an address that may not be called. The message does not tell the address: whoever named the host could read the
/// inner network from it.
public final class AddressRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    AddressRefusedException(String host) {
        super("the host " + host + " is not on the public Internet (PROMPTLAB_EGRESS_ALLOW does not name it)");
    }
}
