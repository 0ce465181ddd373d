package dev.promptlab.workspace.audit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.promptlab.web.CanonicalJson;
import dev.promptlab.web.Sha256;

/// The rule of the chain: `hash = SHA-256(hash before || canonical JSON of the event)`, where the first has 32 zero bytes before
/// it. A change of any event, or one that is taken out or put in, changes every hash from there on.
final class Chain {
    /// Before the first event.
    static final Seal START = new Seal(0, 0, new byte[32]);

    private Chain() {}

    /// @param head the end of the chain so far
    static List<Seal> extend(Seal head, List<AuditEvent> events) {
        var seals = new ArrayList<Seal>();
        var last = head;
        for (var event : events) {
            last = new Seal(last.seq() + 1, event.id(), hash(last.hash(), event));
            seals.add(last);
        }
        return seals;
    }

    static byte[] hash(byte[] before, AuditEvent event) {
        return Sha256.of(before, CanonicalJson.of(event.content()).getBytes(StandardCharsets.UTF_8));
    }
}
