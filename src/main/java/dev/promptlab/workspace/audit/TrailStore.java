package dev.promptlab.workspace.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Reads `audit_event` beside the chain.
final class TrailStore {
    /// @param seal null until it is sealed
    record Entry(AuditEvent event, @Nullable Seal seal) {}

    /// A link of the chain with its event; null when the event is gone.
    record Link(Seal seal, @Nullable AuditEvent event) {}

    private TrailStore() {}

    /// Newest first.
    static List<Entry> list(Handle tx, UUID workspaceId, AuditFilter filter) {
        tx.execute("set local plan_cache_mode = force_custom_plan");
        return tx.createQuery("""
                select e.id, e.workspace_id, e.at, e.actor, e.user_id, e.api_key_id, e.action, e.subject, e.details,
                       s.seq, s.hash
                  from audit_event e
                  left join audit_seal s on s.event_id = e.id
                 where e.workspace_id = :workspaceId
                   and (cast(:before as bigint) is null or e.id < :before)
                   and (cast(:actor as text) is null
                        or :actor in (e.actor, cast(e.user_id as text), cast(e.api_key_id as text)))
                   and (cast(:action as text) is null or e.action = :action or starts_with(e.action, :action || '.'))
                   and (cast(:subject as text) is null or e.subject = :subject)
                   and (cast(:from as timestamptz) is null or e.at >= :from)
                   and (cast(:to as timestamptz) is null or e.at < :to)
                 order by e.id desc
                 limit :limit""").bind("workspaceId", workspaceId).bind("before", filter.before())
                .bind("actor", filter.actor()).bind("action", filter.action()).bind("subject", filter.subject())
                .bind("from", offset(filter.from())).bind("to", offset(filter.to())).bind("limit", filter.limit())
                .map((row, _) -> new Entry(AuditRows.event(row),
                        row.getObject("seq") == null ? null : seal(row, row.getLong("id"))))
                .list();
    }

    /// The chain after a link, in its order.
    static List<Link> chain(Handle handle, UUID workspaceId, long after, int limit) {
        return handle
                .createQuery(
                        """
                                select s.seq, s.event_id, s.hash, e.id, e.workspace_id, e.at, e.actor, e.user_id, e.api_key_id, e.action,
                                       e.subject, e.details
                                  from audit_seal s
                                  left join audit_event e on e.id = s.event_id
                                 where s.workspace_id = :workspaceId and s.seq > :after
                                 order by s.seq
                                 limit :limit""")
                .bind("workspaceId", workspaceId).bind("after", after).bind("limit", limit)
                .map((row, _) -> new Link(seal(row, row.getLong("event_id")),
                        row.getObject("id") == null ? null : AuditRows.event(row)))
                .list();
    }

    /// An event that has no place in the chain and does not wait for one.
    static Optional<Long> withoutPlace(Handle handle, UUID workspaceId) {
        return handle.createQuery("""
                select e.id from audit_event e
                 where e.workspace_id = :workspaceId
                   and not exists (select from audit_seal s where s.event_id = e.id)
                   and not exists (select from audit_pending p where p.event_id = e.id)
                 order by e.id limit 1""").bind("workspaceId", workspaceId).mapTo(Long.class).findOne();
    }

    private static Seal seal(ResultSet row, long eventId) throws SQLException {
        return new Seal(row.getLong("seq"), eventId, row.getBytes("hash"));
    }

    private static @Nullable OffsetDateTime offset(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }
}
