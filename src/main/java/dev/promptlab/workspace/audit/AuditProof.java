package dev.promptlab.workspace.audit;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.db.Database;

/// Recomputes the chain of a workspace. It tells every event that was changed, taken out or put in behind the back of the
/// product, but for a chain that was rewritten whole or cut off at its end: who keeps an earlier head elsewhere can tell that too.
public final class AuditProof {
    private static final int PAGE = 1_000;

    /// @param events that hold
    /// @param head hash of the last of them, in hex
    /// @param broken what is wrong with the first row that does not hold; empty when all do
    public record Result(UUID workspaceId, long events, String head, Optional<String> broken) {}

    private final Database db;
    private final UUID workspaceId;
    private Seal head = Chain.START;

    private AuditProof(Database db, UUID workspaceId) {
        this.db = db;
        this.workspaceId = workspaceId;
    }

    public static Result of(Database db, UUID workspaceId) {
        var proof = new AuditProof(db, workspaceId);
        var broken = proof.walk().or(proof::withoutPlace);
        return new Result(workspaceId, proof.head.seq(), HexFormat.of().formatHex(proof.head.hash()), broken);
    }

    private Optional<String> walk() {
        var page = db.autocommit(workspaceId, handle -> TrailStore.chain(handle, workspaceId, head.seq(), PAGE));
        while (!page.isEmpty()) {
            for (var link : page) {
                var problem = problem(link);
                if (problem.isPresent()) {
                    return problem;
                }
                head = link.seal();
            }
            page = db.autocommit(workspaceId, handle -> TrailStore.chain(handle, workspaceId, head.seq(), PAGE));
        }
        return Optional.empty();
    }

    private Optional<String> problem(TrailStore.Link link) {
        var seal = link.seal();
        if (seal.seq() != head.seq() + 1) {
            return Optional.of("seal " + (head.seq() + 1) + " is missing");
        }
        var row = "event " + seal.eventId() + " (seal " + seal.seq() + ")";
        if (link.event() == null) {
            return Optional.of(row + " is missing");
        }
        return Arrays.equals(Chain.hash(head.hash(), link.event()), seal.hash()) ? Optional.empty()
                : Optional.of(row + " is not what was sealed");
    }

    private Optional<String> withoutPlace() {
        return db.autocommit(workspaceId, handle -> TrailStore.withoutPlace(handle, workspaceId))
                .map(event -> "event " + event + " was never sealed, or its seal was taken away");
    }
}
