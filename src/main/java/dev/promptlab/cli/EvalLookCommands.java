package dev.promptlab.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

import dev.promptlab.eval.gate.ExitCode;
import dev.promptlab.eval.gate.GatePolicy;
import dev.promptlab.eval.report.Reports;
import dev.promptlab.eval.report.Terminal;
import dev.promptlab.eval.report.TerminalReport;
import dev.promptlab.eval.run.Calibration;
import dev.promptlab.eval.run.CaseHistory;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.eval.run.RunFolder;
import dev.promptlab.eval.run.StoredRun;
import dev.promptlab.eval.statistics.Power;
import dev.promptlab.eval.suite.SuiteException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// The commands of `eval` that call no provider: compare, baseline, power, flaky, calibrate, lint.
final class EvalLookCommands {
    private static final double USUAL_RATE = 0.9;

    private final Map<String, String> environment;
    private final PrintStream out;

    EvalLookCommands(Map<String, String> environment, PrintStream out) {
        this.environment = environment;
        this.out = out;
    }

    void addTo(CommandSpec eval) {
        eval.addSubcommand("compare", EvalCommand.command("Compares two runs, results or labels: B against A.",
                this::compare).addPositional(EvalCommand.argument("A B", "baseline, then candidate", "2"))
                .addOption(EvalCommand.value("--inconclusive", "fail|pass", "whether an inconclusive result fails")));
        var baseline = CommandSpec.create();
        baseline.usageMessage().description("Names runs to compare with.");
        baseline.mixinStandardHelpOptions(true);
        baseline.addSubcommand("set", EvalCommand.command("Gives a run a label.", this::setBaseline)
                .addPositional(EvalCommand.argument("LABEL [RUN]", "label, then id of a run (default: the last one)",
                        "1..2")));
        baseline.addSubcommand("show", EvalCommand.command("Lists labels and their runs.", this::showBaselines));
        baseline.addSubcommand("export", EvalCommand.command("Writes the result of a label or run to a file to commit.",
                this::export).addPositional(EvalCommand.argument("LABEL FILE", "label or run, then a file", "2")));
        eval.addSubcommand("baseline", baseline);
        eval.addSubcommand("power", EvalCommand.command("Says what a suite can see, and how many cases it needs.",
                this::power).addPositional(EvalCommand.argument("FILE", "suite file", "1"))
                .addOption(EvalCommand.value("--delta", "3pp", "a drop that must be seen"))
                .addOption(EvalCommand.value("--rate", "0.9", "pass rate to expect (default: 0.9)")));
        eval.addSubcommand("flaky", EvalCommand.command("Lists cases whose differences did not come back.",
                this::flaky));
        eval.addSubcommand("calibrate", EvalCommand.command("Compares the grades of a run with labels by people.",
                this::calibrate).addPositional(
                        EvalCommand.argument("RUN LABELS",
                                "run, then JSON lines {\"case\": ID, \"pass\": true}", "2")));
        eval.addSubcommand("lint", EvalCommand.command("Checks a suite file and calls nobody.", this::lint)
                .addPositional(EvalCommand.argument("FILE", "suite file", "1")));
    }

    private RunFolder folder(ParseResult flags) {
        return new RunFolder(Commands.settings(flags, environment).dataDir());
    }

    private int compare(ParseResult flags) throws IOException, InvalidRunException {
        var folder = folder(flags);
        var report = StoredRun.compare(folder, flags.matchedPositionalValue(0, ""),
                flags.matchedPositionalValue(1, ""));
        new TerminalReport(report, Terminal.of(environment, out)).print();
        return ExitCode.of(report.gate().verdict(), "fail".equals(EvalCommand.text(flags, "--inconclusive"))).code();
    }

    private int setBaseline(ParseResult flags) throws IOException, InvalidRunException {
        var folder = folder(flags);
        var label = flags.matchedPositionalValue(0, "");
        var named = flags.matchedPositionalValue(1, "");
        var run = named.isEmpty() ? folder.latest().orElseThrow(() -> new InvalidRunException("there is no run yet"))
                : named;
        folder.setBaseline(label, run);
        out.println(label + " is run " + run);
        return ExitCode.PASS.code();
    }

    private int showBaselines(ParseResult flags) throws IOException {
        folder(flags).baselines().propertyStream().map(each -> each.getKey() + "  " + each.getValue().asText()).sorted()
                .forEach(out::println);
        return ExitCode.PASS.code();
    }

    private int export(ParseResult flags) throws IOException, InvalidRunException {
        var file = Path.of(flags.matchedPositionalValue(1, ""));
        var form = Reports.of(file).orElseThrow(
                () -> new InvalidRunException(file + ": the ending must be one of " + Reports.endings()));
        form.write(StoredRun.report(folder(flags), flags.matchedPositionalValue(0, "")), file);
        return ExitCode.PASS.code();
    }

    private int power(ParseResult flags) throws SuiteException, InterruptedException {
        var suite = EvalCommand.load(flags.matchedPositionalValue(0, ""), Commands.settings(flags, environment), flags);
        var rateText = EvalCommand.text(flags, "--rate");
        var rate = rateText == null ? USUAL_RATE : GatePolicy.share("--rate", rateText);
        var cases = suite.cases().size();
        var deviation = Power.deviation(rate);
        out.printf(Locale.ROOT, "%d cases that pass at %.0f %% see drops from %.1f points on with 80 %% power%n", cases,
                rate * 100, Power.smallestDrop(cases, deviation) * 100);
        var delta = EvalCommand.text(flags, "--delta");
        if (delta != null) {
            var drop = GatePolicy.share("--delta", delta);
            out.printf(Locale.ROOT, "a drop of %.1f points needs %d cases%n", drop * 100,
                    Power.casesFor(drop, deviation));
        }
        return ExitCode.PASS.code();
    }

    private int flaky(ParseResult flags) throws IOException {
        for (var each : new CaseHistory(folder(flags)).entries()) {
            out.println(each.flaky() + " of " + each.runs() + " looks  " + each.suite() + "  " + each.caseId()
                    + "  last in " + each.lastRun());
        }
        return ExitCode.PASS.code();
    }

    private int calibrate(ParseResult flags) throws IOException, InvalidRunException {
        var agreement = Calibration.of(StoredRun.report(folder(flags), flags.matchedPositionalValue(0, "")),
                Path.of(flags.matchedPositionalValue(1, "")));
        out.printf(Locale.ROOT, "%d rows, agreement %.1f %%, kappa %.3f%n", agreement.rows(), agreement.rate() * 100,
                agreement.kappa());
        return ExitCode.PASS.code();
    }

    private int lint(ParseResult flags) throws SuiteException, InterruptedException {
        var suite = EvalCommand.load(flags.matchedPositionalValue(0, ""), Commands.settings(flags, environment), flags);
        out.println(suite.cases().size() + " cases on " + suite.arms().size() + " arms, " + suite.cells() + " cells");
        return ExitCode.PASS.code();
    }
}
