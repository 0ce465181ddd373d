package dev.promptlab.job.history;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

import org.jdbi.v3.core.Handle;

/// All figures of one workspace.
final class HistoryDataStore {
    /// What figures there are.
    enum Kind {
        JOBS("jobs"), CALLS("calls"), TIMES("times");

        private final String code;

        Kind(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    private HistoryDataStore() {}

    static List<OffsetDateTime> hours(Handle handle, UUID workspaceId, Kind kind) {
        return handle.createQuery(switch (kind) {
            case JOBS ->
                "select distinct bucket_at from history_jobs where workspace_id = :id and grain = 60 order by 1";
            case CALLS ->
                "select distinct bucket_at from history_calls where workspace_id = :id and grain = 60 order by 1";
            case TIMES ->
                "select distinct bucket_at from history_times where workspace_id = :id and grain = 60 order by 1";
        }).bind("id", workspaceId).mapTo(OffsetDateTime.class).list();
    }

    /// As JSON.
    static List<String> rows(Handle handle, UUID workspaceId, Kind kind, OffsetDateTime hour) {
        return handle
                .createQuery(
                        switch (kind) {
                            case JOBS ->
                                """
                                        select json_build_object('hour', bucket_at, 'provider', provider, 'model', model,
                                                                 'templateId', nullif(template_id, '00000000-0000-0000-0000-000000000000'),
                                                                 'outcome', outcome, 'jobs', jobs)::text
                                          from history_jobs where workspace_id = :id and grain = 60 and bucket_at = :hour""";
                            case CALLS ->
                                """
                                        select json_build_object('hour', bucket_at, 'provider', provider, 'model', model,
                                                                 'templateId', nullif(template_id, '00000000-0000-0000-0000-000000000000'),
                                                                 'failure', nullif(failure, ''), 'calls', calls, 'unpricedCalls', unpriced,
                                                                 'inputTokens', input_tokens, 'outputTokens', output_tokens,
                                                                 'cachedInputTokens', cached_input_tokens, 'estimatedCostUSD', trim_scale(cost_usd))::text
                                          from history_calls where workspace_id = :id and grain = 60 and bucket_at = :hour""";
                            case TIMES ->
                                """
                                        select json_build_object('hour', bucket_at, 'provider', provider, 'model', model, 'kind', kind, 'slot', slot,
                                                                 'count', n)::text
                                          from history_times where workspace_id = :id and grain = 60 and bucket_at = :hour""";
                        })
                .bind("id", workspaceId).bind("hour", hour).mapTo(String.class).list();
    }

    static void removeAll(Handle tx, UUID workspaceId) {
        tx.createUpdate("delete from history_jobs where workspace_id = :id").bind("id", workspaceId).execute();
        tx.createUpdate("delete from history_calls where workspace_id = :id").bind("id", workspaceId).execute();
        tx.createUpdate("delete from history_times where workspace_id = :id").bind("id", workspaceId).execute();
        tx.createUpdate("delete from history_gone_ending where workspace_id = :id").bind("id", workspaceId).execute();
        tx.createUpdate("delete from history_gone_call where workspace_id = :id").bind("id", workspaceId).execute();
    }
}
