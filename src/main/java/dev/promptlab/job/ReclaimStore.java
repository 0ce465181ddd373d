package dev.promptlab.job;

import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterable;
import org.jdbi.v3.core.statement.Query;

/// What failed and cancelled jobs would be called with again.
final class ReclaimStore {
    /// @param messageBytes length of the messages as JSON, in UTF-8
    record Call(UUID jobId, String provider, String keyScope, String model, String params, long messageBytes) {}

    private ReclaimStore() {}

    static List<Call> ofJob(Handle handle, UUID workspaceId, UUID jobId) {
        return calls(handle.createQuery("""
                select j.id, j.provider, l.key_scope, j.model, j.params, octet_length(j.messages::text) as message_bytes
                  from job j join lane l on l.id = j.lane_id where j.workspace_id = :workspaceId and j.id = :jobId""")
                .bind("workspaceId", workspaceId).bind("jobId", jobId)).list();
    }

    /// Of the failed jobs of a filter, as [DeadLetterStore#lock] finds them.
    static List<Call> failed(Handle handle, UUID workspaceId, DeadLetterFilter filter) {
        return calls(DeadLetterStore.filtered(handle.createQuery("""
                select j.id, j.provider, l.key_scope, j.model, j.params, octet_length(j.messages::text) as message_bytes
                  from job_result r join job j on j.id = r.job_id join lane l on l.id = j.lane_id
                 where r.workspace_id = :workspaceId and r.outcome = 'failed'
                   and (cast(:provider as text) is null or j.provider = :provider)
                   and (cast(:model as text) is null or j.model = :model)
                   and (cast(:templateId as uuid) is null or j.template_id = :templateId)
                   and (cast(:errorCode as text) is null or r.error_code = :errorCode)
                   and (cast(:from as timestamptz) is null or r.finished_at >= :from)
                   and (cast(:to as timestamptz) is null or r.finished_at < :to)"""), workspaceId, filter)).list();
    }

    private static ResultIterable<Call> calls(Query query) {
        return query.map((row, _) -> new Call(row.getObject("id", UUID.class), row.getString("provider"),
                row.getString("key_scope"), row.getString("model"), row.getString("params"),
                row.getLong("message_bytes")));
    }
}
