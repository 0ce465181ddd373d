package dev.promptlab.job;

import java.util.List;
import java.util.UUID;

import dev.promptlab.db.Columns;
import org.jdbi.v3.core.Handle;

/// Pieces of the text of running jobs, as events.
final class TextStore {
    /// @param offset how many UTF-16 units of the attempt's text came before
    record Piece(UUID workspaceId, UUID jobId, int attempt, String text, int offset) {}

    private TextStore() {}

    /// All in one row.
    static void write(Handle handle, List<Piece> pieces) {
        handle.createUpdate(
                """
                        insert into event (types, workspaces, jobs, attempts, texts, offsets)
                        select array_agg(event_type 'job.delta'), array_agg(u.workspace_id), array_agg(u.job_id), array_agg(u.attempt), array_agg(u.text),
                               array_agg(u."offset")
                          from unnest(:workspaces, :jobs, :attempts, :texts, :offsets) u(workspace_id, job_id, attempt, text, "offset")""")
                .bind("workspaces", Columns.uuids(pieces, Piece::workspaceId))
                .bind("jobs", Columns.uuids(pieces, Piece::jobId))
                .bind("attempts", Columns.ints(pieces, Piece::attempt))
                .bind("texts", Columns.texts(pieces, Piece::text))
                .bind("offsets", Columns.ints(pieces, Piece::offset)).execute();
    }
}
