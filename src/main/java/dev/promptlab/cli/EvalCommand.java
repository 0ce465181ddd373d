package dev.promptlab.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.promptlab.config.Settings;
import dev.promptlab.eval.assertion.Sandbox;
import dev.promptlab.eval.gate.ExitCode;
import dev.promptlab.eval.gate.GatePolicy;
import dev.promptlab.eval.report.Progress;
import dev.promptlab.eval.report.Reports;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.eval.report.Terminal;
import dev.promptlab.eval.report.TerminalReport;
import dev.promptlab.eval.run.EvalRun;
import dev.promptlab.eval.run.InvalidRunException;
import dev.promptlab.eval.run.RunFolder;
import dev.promptlab.eval.run.RunSpec;
import dev.promptlab.eval.run.Stop;
import dev.promptlab.eval.suite.LoadOptions;
import dev.promptlab.eval.suite.Problem;
import dev.promptlab.eval.suite.PromptSource;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.eval.suite.SuiteException;
import dev.promptlab.eval.suite.SuiteLoader;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Providers;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

import static java.util.stream.Collectors.toSet;

/// `promptlab eval run`, `resume` and `regrade`; the commands that only look are [EvalLookCommands]. Exit codes are
/// [ExitCode]'s. Works without a server, on the providers of the settings.
final class EvalCommand {
    static final String FILE = "FILE";
    private static final String ALLOW_EXEC = "--allow-exec";
    private static final String SERVER = "--server";
    private static final int MOST_AT_ONCE = 1_000;

    private final Map<String, String> environment;
    private final PrintStream out;

    private EvalCommand(Map<String, String> environment, PrintStream out) {
        this.environment = environment;
        this.out = out;
    }

    static CommandSpec spec(Map<String, String> environment) {
        var own = new EvalCommand(environment, System.out);
        var eval = CommandSpec.create();
        eval.usageMessage().description("Finds out whether a prompt got worse.");
        eval.mixinStandardHelpOptions(true);
        eval.addSubcommand("run", own.runSpec());
        eval.addSubcommand("resume",
                withOutputs(command("Goes on with a run that was stopped, killed or out of budget.",
                        own::resume)).addPositional(optional(0, "RUN", "id of the run (default: the last one)"))
                        .addOption(value("--calls", "N", "budget of calls from now on, those made before included"))
                        .addOption(value("--usd", "USD", "as --calls, in USD")));
        eval.addSubcommand("regrade", withOutputs(command(
                "Grades the answers of a run again, without calls to the models under test.", own::regrade))
                .addPositional(optional(0, "RUN", "id of the run (default: the last one)")));
        new EvalLookCommands(environment, System.out).addTo(eval);
        return eval;
    }

    private CommandSpec runSpec() {
        return withOutputs(command("Runs a suite and decides: PASS, REGRESSED or INCONCLUSIVE.", this::run))
                .addPositional(argument(0, FILE, "suite file, *.eval.yaml or a promptfoo configuration"))
                .addOption(value("--candidate", "NAME",
                        "the prompt, provider or arm to test (default: as the suite says, else all others)"))
                .addOption(value("--baseline", "NAME",
                        "what to compare with: a prompt, provider or arm, a label, a run, or a .json result"))
                .addOption(OptionSpec.builder("-j", "--concurrency").type(Integer.class).paramLabel("N")
                        .description("calls in flight (default: 4)").build())
                .addOption(OptionSpec.builder("--repeat").type(Integer.class).paramLabel("K")
                        .description("answers to each case (default: as the suite says)").build())
                .addOption(value("--filter", "TEXT",
                        "only cases with this tag (tag:x), or with TEXT in id or description"))
                .addOption(value("--calls", "N", "budget of calls (default: as the suite says)"))
                .addOption(value("--usd", "USD", "budget in USD (default: as the suite says)"))
                .addOption(value(SERVER, "URL", "let this server run it, with the key in PROMPTLAB_API_KEY"))
                .addOption(flag("--no-cache", "ask again for what was answered before"))
                .addOption(flag("--dry-run", "only say what would be called"));
    }

    private static CommandSpec withOutputs(CommandSpec command) {
        return command.addOption(OptionSpec.builder("-o", "--output").type(List.class).auxiliaryTypes(Path.class)
                .paramLabel(FILE).description("write a report; the ending chooses: " + Reports.endings()).build())
                .addOption(value("--inconclusive", "fail|pass", "whether an inconclusive run fails (default: pass)"))
                .addOption(flag(ALLOW_EXEC, "let the suite run scripts of its own"));
    }

    static OptionSpec value(String name, String label, String description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description).build();
    }

    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).type(boolean.class).description(description).build();
    }

    static PositionalParamSpec argument(int index, String label, String description) {
        return PositionalParamSpec.builder().index(String.valueOf(index)).arity("1").required(true).paramLabel(label)
                .type(String.class).description(description).build();
    }

    static PositionalParamSpec optional(int index, String label, String description) {
        return PositionalParamSpec.builder().index(String.valueOf(index)).arity("0..1").required(false)
                .paramLabel(label).type(String.class).description(description).build();
    }

    /// What a command of this family does.
    interface EvalAction {
        int run(ParseResult flags) throws IOException, InterruptedException, InvalidRunException, SuiteException;
    }

    /// With this family's exit codes: whatever is wrong before a call ends with 2.
    static CommandSpec command(String description, EvalAction action) {
        return Commands.command(description, flags -> {
            try {
                return action.run(flags);
            } catch (SuiteException e) {
                e.problems().forEach(System.err::println);
                return ExitCode.INVALID.code();
            } catch (InvalidRunException | IllegalArgumentException e) {
                System.err.println("promptlab: " + e.getMessage());
                return ExitCode.INVALID.code();
            } catch (IOException e) {
                System.err.println("promptlab: " + e.getClass().getSimpleName() + ": " + e.getMessage());
                return ExitCode.ERRORS.code();
            }
        });
    }

    static Suite load(String file, Settings settings, ParseResult flags)
            throws SuiteException, InterruptedException {
        var names = settings.providers().endpoints().stream().map(Settings.Endpoint::name).collect(toSet());
        Suite suite;
        try (var sandbox = new Sandbox()) {
            suite = SuiteLoader.load(Path.of(file),
                    new LoadOptions(isAllowed(flags, ALLOW_EXEC), names, PromptSource.NONE, sandbox,
                            judge(settings.providers())));
        }
        GatePolicy.read(suite.settings().gate());
        suite.warnings().stream().map(Problem::toString).forEach(System.err::println);
        return suite;
    }

    /// The default model of OpenAI, as in promptfoo, else of another provider that has a key.
    private static @Nullable String judge(Settings.Providers providers) {
        return providers.endpoints().stream().filter(each -> each.apiKey() != null && each.defaultModel() != null)
                .min(Comparator.comparing(each -> !each.name().equals("openai")))
                .map(each -> each.name() + ":" + each.defaultModel()).orElse(null);
    }

    private static boolean isAllowed(ParseResult flags, String option) {
        return flags.commandSpec().findOption(option) != null && flags.hasMatchedOption(option);
    }

    private int run(ParseResult flags) throws IOException, InterruptedException, InvalidRunException, SuiteException {
        requireKnownOutputs(flags);
        var server = text(flags, SERVER);
        if (server != null) {
            return remote(server, flags);
        }
        var settings = Commands.settings(flags, environment);
        var file = flags.matchedPositionalValue(0, "");
        var suite = load(file, settings, flags);
        var now = Instant.now();
        var spec = new RunSpec(RunFolder.newId(now), now, file,
                Optional.ofNullable(text(flags, "--candidate")).orElse(suite.settings().candidate()),
                Optional.ofNullable(text(flags, "--baseline")).orElse(suite.settings().baseline()),
                flags.matchedOptionValue("--repeat", null), text(flags, "--filter"),
                calls(flags).orElse(suite.settings().maxCalls()), usd(flags).orElse(suite.settings().maxUsd()),
                concurrency(flags), !flags.hasMatchedOption("--no-cache"));
        return execute(suite, spec, settings, flags);
    }

    private int remote(String url, ParseResult flags) throws IOException, InterruptedException, InvalidRunException {
        if (isAllowed(flags, ALLOW_EXEC)) {
            throw new InvalidRunException(
                    "a server runs no scripts of suites; leave out " + ALLOW_EXEC + " or " + SERVER);
        }
        return new RemoteRun(new EvalServer(url, environment), Terminal.of(environment, out), flags)
                .run(Path.of(flags.matchedPositionalValue(0, "")), outputs(flags)).code();
    }

    private static int concurrency(ParseResult flags) throws InvalidRunException {
        int concurrency = flags.matchedOptionValue("-j", 4);
        if (concurrency < 1 || concurrency > MOST_AT_ONCE) {
            throw new InvalidRunException("-j takes 1 to " + MOST_AT_ONCE + ", not " + concurrency);
        }
        return concurrency;
    }

    private static void requireKnownOutputs(ParseResult flags) throws InvalidRunException {
        for (var file : outputs(flags)) {
            if (Reports.of(file).isEmpty()) {
                throw new InvalidRunException("-o " + file + ": the ending must be one of " + Reports.endings());
            }
        }
    }

    private static List<Path> outputs(ParseResult flags) {
        return flags.matchedOptionValue("-o", List.<Path>of());
    }

    static @Nullable String text(ParseResult flags, String option) {
        return flags.matchedOptionValue(option, null);
    }

    private static Optional<Long> calls(ParseResult flags) {
        return Optional.ofNullable(text(flags, "--calls")).map(Long::valueOf);
    }

    private static Optional<BigDecimal> usd(ParseResult flags) {
        return Optional.ofNullable(text(flags, "--usd")).map(BigDecimal::new);
    }

    private int resume(ParseResult flags)
            throws IOException, InterruptedException, InvalidRunException, SuiteException {
        requireKnownOutputs(flags);
        var settings = Commands.settings(flags, environment);
        var folder = new RunFolder(settings.dataDir());
        var spec = folder.spec(runId(flags, folder)).withBudget(calls(flags), usd(flags));
        return execute(load(spec.suiteFile(), settings, flags), spec, settings, flags);
    }

    private int regrade(ParseResult flags)
            throws IOException, InterruptedException, InvalidRunException, SuiteException {
        requireKnownOutputs(flags);
        var settings = Commands.settings(flags, environment);
        var folder = new RunFolder(settings.dataDir());
        var spec = folder.spec(runId(flags, folder));
        var suite = load(spec.suiteFile(), settings, flags);
        EvalRun.regrade(suite, spec, folder);
        return execute(suite, spec, settings, flags);
    }

    static String runId(ParseResult flags, RunFolder folder) throws IOException, InvalidRunException {
        var named = flags.matchedPositionalValue(0, "");
        return !named.isEmpty() ? named : folder.latest().orElseThrow(() -> new InvalidRunException(
                "there is no run yet; start one with `promptlab eval run FILE`"));
    }

    private int execute(Suite suite, RunSpec spec, Settings settings, ParseResult flags)
            throws IOException, InterruptedException, InvalidRunException {
        var terminal = Terminal.of(environment, out);
        var prices = PriceTable.load();
        var stop = new Stop();
        try (var providers = Providers.of(settings.providers(), prices);
                var webhook = new HttpWebhook();
                var run = EvalRun.open(suite, spec, new RunFolder(settings.dataDir()), new EvalRun.Environment(
                        providers, prices, settings.providers().timeout(), settings.providers().maxAttempts(),
                        settings.providers().backoff(), webhook, Clock.systemUTC()), stop)) {
            if (isAllowed(flags, "--dry-run")) {
                return dryRun(run.estimate());
            }
            Interrupts.onEach(() -> {
                if (!stop.request()) {
                    System.err.println("\nWaiting for the calls in flight; Ctrl-C again stops now.");
                }
            });
            var report = run.run(new Progress(terminal));
            new TerminalReport(report, terminal).print();
            for (var file : outputs(flags)) {
                Reports.of(file).orElseThrow().write(report, file);
            }
            return code(report, run, flags).code();
        }
    }

    private ExitCode code(RunReport report, EvalRun run, ParseResult flags) {
        return switch (report.ended()) {
            case "budget" -> {
                out.println(run.spent() + "; go on with `promptlab eval resume " + report.info().runId()
                        + " --calls N` or `--usd USD`");
                yield ExitCode.BUDGET;
            }
            case "interrupted" -> {
                out.println("stopped; go on with `promptlab eval resume " + report.info().runId() + "`");
                yield ExitCode.INTERRUPTED;
            }
            default -> {
                out.println("run " + report.info().runId());
                var asked = text(flags, "--inconclusive");
                yield ExitCode.of(report.gate().verdict(),
                        asked == null ? run.failsInconclusive() : asked.equals("fail"));
            }
        };
    }

    private int dryRun(EvalRun.Estimate estimate) {
        out.println(estimate.cells() + " cells: " + estimate.calls() + " calls, " + estimate.cacheHits()
                + " from the cache or alike; judges and re-runs come on top");
        out.println("about " + estimate.inputTokens() + " input tokens, " + (estimate.leastUsd() == null
                || estimate.mostUsd() == null ? "cost unknown"
                        : String.format("USD %.4f to %.4f", estimate.leastUsd(), estimate.mostUsd())));
        return ExitCode.PASS.code();
    }
}
