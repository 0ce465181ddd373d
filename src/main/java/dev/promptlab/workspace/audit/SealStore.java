package dev.promptlab.workspace.audit;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.db.Columns;
import org.jdbi.v3.core.Handle;

/// The tables `audit_pending` and `audit_seal`.
final class SealStore {
    private SealStore() {}

    /// Workspaces with events that stand in no chain yet.
    static List<UUID> waiting(Handle handle) {
        return handle.createQuery("select distinct workspace_id from audit_pending").mapTo(UUID.class).list();
    }

    /// Lets one at a time append to the chain of a workspace, until the transaction ends.
    ///
    /// @return false when somebody else is at it
    static boolean tryLock(Handle tx, UUID workspaceId) {
        return tx.createQuery(
                """
                        select pg_try_advisory_xact_lock(hashtextextended('audit_seal ' || cast(:workspaceId as text), 0))""")
                .bind("workspaceId", workspaceId).mapTo(Boolean.class).one();
    }

    /// Takes events that stand in no chain yet, oldest first.
    static List<AuditEvent> take(Handle tx, UUID workspaceId, int limit) {
        return tx.createQuery("""
                with taken as (
                    delete from audit_pending
                     where event_id in (select p.event_id from audit_pending p where p.workspace_id = :workspaceId
                                         order by p.event_id limit :limit)
                    returning event_id)
                select e.id, e.workspace_id, e.at, e.actor, e.user_id, e.api_key_id, e.action, e.subject, e.details
                  from taken t join audit_event e on e.id = t.event_id
                 where e.workspace_id = :workspaceId
                 order by e.id""").bind("workspaceId", workspaceId).bind("limit", limit)
                .map((row, _) -> AuditRows.event(row)).list();
    }

    /// The end of the chain; empty before the first event.
    static Optional<Seal> head(Handle handle, UUID workspaceId) {
        return handle.createQuery("""
                select seq, event_id, hash from audit_seal
                 where workspace_id = :workspaceId
                 order by seq desc limit 1""").bind("workspaceId", workspaceId)
                .map((row, _) -> new Seal(row.getLong("seq"), row.getLong("event_id"), row.getBytes("hash")))
                .findOne();
    }

    static void append(Handle tx, UUID workspaceId, List<Seal> seals) {
        tx.createUpdate(
                """
                        insert into audit_seal (workspace_id, seq, event_id, hash)
                        select :workspaceId, u.seq, u.event_id, u.hash from unnest(:seqs, :eventIds, :hashes) as u (seq, event_id, hash)""")
                .bind("workspaceId", workspaceId).bind("seqs", Columns.longs(seals, Seal::seq))
                .bind("eventIds", Columns.longs(seals, Seal::eventId)).bind("hashes", Columns.bytes(seals, Seal::hash))
                .execute();
    }
}
