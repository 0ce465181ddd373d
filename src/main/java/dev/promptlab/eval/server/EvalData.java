package dev.promptlab.eval.server;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// The evaluations of a workspace: suites with all versions, baselines and gates; runs with their rows.
public final class EvalData implements WorkspaceData {
    private static final int PAGE = 200;

    private final Database db;

    public EvalData(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        for (var id : db.autocommit(workspaceId, handle -> EvalDataStore.suites(handle, workspaceId))) {
            suite(workspaceId, id, out);
        }
        db.autocommit(workspaceId, handle -> GateStore.list(handle, workspaceId, null, null))
                .forEach(gate -> out.line("evalGate", gate));
        UUID after = null;
        for (int size = PAGE; size == PAGE;) {
            var last = after;
            var page = db.autocommit(workspaceId, handle -> EvalDataStore.runs(handle, workspaceId, last, PAGE));
            for (var id : page) {
                run(workspaceId, id, out);
                after = id;
            }
            size = page.size();
        }
    }

    private void suite(UUID workspaceId, UUID id, Lines out) {
        db.autocommit(workspaceId, handle -> SuiteStore.find(handle, workspaceId, id))
                .ifPresent(suite -> out.line("evalSuite", suite.toJson()));
        Integer before = null;
        for (int size = PAGE; size == PAGE;) {
            var last = before;
            var page = db.autocommit(workspaceId, handle -> SuiteStore.versions(handle, workspaceId, id, last, PAGE));
            for (var version : page) {
                out.line("evalSuiteVersion", version.toFullJson());
                before = version.version();
            }
            size = page.size();
        }
        db.autocommit(workspaceId, handle -> BaselineStore.list(handle, workspaceId, id)).forEach(
                baseline -> out.line("evalBaseline", baseline.toJson().put("suiteId", id.toString())));
    }

    private void run(UUID workspaceId, UUID id, Lines out) {
        db.autocommit(workspaceId, handle -> RunStore.find(handle, workspaceId, id))
                .ifPresent(run -> out.line("evalRun", run.toFullJson()));
        for (int from = 0, size = PAGE; size == PAGE;) {
            var start = from;
            var page = db.autocommit(workspaceId, handle -> CellStore.lines(handle, workspaceId, id, start, PAGE));
            for (var line : page) {
                var json = Json.object().put("runId", id.toString()).put("cell", line.cell());
                json.set("row", line.json());
                out.line("evalRow", json);
                from = line.cell() + 1;
            }
            size = page.size();
        }
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        EvalDataStore.stopAll(tx, workspaceId);
        return EvalDataStore.deleteSome(tx, workspaceId, limit) > 0 ? Removal.MORE : Removal.DONE;
    }
}
