package dev.promptlab.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.promptlab.eval.assertion.Assertions;
import dev.promptlab.eval.assertion.DerivedMetric;
import dev.promptlab.eval.assertion.Sandbox;
import dev.promptlab.eval.assertion.Webhook;
import dev.promptlab.eval.gate.CaseFinding;
import dev.promptlab.eval.gate.Gate;
import dev.promptlab.eval.gate.GatePolicy;
import dev.promptlab.eval.gate.ScoreBook;
import dev.promptlab.eval.report.RunReport;
import dev.promptlab.eval.report.RunWatcher;
import dev.promptlab.eval.suite.Arm;
import dev.promptlab.eval.suite.Case;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.provider.Offer;
import dev.promptlab.provider.PriceTable;
import org.jspecify.annotations.Nullable;

/// One run of a suite, from its specification to its report; also a resumed one, and one that is graded again. Used once; closing
/// it closes its journals.
public final class EvalRun implements AutoCloseable {
    private final Suite suite;
    private final RunSpec spec;
    private final RunHome home;
    private final Plan plan;
    private final @Nullable StoredRun stored;
    private final GatePolicy policy;
    private final Environment environment;
    private final RunBook book;
    private final Asker calls;
    private final Sandbox sandbox = new Sandbox();
    private final Runner runner;
    private final Stop stop;

    /// What a run needs of the world.
    ///
    /// @param timeout of one attempt of a call
    /// @param webhook calls the URLs of assertions
    public record Environment(Offer offer, PriceTable prices, Duration timeout, int maxAttempts, List<Duration> backoff,
            Webhook webhook, Clock clock) {
        public Environment {
            backoff = List.copyOf(backoff);
        }

        /// One that calls no URLs.
        public Environment(Offer offer, PriceTable prices, Duration timeout, int maxAttempts, List<Duration> backoff,
                Clock clock) {
            this(offer, prices, timeout, maxAttempts, backoff, Webhook.NONE, clock);
        }
    }

    private EvalRun(Suite suite, RunSpec spec, Plan plan, RunHome home, Environment environment, Stop stop)
            throws IOException, InvalidRunException {
        this.suite = suite;
        this.spec = spec;
        this.home = home;
        this.environment = environment;
        this.stop = stop;
        this.policy = GatePolicy.read(suite.settings().gate());
        this.plan = plan;
        this.stored = spec.baseline() == null || liveBaseline(suite, spec).isPresent() ? null
                : home.stored(spec.baseline());
        if (stored != null) {
            stored.requireComparable(Grading.fingerprint(suite), home.gradeAgain(stored.name()));
        }
        home.begin(identity(suite, plan));
        this.book = home.open(plan.cells());
        this.calls = home.asker(book.callsBefore(), book.spentBefore());
        var judge = new RunJudge(calls, environment.offer(), suite.settings().judgeModel());
        var grading = new Grading(new Assertions(judge, suite.settings().votes(), environment.webhook(), sandbox));
        this.runner = new Runner(plan, suite, calls, environment.offer(), grading, book, stop, spec.concurrency());
    }

    private static Plan plan(Suite suite, RunSpec spec) throws InvalidRunException {
        var plan = new Plan(suite, cases(suite, spec), spec.candidate(), liveBaseline(suite, spec).orElse(null));
        if (plan.cells() == 0) {
            throw new InvalidRunException("there is nothing to run: " + (spec.filter() == null
                    ? "the suite has no cases" : "no case matches --filter " + spec.filter()));
        }
        return plan;
    }

    private static RunHome.Identity identity(Suite suite, Plan plan) {
        return new RunHome.Identity(plan.fingerprint(), plan.questions(), Grading.fingerprint(suite));
    }

    private static void requireProviders(Plan plan, Offer offer) throws InvalidRunException {
        var missing = plan.arms().stream().map(Arm::provider).distinct().filter(name -> offer.find(name).isEmpty())
                .toList();
        if (!missing.isEmpty() && plan.cases().stream().anyMatch(each -> each.options().providerOutput() == null)) {
            throw new InvalidRunException(String.join(", ", missing)
                    + " is not configured; set its API key (see .env.example), or name another under promptlab.models;"
                    + " there are " + String.join(", ", offer.configured()));
        }
    }

    /// A new run, or the rest of one that was begun.
    ///
    /// @throws InvalidRunException when it cannot run, or is not the same any more; nothing was called
    public static EvalRun open(Suite suite, RunSpec spec, RunFolder folder, Environment environment, Stop stop)
            throws IOException, InvalidRunException {
        return open(suite, spec, new FolderHome(folder, spec, environment), environment, stop);
    }

    /// As the other, in another home.
    public static EvalRun open(Suite suite, RunSpec spec, RunHome home, Environment environment, Stop stop)
            throws IOException, InvalidRunException {
        var plan = plan(suite, spec);
        requireProviders(plan, environment.offer());
        return new EvalRun(suite, spec, plan, home, environment, stop);
    }

    /// A run that has ended, for its report: its providers may be gone.
    public static EvalRun read(Suite suite, RunSpec spec, RunHome home, Environment environment)
            throws IOException, InvalidRunException {
        return new EvalRun(suite, spec, plan(suite, spec), home, environment, new Stop());
    }

    private static Optional<String> liveBaseline(Suite suite, RunSpec spec) {
        return Optional.ofNullable(spec.baseline())
                .filter(name -> suite.arms().stream().anyMatch(arm -> Plan.goesBy(arm, name)));
    }

    private static List<Case> cases(Suite suite, RunSpec spec) {
        var filter = spec.filter() == null ? null : Plan.filter(spec.filter());
        return suite.cases().stream().filter(each -> filter == null || filter.test(each))
                .map(each -> spec.repeats() == null ? each : repeated(each, spec.repeats())).toList();
    }

    private static Case repeated(Case each, int repeats) {
        return new Case(each.id(), each.description(), each.vars(), each.assertions(), each.threshold(),
                each.options(), each.metadata(), each.arms(), repeats, each.tags(), each.cluster(), each.must(),
                each.place());
    }

    /// What a run would do.
    ///
    /// @param calls that would be made, judges and re-runs aside
    /// @param leastUsd when answers are empty; null = some price is unknown
    /// @param mostUsd when every answer is as long as it may be
    public record Estimate(long cells, long calls, long cacheHits, long inputTokens, @Nullable Double leastUsd,
            @Nullable Double mostUsd) {}

    /// Calls nothing.
    public Estimate estimate() throws IOException {
        return new DryRun(plan, calls::isKnown, environment.offer(), environment.prices(),
                suite.settings().strictVars(), environment.clock().instant()).estimate();
    }

    /// What a run would do that is not begun.
    ///
    /// @throws InvalidRunException when it cannot run
    public static Estimate estimate(Suite suite, RunSpec spec, Environment environment, DryRun.Known known)
            throws IOException, InvalidRunException {
        var plan = plan(suite, spec);
        requireProviders(plan, environment.offer());
        return new DryRun(plan, known, environment.offer(), environment.prices(), suite.settings().strictVars(),
                environment.clock().instant()).estimate();
    }

    /// What a run would be.
    ///
    /// @param live whether the baseline runs beside the candidate
    public record Planned(RunHome.Identity identity, int cells, boolean live) {}

    /// Calls nothing and writes nothing.
    ///
    /// @throws InvalidRunException when it cannot run
    public static Planned plan(Suite suite, RunSpec spec, Offer offer) throws InvalidRunException {
        var plan = plan(suite, spec);
        GatePolicy.read(suite.settings().gate());
        requireProviders(plan, offer);
        return new Planned(identity(suite, plan), plan.cells(), liveBaseline(suite, spec).isPresent());
    }

    /// Runs what is missing, looks at suspects, decides.
    public RunReport run(RunWatcher progress) throws IOException, InterruptedException {
        var ended = runner.run(progress);
        var scores = scores();
        var gate = gate(scores);
        var findings = ended == Runner.Ended.COMPLETE && !suite.serial()
                ? new Reruns(plan, runner, book, stop).find(gate.suspects()) : List.<CaseFinding>of();
        if (ended == Runner.Ended.COMPLETE) {
            home.remember(suite.name(), findings);
        }
        return report(scores, gate, findings, ended.name().toLowerCase(Locale.ROOT));
    }

    private RunReport report(ScoreBook scores, Gate gate, List<CaseFinding> findings, String ended)
            throws IOException {
        return new RunReport(info(), execution(), gate.decide(findings), Grading.fingerprint(suite), ended, derived(),
                scores, book::eachRow);
    }

    /// Of what is written down, without running anything.
    ///
    /// @param findings as they were found when it ran
    /// @param ended see [RunReport#ended]
    public RunReport report(List<CaseFinding> findings, String ended) throws IOException {
        var scores = scores();
        return report(scores, gate(scores), findings, ended);
    }

    private Gate gate(ScoreBook scores) {
        return new Gate(scores, policy, LocalDate.ofInstant(environment.clock().instant(), ZoneOffset.UTC));
    }

    /// In the order of results, so that sums are the same however the answers came.
    private ScoreBook scores() throws IOException {
        var scores = new ScoreBook(plan.facts());
        if (stored != null) {
            stored.asBaseline().forEach(scores::add);
        }
        book.eachRow(row -> scores.add(row.toScore()));
        return scores;
    }

    private RunReport.Info info() {
        return new RunReport.Info(spec.runId(), suite.name(), suite.description(),
                plan.arms().stream().map(dev.promptlab.eval.suite.Arm::id).toList(),
                spec.candidate() == null ? suite.name() : spec.candidate(), spec.baseline(), plan.cases().size(),
                plan.cells());
    }

    private RunReport.Execution execution() {
        return new RunReport.Execution(spec.startedAt(), Duration.between(spec.startedAt(),
                environment.clock().instant()), calls.budget().calls(), calls.hits(), calls.budget().spentUsd());
    }

    private Map<String, Map<String, Double>> derived() throws IOException {
        if (suite.derivedMetrics().isEmpty()) {
            return Map.of();
        }
        var sums = new LinkedHashMap<String, Map<String, Double>>();
        var counts = new HashMap<String, Long>();
        book.eachRow(row -> {
            counts.merge(row.arm(), 1L, Long::sum);
            var sum = sums.computeIfAbsent(row.arm(), _ -> new HashMap<>());
            row.metrics().forEach((name, score) -> sum.merge(name, score, Double::sum));
        });
        var derived = new LinkedHashMap<String, Map<String, Double>>();
        sums.forEach((arm, sum) -> derived.put(arm,
                DerivedMetric.evaluate(suite.derivedMetrics(), sum, counts.getOrDefault(arm, 0L))));
        return derived;
    }

    /// Whether the suite wants an inconclusive run to fail.
    public boolean failsInconclusive() {
        return policy.failInconclusive();
    }

    /// Why the budget ended the run; null = it did not.
    public @Nullable String spent() {
        return runner.spent();
    }

    /// Forgets the grades of a run and keeps its answers, so that the next look grades them by the suite as it is now.
    ///
    /// @throws InvalidRunException when the suite asks other questions now
    public static void regrade(Suite suite, RunSpec spec, RunFolder folder) throws IOException, InvalidRunException {
        folder.describe(spec.runId());
        var plan = plan(suite, spec);
        if (!folder.describe(spec.runId()).path("questions").asText().equals(plan.questions())) {
            throw new InvalidRunException("the suite asks other questions than run " + spec.runId()
                    + " did, so that its answers do not fit; start a new run");
        }
        Files.deleteIfExists(folder.file(spec.runId(), "rows.jsonl"));
        Files.deleteIfExists(folder.file(spec.runId(), "reruns.jsonl"));
        folder.begin(spec, identity(suite, plan));
    }

    @Override
    public void close() throws IOException {
        sandbox.close();
        book.close();
    }
}
