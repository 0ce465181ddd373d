package dev.promptlab.eval.server;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.db.Rounds;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.report.Progress;
import dev.promptlab.eval.report.Reports;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.eval.run.Asker;
import dev.promptlab.eval.run.CallBudget;
import dev.promptlab.eval.run.EvalRun;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.eval.run.RunBook;
import dev.promptlab.eval.run.Stop;
import dev.promptlab.eval.server.RunStore.Claim;
import dev.promptlab.eval.server.RunStore.Tally;
import dev.promptlab.eval.suite.SuiteException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives one run from a claim to its end, or until it is cancelled, another's, or the process stops. Used once.
final class RunDriver {
    private static final Logger log = LoggerFactory.getLogger(RunDriver.class);

    private final Evaluating evaluating;
    private final Claim claim;
    private final EvalRunRow run;
    private final Duration pulse;
    private final Duration lease;
    private final Stop stop = new Stop();
    private final CallBudget budget;
    private final QueuedAsker asker;
    private final AtomicReference<Progress.@Nullable State> state = new AtomicReference<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean cancelled;

    /// @param pulse pause between two looks whether the run is still ours and wanted
    RunDriver(Evaluating evaluating, Claim claim, EvalRunRow run, Duration pulse) {
        this.evaluating = evaluating;
        this.claim = claim;
        this.run = run;
        this.pulse = pulse;
        this.lease = evaluating.settings().worker().lease();
        var spent = run.figures().spentUsd();
        this.budget = new CallBudget(run.settings().maxCalls(), run.settings().maxUsd(), run.figures().calls(),
                spent == null ? BigDecimal.ZERO : spent, spent != null);
        this.asker = new QueuedAsker(evaluating.jobs(), run, budget, evaluating.prices(),
                evaluating.settings().providers().maxAttempts(), Clock.systemUTC());
    }

    /// Returns when the run has ended here.
    void drive() {
        var watch = Thread.ofVirtual().name("evaluation-pulse").start(this::watch);
        try {
            end(run());
        } catch (TableBook.LostException e) {
            log.info("run {} is another process's now", claim.runId());
        } catch (InvalidRunException | SuiteException e) {
            fail("invalid_run", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            leave();
        } catch (IOException | RuntimeException e) {
            failed(e);
        } finally {
            over.countDown();
            watch.interrupt();
            if (asker.hasLeft()) {
                Rounds.tryTo("the release of a run",
                        () -> db().inTransaction(claim.workspaceId(), tx -> RunStore.release(tx, claim)));
            }
        }
    }

    private Database db() {
        return evaluating.db();
    }

    private RunReport run() throws IOException, InterruptedException, InvalidRunException, SuiteException {
        var suite = evaluating.reader().read(run.workspaceId(), run.suite().path("key").asText(),
                evaluating.version(run).text(), run.settings().prompts());
        var home = new TableHome(db(), run) {
            @Override
            public RunBook open(int cells) {
                return new TableBook(db(), claim, run, RunDriver.this::tally, lease);
            }

            @Override
            public Asker asker(long calls, BigDecimal spent) {
                return asker;
            }
        };
        try (var driven = EvalRun.open(suite, run.spec(), home, evaluating.environment(run, Clock.systemUTC()), stop)) {
            return driven.run(state::set);
        }
    }

    private Tally tally() {
        return new Tally(state.get(), asker.hits(), budget.made(), budget.spent(), budget.spentUsd() != null);
    }

    /// Nothing of a run that is left or lost is an end: whoever is next goes on.
    private void end(RunReport report) {
        if (asker.hasLeft()) {
            return;
        }
        var summary = Reports.summary(report);
        var findings = report.gate().findings();
        if (cancelled) {
            end("cancelled", null, null, null, summary, findings);
        } else if (report.ended().equals("complete")) {
            end("completed", report.gate().verdict().word(), null, null, summary, findings);
        } else {
            end("failed", null, "budget_exceeded", budget.whyRefused(), summary, findings);
        }
    }

    private void end(String status, @Nullable String verdict, @Nullable String code, @Nullable String error,
            @Nullable ObjectNode summary, List<CaseFinding> findings) {
        JsonNode stored = summary == null ? null : Findings.json(findings);
        db().inTransaction(claim.workspaceId(), tx -> {
            if (RunStore.hold(tx, claim, lease, tally()).isEmpty()
                    || !RunStore.end(tx, claim, status, verdict, code, error, summary, stored)) {
                throw new TableBook.LostException();
            }
            if (verdict != null) {
                CellStore.insertFindings(tx, claim, run.suiteId(), findings);
            }
        });
        log.info("run {} of suite {} is {}{}", claim.runId(), run.suite().path("key").asText(), status,
                verdict == null ? "" : ": " + verdict.toUpperCase(Locale.ROOT));
    }

    private void fail(String code, String message) {
        try {
            end("failed", null, code, message, null, List.of());
        } catch (TableBook.LostException e) {
            log.info("run {} is another process's now", claim.runId());
        }
    }

    private void failed(Exception e) {
        if (asker.hasLeft()) {
            return;
        }
        if (Database.mayPass(e)) {
            log.warn("run {} lost the database and goes on when its lease is over: {}", claim.runId(), e.getMessage());
            return;
        }
        if (e.getCause() instanceof TableBook.LostException) {
            log.info("run {} is another process's now", claim.runId());
            return;
        }
        log.error("run {} broke", claim.runId(), e);
        fail("internal_error", "the run broke; the log of the server says more under its id");
    }

    /// Keeps the lease, shows how far the run is, and hears that it is not wanted any more.
    private void watch() {
        try {
            while (!over.await(pulse.toNanos(), TimeUnit.NANOSECONDS)) {
                Rounds.tryTo("the pulse of a run", this::beat);
            }
        } catch (InterruptedException _) {
            // The run has ended.
        }
    }

    private void beat() {
        var wanted = db().transaction(claim.workspaceId(), tx -> RunStore.hold(tx, claim, lease, tally()));
        if (wanted.isEmpty()) {
            leave();
        } else if (wanted.get() && !cancelled) {
            cancelled = true;
            stop.request();
            asker.cancel();
        }
    }

    /// Stops here; the run goes on elsewhere, or after the next start.
    void leave() {
        stop.request();
        asker.leave();
    }

    /// @return whether it ended in time
    boolean awaitEnd(Duration patience) throws InterruptedException {
        return over.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
