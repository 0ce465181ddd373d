package dev.promptlab.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.promptlab.job.EvaluationJobs.Reply;
import org.jdbi.v3.core.Handle;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

/// How evaluations read their jobs.
final class EvaluationJobStore {
    private EvaluationJobStore() {}

    /// Those that have ended, and those that are not there any more.
    static Map<UUID, Reply> ended(Handle handle, List<UUID> jobIds) {
        return handle
                .createQuery(
                        """
                                select i.id, j.created_at, r.outcome, r.output, r.finish_reason, r.error_code, r.error, r.attempts, a.input_tokens,
                                       a.output_tokens, a.cost_usd, r.cost_usd as total_usd,
                                       extract(epoch from a.finished_at - a.started_at) * 1000 as latency_ms
                                  from unnest(:ids) i(id)
                                  left join job j on j.id = i.id
                                  left join job_result r on r.job_id = i.id
                                  left join job_attempt a on a.job_id = i.id and a.outcome = 'completed'
                                 where r.job_id is not null or j.id is null""")
                .bindArray("ids", UUID.class, jobIds)
                .map((row, _) -> reply(row)).list().stream().collect(toMap(Reply::jobId, identity()));
    }

    /// Whether a completed job holds the key of an input.
    static boolean isCompleted(Handle handle, UUID workspaceId, InputHash hash) {
        return handle.createQuery(
                """
                        select exists (select from job_key k join job_result r on r.job_id = k.job_id
                                        where k.workspace_id = :workspaceId and k.input_hash = :hash and r.outcome = 'completed')""")
                .bind("workspaceId", workspaceId).bind("hash", hash.bytes()).mapTo(Boolean.class).one();
    }

    private static Reply reply(ResultSet row) throws SQLException {
        var id = row.getObject("id", UUID.class);
        var created = JobRows.time(row, "created_at");
        if (created == null) {
            return Reply.gone(id);
        }
        var latency = row.getBigDecimal("latency_ms");
        return new Reply(id, "cancelled".equals(row.getString("outcome")), created, row.getString("output"),
                row.getString("finish_reason"), row.getString("error_code"), row.getString("error"),
                row.getInt("attempts"), row.getLong("input_tokens"), row.getLong("output_tokens"),
                row.getBigDecimal("cost_usd"), row.getBigDecimal("total_usd"),
                latency == null ? null : (Long) latency.longValue());
    }
}
