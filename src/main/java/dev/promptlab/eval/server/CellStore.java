package dev.promptlab.eval.server;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Columns;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.server.RunStore.Claim;
import dev.promptlab.web.Json;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

import static java.util.stream.Collectors.toMap;

/// What runs hold cell by cell: the tables `eval_answer`, `eval_row`, `eval_rerun` and `eval_finding`.
final class CellStore {
    private CellStore() {}

    /// Something to write down: an answer, a row or a re-run.
    sealed interface Entry {
        record Answered(int cell, String answer) implements Entry {}

        record Graded(int cell, ResultRow row) implements Entry {}

        record Rerun(String name, boolean pass) implements Entry {}
    }

    /// Which rows to show.
    enum Mode {
        ALL, FAILURES, REGRESSIONS, DIFFERENT;

        static final Map<String, Mode> BY_CODE = Map.of("all", ALL, "failures", FAILURES, "regressions", REGRESSIONS,
                "different", DIFFERENT);
    }

    static void insertAnswers(Handle tx, Claim claim, List<Entry.Answered> answers) {
        tx.createUpdate("""
                insert into eval_answer (run_id, cell, workspace_id, answer)
                select :run, u.cell, :workspaceId, u.answer::json from unnest(:cells, :answers) u(cell, answer)
                on conflict do nothing""").bind("run", claim.runId()).bind("workspaceId", claim.workspaceId())
                .bind("cells", Columns.ints(answers, Entry.Answered::cell))
                .bind("answers", Columns.texts(answers, Entry.Answered::answer)).execute();
    }

    static void insertRows(Handle tx, Claim claim, List<Entry.Graded> rows) {
        tx.createUpdate(
                """
                        insert into eval_row (run_id, cell, workspace_id, key, case_id, side, status, score, line)
                        select :run, u.cell, :workspaceId, u.key, u.case_id, u.side, u.status, u.score::double precision, u.line::json
                          from unnest(:cells, :keys, :cases, :sides, :statuses, :scores, :lines)
                               u(cell, key, case_id, side, status, score, line)
                        on conflict do nothing""")
                .bind("run", claim.runId()).bind("workspaceId", claim.workspaceId())
                .bind("cells", Columns.ints(rows, Entry.Graded::cell))
                .bind("keys", Columns.texts(rows, each -> each.row().key()))
                .bind("cases", Columns.texts(rows, each -> each.row().caseId()))
                .bind("sides", Columns.texts(rows, each -> each.row().side().word()))
                .bind("statuses", Columns.texts(rows, each -> each.row().status().word()))
                .bind("scores", Columns.texts(rows, each -> Double.toString(each.row().score())))
                .bind("lines", Columns.texts(rows, each -> Json.text(each.row().toJson()))).execute();
    }

    static void insertReruns(Handle tx, Claim claim, List<Entry.Rerun> reruns) {
        tx.createUpdate("""
                insert into eval_rerun (run_id, name, workspace_id, pass)
                select :run, u.name, :workspaceId, u.pass from unnest(:names, :passes) u(name, pass)
                on conflict do nothing""").bind("run", claim.runId()).bind("workspaceId", claim.workspaceId())
                .bind("names", Columns.texts(reruns, Entry.Rerun::name))
                .bind("passes", Columns.flags(reruns, Entry.Rerun::pass)).execute();
    }

    static void insertFindings(Handle tx, Claim claim, UUID suiteId, List<CaseFinding> findings) {
        tx.createUpdate("""
                insert into eval_finding (run_id, key, suite_id, workspace_id, kind)
                select :run, u.key, :suiteId, :workspaceId, u.kind from unnest(:keys, :kinds) u(key, kind)
                on conflict do nothing""").bind("run", claim.runId()).bind("workspaceId", claim.workspaceId())
                .bind("suiteId", suiteId).bind("keys", Columns.texts(findings, CaseFinding::caseId))
                .bind("kinds", Columns.texts(findings, each -> each.kind().word())).execute();
    }

    /// Forgets the grades of a run and keeps its answers.
    static void deleteGrades(Handle tx, UUID workspaceId, UUID runId) {
        tx.createUpdate("delete from eval_row where workspace_id = :workspaceId and run_id = :run")
                .bind("workspaceId", workspaceId).bind("run", runId).execute();
        tx.createUpdate("delete from eval_rerun where workspace_id = :workspaceId and run_id = :run")
                .bind("workspaceId", workspaceId).bind("run", runId).execute();
        tx.createUpdate("delete from eval_finding where workspace_id = :workspaceId and run_id = :run")
                .bind("workspaceId", workspaceId).bind("run", runId).execute();
    }

    static BitSet answered(Handle handle, UUID workspaceId, UUID runId) {
        return cells(
                handle.createQuery("select cell from eval_answer where workspace_id = :workspaceId and run_id = :run")
                        .bind("workspaceId", workspaceId).bind("run", runId).mapTo(Integer.class).list());
    }

    static BitSet graded(Handle handle, UUID workspaceId, UUID runId) {
        return cells(handle.createQuery("select cell from eval_row where workspace_id = :workspaceId and run_id = :run")
                .bind("workspaceId", workspaceId).bind("run", runId).mapTo(Integer.class).list());
    }

    private static BitSet cells(List<Integer> list) {
        var cells = new BitSet();
        list.forEach(cells::set);
        return cells;
    }

    static Map<String, Boolean> reruns(Handle handle, UUID workspaceId, UUID runId) {
        return handle
                .createQuery("select name, pass from eval_rerun where workspace_id = :workspaceId and run_id = :run")
                .bind("workspaceId", workspaceId).bind("run", runId)
                .map((row, _) -> Map.entry(row.getString("name"), row.getBoolean("pass"))).list().stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    static JsonNode answer(Handle handle, UUID workspaceId, UUID runId, int cell) {
        return Json.parse(handle.createQuery("""
                select answer from eval_answer where workspace_id = :workspaceId and run_id = :run and cell = :cell""")
                .bind("workspaceId", workspaceId).bind("run", runId).bind("cell", cell).mapTo(String.class).one());
    }

    /// A page of rows as they were written, by cell.
    record Line(int cell, JsonNode json) {}

    static List<Line> lines(Handle handle, UUID workspaceId, UUID runId, int from, int limit) {
        return handle.createQuery("""
                select cell, line from eval_row
                 where workspace_id = :workspaceId and run_id = :run and cell >= :from order by cell limit :limit""")
                .bind("workspaceId", workspaceId).bind("run", runId).bind("from", from).bind("limit", limit)
                .map((row, _) -> new Line(row.getInt("cell"), Json.parse(row.getString("line")))).list();
    }

    /// Rows with how their cases changed.
    ///
    /// @param baseline the run to compare with; null = the other side of this one
    static List<ObjectNode> rows(Handle tx, UUID workspaceId, UUID runId, @Nullable UUID baseline, Mode mode,
            @Nullable String q, int from, int limit) {
        tx.execute("set local plan_cache_mode = force_custom_plan");
        return tx
                .createQuery(
                        """
                                with mine as (
                                    select key, avg((status = 'pass')::int) filter (where side = 'candidate') as c,
                                           avg((status = 'pass')::int) filter (where side = 'baseline') as b
                                      from eval_row where run_id = :run and workspace_id = :workspaceId and status <> 'error' group by key),
                                theirs as (
                                    select key, avg((status = 'pass')::int) as b from eval_row
                                     where run_id = :baseline and workspace_id = :workspaceId and side = 'candidate' and status <> 'error' group by key),
                                changed as (
                                    select m.key, sign(m.c - coalesce(m.b, t.b)) as way from mine m left join theirs t on t.key = m.key)
                                select r.cell, r.line, c.way, f.kind
                                  from eval_row r
                                  left join changed c on c.key = r.key
                                  left join eval_finding f on f.run_id = r.run_id and f.key = r.key
                                 where r.run_id = :run and r.workspace_id = :workspaceId and r.cell >= :from
                                   and (:mode = 'ALL' or :mode = 'FAILURES' and r.status <> 'pass' or :mode = 'REGRESSIONS' and c.way < 0
                                        or :mode = 'DIFFERENT' and c.way <> 0)
                                   and (cast(:q as text) is null or strpos(lower(r.case_id), lower(:q)) > 0
                                        or strpos(lower(r.line ->> 'description'), lower(:q)) > 0 or strpos(lower(r.line ->> 'output'), lower(:q)) > 0)
                                 order by r.cell limit :limit""")
                .bind("run", runId).bind("workspaceId", workspaceId)
                .bind("baseline", baseline).bind("mode", mode.name()).bind("q", q).bind("from", from)
                .bind("limit", limit).map((row, _) -> row(row)).list();
    }

    private static ObjectNode row(ResultSet row) throws SQLException {
        var json = Json.object().put("cell", row.getInt("cell"));
        json.setAll(Json.parseObject(row.getString("line")));
        var way = row.getBigDecimal("way");
        return json.put("change", way == null ? null : way.signum() < 0 ? "regressed" : way.signum() > 0 ? "improved"
                : "same").put("kind", row.getString("kind"));
    }

    /// Cases that candidates of two runs passed with another share, those that got worse first, 1,000 at most.
    static List<Runs.Compared> differences(Handle handle, UUID workspaceId, UUID before, UUID after) {
        return handle
                .createQuery(
                        """
                                with a as (
                                    select key, avg((status = 'pass')::int) as rate from eval_row
                                     where run_id = :before and workspace_id = :workspaceId and side = 'candidate' and status <> 'error' group by key),
                                b as (
                                    select key, avg((status = 'pass')::int) as rate, min(cell) as cell from eval_row
                                     where run_id = :after and workspace_id = :workspaceId and side = 'candidate' and status <> 'error' group by key)
                                select b.key, a.rate as before, b.rate as after, r.line
                                  from a join b on b.key = a.key join eval_row r on r.run_id = :after and r.cell = b.cell
                                 where a.rate <> b.rate
                                 order by b.rate - a.rate, b.cell limit 1000""")
                .bind("before", before).bind("after", after)
                .bind("workspaceId", workspaceId)
                .map((row, _) -> new Runs.Compared(row.getString("key"),
                        ResultRow.read(Json.parse(row.getString("line"))).title(), row.getDouble("before"),
                        row.getDouble("after")))
                .list();
    }

    /// The flakiest cases of a suite, in the shape of the API.
    static List<ObjectNode> flaky(Handle handle, UUID workspaceId, UUID suiteId) {
        return handle.createQuery("""
                select key, count(*) as runs, count(*) filter (where kind = 'flaky') as flaky, max(found_at) as last_at,
                       (array_agg(run_id order by found_at desc))[1] as last_run
                  from eval_finding where workspace_id = :workspaceId and suite_id = :suiteId
                 group by key having count(*) filter (where kind = 'flaky') > 0
                 order by flaky desc, key limit 200""").bind("workspaceId", workspaceId).bind("suiteId", suiteId)
                .map((row, _) -> Json.object().put("caseId", row.getString("key")).put("runs", row.getInt("runs"))
                        .put("flaky", row.getInt("flaky")).put("lastRunId", row.getString("last_run"))
                        .put("lastSeenAt", time(row, "last_at")))
                .list();
    }

    /// A case over completed runs, newest first, in the shape of the API.
    static List<ObjectNode> history(Handle handle, UUID workspaceId, UUID suiteId, String caseId, int limit) {
        return handle
                .createQuery(
                        """
                                select r.id, r.finished_at, r.suite_version, w.line ->> 'arm' as arm, w.side,
                                       count(*) filter (where w.status = 'pass') as passed, count(*) filter (where w.status = 'fail') as failed,
                                       count(*) filter (where w.status = 'error') as errors, avg(w.score) filter (where w.status <> 'error') as score,
                                       max(f.kind) as kind
                                  from eval_run r
                                  join eval_row w on w.run_id = r.id and md5(w.case_id) = md5(:caseId) and w.case_id = :caseId
                                  left join eval_finding f on f.run_id = r.id and f.key = w.key
                                 where r.workspace_id = :workspaceId and r.suite_id = :suiteId and r.status = 'completed'
                                 group by r.id, r.finished_at, r.suite_version, arm, w.side
                                 order by r.id desc, w.side, arm limit :limit""")
                .bind("workspaceId", workspaceId)
                .bind("suiteId", suiteId).bind("caseId", caseId).bind("limit", limit)
                .map((row, _) -> Json.object().put("runId", row.getString("id")).put("at", time(row, "finished_at"))
                        .put("suiteVersion", row.getInt("suite_version")).put("arm", row.getString("arm"))
                        .put("side", row.getString("side")).put("passed", row.getInt("passed"))
                        .put("failed", row.getInt("failed")).put("errors", row.getInt("errors"))
                        .put("score", row.getObject("score", Double.class)).put("kind", row.getString("kind")))
                .list();
    }

    private static @Nullable String time(ResultSet row, String column) throws SQLException {
        var time = SuiteStore.time(row, column);
        return time == null ? null : Json.time(time);
    }
}
