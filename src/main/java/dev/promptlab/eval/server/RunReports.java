package dev.promptlab.eval.server;

import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;

import dev.promptlab.eval.report.Reports;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.eval.report.Terminal;
import dev.promptlab.eval.report.TerminalReport;
import dev.promptlab.eval.run.Answer;
import dev.promptlab.eval.run.Asker;
import dev.promptlab.eval.run.Call;
import dev.promptlab.eval.run.CallBudget;
import dev.promptlab.eval.run.EvalRun;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.eval.run.RunBook;
import dev.promptlab.eval.server.RunStore.Claim;
import dev.promptlab.eval.server.RunStore.Tally;
import dev.promptlab.eval.suite.SuiteException;
import dev.promptlab.web.Failure;

/// Writes the files of runs that have ended, from what is stored; calls nobody.
final class RunReports {
    private final Evaluating evaluating;

    RunReports(Evaluating evaluating) {
        this.evaluating = evaluating;
    }

    /// Takes a report while what it reads is open.
    @FunctionalInterface
    private interface Reader {
        void read(RunReport report) throws IOException;
    }

    void write(EvalRunRow run, Reports form, Writer out) throws IOException, InterruptedException {
        read(run, report -> form.write(report, out));
    }

    /// As the command line shows it.
    void print(EvalRunRow run, Terminal terminal) throws IOException, InterruptedException {
        read(run, report -> new TerminalReport(report, terminal).print());
    }

    /// @throws Failure.Conflict when the run has no result, or its suite cannot be read any more
    private void read(EvalRunRow run, Reader reader) throws IOException, InterruptedException {
        var finished = run.finishedAt();
        var summary = run.summary();
        if (finished == null || summary == null) {
            throw new Failure.Conflict("run " + run.id() + " is " + run.status() + " and has no report"
                    + (run.hasEnded() ? "" : "; wait for its end"));
        }
        var clock = Clock.fixed(finished, ZoneOffset.UTC);
        try (var read = EvalRun.read(evaluating.reader().read(run.workspaceId(), run.suite().path("key").asText(),
                evaluating.version(run).text(), run.settings().prompts()), run.spec(), new Home(evaluating, run),
                evaluating.environment(run, clock))) {
            reader.read(read.report(Findings.read(run.findings()), summary.path("ended").asText()));
        } catch (SuiteException | InvalidRunException e) {
            throw new Failure.Conflict("the suite of this run cannot be read any more: " + e.getMessage());
        }
    }

    /// A home in which nothing happens.
    private static final class Home extends TableHome {
        private final Evaluating evaluating;
        private final EvalRunRow run;

        Home(Evaluating evaluating, EvalRunRow run) {
            super(evaluating.db(), run);
            this.evaluating = evaluating;
            this.run = run;
        }

        @Override
        public RunBook open(int cells) {
            return new TableBook(evaluating.db(), new Claim(run.id(), run.workspaceId(), -1), run,
                    () -> new Tally(null, 0, 0, BigDecimal.ZERO, true), Duration.ZERO);
        }

        @Override
        public Asker asker(long calls, BigDecimal spent) {
            var budget = new CallBudget(null, null, calls, spent, run.figures().spentUsd() != null);
            return new Silent(budget, run.figures().cacheHits());
        }
    }

    /// Asks nobody.
    private record Silent(CallBudget budget, long hits) implements Asker {
        @Override
        public Answer ask(Call call) {
            throw new IllegalStateException("a report asks nothing (bug)");
        }

        @Override
        public boolean isKnown(Call call) {
            return false;
        }
    }

    static String contentType(Reports form) {
        return switch (form) {
            case JSON -> "application/json";
            case JSON_LINES -> "application/x-ndjson";
            case HTML -> "text/html; charset=utf-8";
            case MARKDOWN -> "text/markdown; charset=utf-8";
            case JUNIT -> "application/xml";
            case CSV -> "text/csv; charset=utf-8";
        };
    }
}
