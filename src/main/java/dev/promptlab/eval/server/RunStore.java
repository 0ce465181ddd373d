package dev.promptlab.eval.server;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.report.Progress;
import dev.promptlab.eval.run.RunHome.Identity;
import dev.promptlab.web.Json;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// The table `eval_run`. Whatever the driver of a run writes counts only under the epoch of its claim.
final class RunStore {
    private RunStore() {}

    /// Null matches all.
    record Filter(@Nullable UUID suiteId, @Nullable String status, @Nullable String verdict, @Nullable UUID templateId,
            @Nullable UUID before, int limit) {}

    /// A claim on a run.
    record Claim(UUID runId, UUID workspaceId, int epoch) {}

    /// What the driver knows of the run's figures.
    record Tally(Progress.@Nullable State state, long hits, long calls, BigDecimal spent, boolean costKnown) {}

    /// @param templateId what is tested; null = prompts of the suite's own
    static void insert(Handle tx, UUID workspaceId, UUID id, EvalSuite suite, int version, @Nullable String candidate,
            @Nullable String baseline, @Nullable UUID baselineRunId, @Nullable UUID templateId,
            @Nullable Integer templateVersion, EvalRunRow.Settings settings, Identity identity, long total,
            EvalRunRow.Who who) {
        tx.createUpdate(
                """
                        insert into eval_run (id, workspace_id, suite_id, suite_version, candidate, baseline, baseline_run_id, template_id,
                                              template_version, settings, fingerprint, questions, grading, total, created_by, user_id, api_key_id)
                        values (:id, :workspaceId, :suiteId, :version, :candidate, :baseline, :baselineRunId, :templateId,
                                :templateVersion, cast(:settings as json), :fingerprint, :questions, cast(:grading as json), :total, :by, :userId,
                                :apiKeyId)""")
                .bind("id", id).bind("workspaceId", workspaceId).bind("suiteId", suite.id())
                .bind("version", version).bind("candidate", candidate).bind("baseline", baseline)
                .bind("baselineRunId", baselineRunId).bind("templateId", templateId)
                .bind("templateVersion", templateVersion).bind("settings", Json.text(settings.toJson()))
                .bind("fingerprint", identity.fingerprint()).bind("questions", identity.questions())
                .bind("grading", Json.text(identity.grading())).bind("total", total).bind("by", who.name())
                .bind("userId", who.userId()).bind("apiKeyId", who.apiKeyId()).execute();
    }

    static Optional<EvalRunRow> find(Handle handle, UUID workspaceId, UUID id) {
        return handle.createQuery("""
                select r.*, s.key as suite_key, s.name as suite_name, t.name as template_name
                  from eval_run r join eval_suite s on s.id = r.suite_id left join template t on t.id = r.template_id
                 where r.workspace_id = :workspaceId and r.id = :id""").bind("workspaceId", workspaceId).bind("id", id)
                .map((row, _) -> run(row)).findOne();
    }

    /// Newest first.
    static List<EvalRunRow> list(Handle tx, UUID workspaceId, Filter filter) {
        tx.execute("set local plan_cache_mode = force_custom_plan");
        return tx.createQuery("""
                select r.*, s.key as suite_key, s.name as suite_name, t.name as template_name
                  from eval_run r join eval_suite s on s.id = r.suite_id left join template t on t.id = r.template_id
                 where r.workspace_id = :workspaceId
                   and (cast(:suiteId as uuid) is null or r.suite_id = :suiteId)
                   and (cast(:status as text) is null or r.status = :status)
                   and (cast(:verdict as text) is null or r.verdict = :verdict)
                   and (cast(:templateId as uuid) is null or r.template_id = :templateId)
                   and (cast(:before as uuid) is null or r.id < :before)
                 order by r.id desc limit :limit""").bind("workspaceId", workspaceId)
                .bind("suiteId", filter.suiteId()).bind("status", filter.status()).bind("verdict", filter.verdict())
                .bind("templateId", filter.templateId()).bind("before", filter.before()).bind("limit", filter.limit())
                .map((row, _) -> run(row)).list();
    }

    /// Takes the run that waits longest, of the workspace with the fewest that run; also one whose driver is gone.
    static Optional<Claim> claim(Handle tx, Duration lease) {
        return tx
                .createQuery(
                        """
                                update eval_run set status = 'running', epoch = epoch + 1, lease_until = now() + :lease,
                                       started_at = coalesce(started_at, now()), updated_at = now()
                                 where id = (select q.id from eval_run q
                                              where q.status = 'queued' or (q.status = 'running' and q.lease_until < now())
                                              order by (select count(*) from eval_run o
                                                         where o.status = 'running' and o.workspace_id = q.workspace_id and o.lease_until >= now()),
                                                       q.created_at
                                              limit 1 for update skip locked)
                                returning id, workspace_id, epoch""")
                .bind("lease", lease)
                .map((row, _) -> new Claim(row.getObject("id", UUID.class), row.getObject("workspace_id", UUID.class),
                        row.getInt("epoch")))
                .findOne();
    }

    /// Writes the figures and makes the lease last; takes the row's lock, so that a later claim waits for this transaction.
    ///
    /// @return whether it is to be cancelled; empty = the run is another's now
    static Optional<Boolean> hold(Handle tx, Claim claim, Duration lease, Tally tally) {
        var state = tally.state();
        return tx
                .createQuery(
                        """
                                update eval_run set lease_until = now() + :lease, updated_at = now(), cache_hits = :hits, calls = :calls,
                                       spent_usd = :spent, cost_known = :costKnown, done = coalesce(:done, done), errors = coalesce(:errors, errors),
                                       difference = coalesce(cast(:difference as double precision), difference)
                                 where id = :id and workspace_id = :workspaceId and epoch = :epoch and status = 'running'
                                returning cancel_requested""")
                .bind("lease", lease).bind("hits", tally.hits())
                .bind("calls", tally.calls()).bind("spent", tally.spent()).bind("costKnown", tally.costKnown())
                .bind("done", state == null ? null : (Long) state.done())
                .bind("errors", state == null ? null : (Long) state.errors())
                .bind("difference", state == null ? null : state.difference()).bind("id", claim.runId())
                .bind("workspaceId", claim.workspaceId()).bind("epoch", claim.epoch()).mapTo(Boolean.class).findOne();
    }

    /// Ends a run.
    ///
    /// @param verdict of a completed one
    /// @return false when it is another's now
    static boolean end(Handle tx, Claim claim, String status, @Nullable String verdict, @Nullable String errorCode,
            @Nullable String error, @Nullable ObjectNode summary, @Nullable JsonNode findings) {
        return tx.createUpdate(
                """
                        update eval_run set status = :status, verdict = :verdict, error_code = :errorCode, error = :error,
                               summary = cast(:summary as json), findings = cast(:findings as json), finished_at = now(), updated_at = now(),
                               lease_until = null,
                               done = (select count(*) from eval_row where run_id = :id),
                               errors = (select count(*) from eval_row where run_id = :id and status = 'error')
                         where id = :id and workspace_id = :workspaceId and epoch = :epoch and status = 'running'""")
                .bind("status", status).bind("verdict", verdict).bind("errorCode", errorCode).bind("error", error)
                .bind("summary", summary == null ? null : Json.text(summary))
                .bind("findings", findings == null ? null : Json.text(findings)).bind("id", claim.runId())
                .bind("workspaceId", claim.workspaceId()).bind("epoch", claim.epoch()).execute() == 1;
    }

    /// Lets another process take the run at once.
    static void release(Handle tx, Claim claim) {
        tx.createUpdate("""
                update eval_run set lease_until = now() - interval '1 ms'
                 where id = :id and workspace_id = :workspaceId and epoch = :epoch and status = 'running'""")
                .bind("id", claim.runId()).bind("workspaceId", claim.workspaceId()).bind("epoch", claim.epoch())
                .execute();
    }

    /// Ends a run that waits, and asks for the end of one that runs.
    static void cancel(Handle tx, UUID workspaceId, UUID id) {
        tx.createUpdate("""
                update eval_run set cancel_requested = true, updated_at = now(),
                       finished_at = case when status = 'queued' then now() end,
                       status = case when status = 'queued' then 'cancelled' else status end
                 where workspace_id = :workspaceId and id = :id and status in ('queued', 'running')""")
                .bind("workspaceId", workspaceId).bind("id", id).execute();
    }

    /// Puts a run back.
    ///
    /// @return false when it has not ended so that it could go on
    static boolean requeue(Handle tx, UUID workspaceId, UUID id, EvalRunRow.Settings settings) {
        return tx.createUpdate(
                """
                        update eval_run set status = 'queued', error = null, error_code = null, cancel_requested = false, finished_at = null,
                               summary = null, findings = null, settings = cast(:settings as json), updated_at = now()
                         where workspace_id = :workspaceId and id = :id and status in ('failed', 'cancelled')""")
                .bind("workspaceId", workspaceId).bind("id", id).bind("settings", Json.text(settings.toJson()))
                .execute() == 1;
    }

    /// Puts a run back to be graded again by another version of its suite.
    ///
    /// @return false when it has not ended
    static boolean regrade(Handle tx, UUID workspaceId, UUID id, int version, Identity identity) {
        return tx.createUpdate(
                """
                        update eval_run set status = 'queued', verdict = null, error = null, error_code = null, cancel_requested = false,
                               finished_at = null, summary = null, findings = null, done = 0, errors = 0, suite_version = :version,
                               fingerprint = :fingerprint, grading = cast(:grading as json), updated_at = now()
                         where workspace_id = :workspaceId and id = :id and status not in ('queued', 'running')""")
                .bind("workspaceId", workspaceId).bind("id", id).bind("version", version)
                .bind("fingerprint", identity.fingerprint()).bind("grading", Json.text(identity.grading()))
                .execute() == 1;
    }

    private static EvalRunRow run(ResultSet row) throws SQLException {
        var templateId = row.getString("template_id");
        var suite = Json.object().put("id", row.getString("suite_id")).put("key", row.getString("suite_key"))
                .put("name", row.getString("suite_name"));
        var template = templateId == null ? null : Json.object().put("id", templateId)
                .put("name", Optional.ofNullable(row.getString("template_name")).orElse(""))
                .put("version", row.getInt("template_version"));
        return new EvalRunRow(row.getObject("id", UUID.class), row.getObject("workspace_id", UUID.class), suite,
                row.getInt("suite_version"), row.getString("status"), row.getString("verdict"),
                row.getString("error"), row.getString("error_code"), row.getBoolean("cancel_requested"),
                row.getString("candidate"), row.getString("baseline"), row.getObject("baseline_run_id", UUID.class),
                template, EvalRunRow.Settings.read(Json.parse(row.getString("settings"))), figures(row),
                Json.parse(row.getString("grading")), row.getString("questions"), json(row, "summary"),
                json(row, "findings"),
                new EvalRunRow.Who(row.getString("created_by"), row.getObject("user_id", UUID.class),
                        row.getObject("api_key_id", UUID.class)),
                row.getInt("epoch"), requireNonNull(SuiteStore.time(row, "created_at")),
                SuiteStore.time(row, "started_at"), SuiteStore.time(row, "finished_at"),
                requireNonNull(SuiteStore.time(row, "updated_at")));
    }

    private static EvalRunRow.Figures figures(ResultSet row) throws SQLException {
        return new EvalRunRow.Figures(row.getLong("done"), row.getLong("total"), row.getLong("errors"),
                row.getLong("cache_hits"), row.getLong("calls"),
                row.getBoolean("cost_known") ? row.getBigDecimal("spent_usd") : null,
                row.getObject("difference", Double.class));
    }

    private static @Nullable JsonNode json(ResultSet row, String column) throws SQLException {
        var text = row.getString(column);
        return text == null ? null : Json.parse(text);
    }
}
