package dev.promptlab.eval.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.eval.run.CallBudget;
import dev.promptlab.eval.run.EvalRun;
import dev.promptlab.eval.run.EvalRun.Estimate;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Takes runs in and tells about them; [RunDriver] drives them. Thread-safe.
final class Runs {
    private final Evaluating evaluating;
    private final Suites suites;
    private final SuiteReader reader;
    private final Runnable queued;

    /// @param queued called when there is a run to drive
    Runs(Evaluating evaluating, Suites suites, Runnable queued) {
        this.evaluating = evaluating;
        this.suites = suites;
        this.reader = evaluating.reader();
        this.queued = queued;
    }

    private Database db() {
        return evaluating.db();
    }

    /// Everything that is wrong is said here, before any call.
    EvalRunRow start(Caller caller, UUID suiteId, RunRequest request) throws InterruptedException {
        var plan = plan(caller, suiteId, request);
        var id = Ids.next();
        var planned = planned(caller, plan, id);
        var workspace = caller.workspaceId();
        EvalRunRow run = db().transaction(workspace, tx -> {
            requireAlike(tx, plan, planned, caller);
            var template = plan.template();
            RunStore.insert(tx, workspace, id, plan.suite(), plan.version().version(), plan.candidate(),
                    plan.baseline(), plan.stored(), template == null ? null : template.templateId(),
                    template == null ? null : (Integer) template.version(), plan.settings(), planned.identity(),
                    planned.cells(), new EvalRunRow.Who(caller.name(), caller.userId(), caller.apiKeyId()));
            Audit.record(tx, caller, "run.start", id.toString(), Json.object().put("suite", plan.suite().key()));
            return require(tx, workspace, id);
        });
        queued.run();
        return run;
    }

    private RunPlan plan(Caller caller, UUID suiteId, RunRequest request) throws InterruptedException {
        var open = suites.open(caller.workspaceId(), suiteId, request.version());
        if (open.suite().archivedAt() != null) {
            throw new Failure.Conflict("the suite \"" + open.suite().key() + "\" is archived; restore it first");
        }
        return RunPlan.of(reader, caller.workspaceId(), open, request,
                name -> baseline(caller.workspaceId(), open.suite(), name));
    }

    private EvalRun.Planned planned(Caller caller, RunPlan plan, UUID id) {
        try {
            return EvalRun.plan(plan.loaded(), plan.spec(id, Instant.now()),
                    evaluating.providers().offer(caller.workspaceId()));
        } catch (InvalidRunException | IllegalArgumentException e) {
            throw new Failure.Conflict(String.valueOf(e.getMessage()));
        }
    }

    private static void requireAlike(Handle tx, RunPlan plan, EvalRun.Planned planned, Caller caller) {
        if (plan.stored() == null) {
            return;
        }
        var stored = require(tx, caller.workspaceId(), plan.stored());
        if (!stored.grading().equals(planned.identity().grading())) {
            throw new Failure.Conflict("the baseline \"" + plan.baseline() + "\" was graded by another judge or other"
                    + " prompts of it, so its scores mean something else; " + TableHome.gradeAgain(stored.id()));
        }
    }

    /// The run that a name means.
    private Optional<UUID> baseline(UUID workspaceId, EvalSuite suite, String name) {
        var id = db().autocommit(workspaceId, handle -> Uuids.parse(name)
                .or(() -> BaselineStore.find(handle, workspaceId, suite.id(), name).map(Baseline::runId)));
        var run = id
                .flatMap(found -> db().autocommit(workspaceId, handle -> RunStore.find(handle, workspaceId, found)));
        run.filter(found -> !found.status().equals("completed")).ifPresent(found -> {
            throw new Failure.Conflict("run " + found.id() + " is " + found.status()
                    + "; only a completed run can be a baseline");
        });
        return run.map(EvalRunRow::id);
    }

    Estimate estimate(Caller caller, UUID suiteId, RunRequest request) throws InterruptedException {
        var plan = plan(caller, suiteId, request);
        var id = Ids.next();
        var asker = new QueuedAsker(evaluating.jobs(), preview(caller, plan, id), unbounded(),
                evaluating.prices(), 1, Clock.systemUTC());
        try {
            return EvalRun.estimate(plan.loaded(), plan.spec(id, Instant.now()),
                    evaluating.environment(caller.workspaceId(), Clock.systemUTC()), asker::isKnown);
        } catch (InvalidRunException | IllegalArgumentException e) {
            throw new Failure.Conflict(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CallBudget unbounded() {
        return new CallBudget(null, null, 0, BigDecimal.ZERO);
    }

    private static EvalRunRow preview(Caller caller, RunPlan plan, UUID id) {
        var now = Instant.now();
        return new EvalRunRow(id, caller.workspaceId(), plan.suite().toReference(), plan.version().version(), "queued",
                null, null, null, false, plan.candidate(), plan.baseline(), plan.stored(), null, plan.settings(),
                new EvalRunRow.Figures(0, 0, 0, 0, 0, null, null), Json.object(), "", null, null,
                new EvalRunRow.Who(caller.name(), caller.userId(), caller.apiKeyId()), 0, now, null, null, now);
    }

    List<EvalRunRow> list(UUID workspaceId, RunStore.Filter filter) {
        return db().transaction(workspaceId, tx -> RunStore.list(tx, workspaceId, filter));
    }

    /// @throws Failure.NotFound also for those of another workspace
    EvalRunRow require(UUID workspaceId, UUID id) {
        return db().autocommit(workspaceId, handle -> require(handle, workspaceId, id));
    }

    static EvalRunRow require(Handle handle, UUID workspaceId, UUID id) {
        return RunStore.find(handle, workspaceId, id).orElseThrow(() -> Http.notFound("run", id));
    }

    List<ObjectNode> rows(UUID workspaceId, UUID id, CellStore.Mode mode, @Nullable String q, int from, int limit) {
        return db().transaction(workspaceId, tx -> CellStore.rows(tx, workspaceId, id,
                require(tx, workspaceId, id).baselineRunId(), mode, q, from, limit));
    }

    EvalRunRow cancel(Caller caller, UUID id) {
        return db().transaction(caller.workspaceId(), tx -> {
            if (!require(tx, caller.workspaceId(), id).hasEnded()) {
                RunStore.cancel(tx, caller.workspaceId(), id);
                Audit.record(tx, caller, "run.cancel", id.toString(), Json.object());
            }
            return require(tx, caller.workspaceId(), id);
        });
    }

    EvalRunRow resume(Caller caller, UUID id, RunRequest.Budget budget) {
        EvalRunRow resumed = db().transaction(caller.workspaceId(), tx -> {
            var run = require(tx, caller.workspaceId(), id);
            if (!RunStore.requeue(tx, caller.workspaceId(), id,
                    run.settings().withBudget(budget.calls(), budget.usd()))) {
                throw new Failure.Conflict("run " + id + " is " + run.status()
                        + "; only a failed or cancelled run can go on");
            }
            Audit.record(tx, caller, "run.resume", id.toString(), Json.object());
            return require(tx, caller.workspaceId(), id);
        });
        queued.run();
        return resumed;
    }

    /// @param version of the suite; null = the latest
    EvalRunRow regrade(Caller caller, UUID id, @Nullable Integer version) throws InterruptedException {
        var run = require(caller.workspaceId(), id);
        var open = suites.open(caller.workspaceId(), run.suiteId(), version);
        var loaded = reader.require(caller.workspaceId(), open.suite().key(), open.version().text(),
                run.settings().prompts());
        var planned = regraded(caller, run, loaded);
        if (!planned.identity().questions().equals(run.questions())) {
            throw new Failure.Conflict(
                    "version " + open.version().version() + " of the suite asks other questions than run "
                            + id + " did, so that its answers do not fit; start a new run");
        }
        EvalRunRow regraded = db().transaction(caller.workspaceId(), tx -> {
            if (!RunStore.regrade(tx, caller.workspaceId(), id, open.version().version(), planned.identity())) {
                throw new Failure.Conflict("run " + id + " is under way; cancel it first, or wait for its end");
            }
            CellStore.deleteGrades(tx, caller.workspaceId(), id);
            Audit.record(tx, caller, "run.regrade", id.toString(),
                    Json.object().put("suiteVersion", open.version().version()));
            return require(tx, caller.workspaceId(), id);
        });
        queued.run();
        return regraded;
    }

    private EvalRun.Planned regraded(Caller caller, EvalRunRow run, Suite loaded) {
        try {
            return EvalRun.plan(loaded, run.spec(), evaluating.providers().offer(caller.workspaceId()));
        } catch (InvalidRunException | IllegalArgumentException e) {
            throw new Failure.Conflict(String.valueOf(e.getMessage()));
        }
    }

    /// `b` against `a`.
    RunReport compare(UUID workspaceId, UUID a, UUID b) {
        for (var id : List.of(a, b)) {
            var run = require(workspaceId, id);
            if (!run.hasEnded()) {
                throw new Failure.Conflict("run " + id + " is " + run.status() + "; compare it when it has ended");
            }
        }
        try {
            return TableHome.stored(db(), workspaceId, b, b.toString()).against(
                    TableHome.stored(db(), workspaceId, a, a.toString()), TableHome.gradeAgain(a));
        } catch (InvalidRunException e) {
            throw new Failure.Conflict(String.valueOf(e.getMessage()));
        }
    }

    /// How a case did in two runs.
    record Compared(String key, String title, double before, double after) {}

    /// Cases whose share of passes differs, by key.
    List<Compared> differences(UUID workspaceId, UUID a, UUID b) {
        require(workspaceId, a);
        require(workspaceId, b);
        return db().autocommit(workspaceId, handle -> CellStore.differences(handle, workspaceId, a, b));
    }
}
