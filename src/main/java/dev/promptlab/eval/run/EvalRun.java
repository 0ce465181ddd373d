package dev.promptlab.eval.run;

import java.io.IOException;
import java.math.BigDecimal;
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
import dev.promptlab.eval.report.Progress;
import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.report.RunReport;
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
    private final RunFolder folder;
    private final Plan plan;
    private final @Nullable StoredRun stored;
    private final GatePolicy policy;
    private final Environment environment;
    private final Journal answers;
    private final Journal rows;
    private final Journal reruns;
    private final Places answered;
    private final Places decided;
    private final Map<String, Boolean> rerunsBefore = new HashMap<>();
    private final Calls calls;
    private final Sandbox sandbox = new Sandbox();
    private final Runner runner;
    private final Stop stop;
    private long callsBefore;
    private BigDecimal spentBefore = BigDecimal.ZERO;

    /// What a run needs of the world.
    ///
    /// @param timeout of one attempt of a call
    public record Environment(Offer offer, PriceTable prices, Duration timeout, int maxAttempts, List<Duration> backoff,
            Clock clock) {
        public Environment {
            backoff = List.copyOf(backoff);
        }
    }

    private EvalRun(Suite suite, RunSpec spec, RunFolder folder, Environment environment, Stop stop)
            throws IOException, InvalidRunException {
        this.suite = suite;
        this.spec = spec;
        this.folder = folder;
        this.environment = environment;
        this.stop = stop;
        this.policy = GatePolicy.read(suite.settings().gate());
        var live = liveBaseline(suite, spec);
        this.plan = new Plan(suite, cases(suite, spec), spec.candidate(), live.orElse(null));
        this.stored = spec.baseline() == null || live.isPresent() ? null : StoredRun.find(folder, spec.baseline());
        if (stored != null) {
            stored.requireComparable(Grading.fingerprint(suite), spec.suiteFile());
        }
        if (plan.cells() == 0) {
            throw new InvalidRunException("there is nothing to run: " + (spec.filter() == null
                    ? "the suite has no cases" : "no case matches --filter " + spec.filter()));
        }
        requireProviders();
        begin();
        this.answered = new Places(plan.cells());
        this.decided = new Places(plan.cells());
        this.answers = Journal.open(folder.file(spec.runId(), "answers.jsonl"), (line, place) -> {
            answered.put(line.path("cell").asInt(), place);
            count(Answer.read(line.path("answer")));
        });
        this.rows = Journal.open(folder.file(spec.runId(), "rows.jsonl"),
                (line, place) -> decided.put(line.path("cell").asInt(), place));
        this.reruns = Reruns.open(folder, spec.runId(), rerunsBefore);
        var budget = new CallBudget(spec.maxCalls(), spec.maxUsd(), callsBefore + rerunsBefore.size(), spentBefore);
        var cache = spec.cache() ? folder.cache() : folder.file(spec.runId(), "cache");
        this.calls = new Calls(new Calls.Policy(spec.concurrency(), environment.timeout(), environment.maxAttempts(),
                environment.backoff()), new AnswerCache(cache), budget, environment.prices(), environment.clock());
        var judge = new RunJudge(calls, environment.offer(), suite.settings().judgeModel());
        var grading = new Grading(new Assertions(judge, suite.settings().votes(), Webhook.NONE, sandbox));
        this.runner = new Runner(plan, suite, calls, environment.offer(), grading,
                new Runner.Books(answers, answered, rows, decided), stop, spec.concurrency());
    }

    private void requireProviders() throws InvalidRunException {
        var offer = environment.offer();
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
        return new EvalRun(suite, spec, folder, environment, stop);
    }

    private void count(Answer answer) {
        if (!answer.cached() && answer.latencyMs() != null) {
            callsBefore++;
            spentBefore = spentBefore.add(answer.costUsd() == null ? BigDecimal.ZERO : answer.costUsd());
        }
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

    private void begin() throws IOException, InvalidRunException {
        if (!folder.exists(spec.runId())) {
            folder.begin(spec, plan, Grading.fingerprint(suite));
            return;
        }
        if (!folder.describe(spec.runId()).path("fingerprint").asText().equals(plan.fingerprint())) {
            throw new InvalidRunException("the suite has changed since run " + spec.runId()
                    + " began; start a new run with `promptlab eval run " + spec.suiteFile() + "`");
        }
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
        return new DryRun(plan, calls, environment.offer(), environment.prices(), suite.settings().strictVars(),
                environment.clock().instant()).estimate();
    }

    /// Runs what is missing, looks at suspects, decides.
    public RunReport run(Progress progress) throws IOException, InterruptedException {
        var ended = runner.run(progress);
        var book = book();
        var gate = new Gate(book, policy, LocalDate.ofInstant(environment.clock().instant(), ZoneOffset.UTC));
        var findings = ended == Runner.Ended.COMPLETE && !suite.serial()
                ? new Reruns(plan, runner, reruns, rerunsBefore, stop).find(gate.suspects()) : List.<CaseFinding>of();
        if (ended == Runner.Ended.COMPLETE) {
            new CaseHistory(folder).remember(suite.name(), spec.runId(), findings);
        }
        return new RunReport(info(), execution(), gate.decide(findings), Grading.fingerprint(suite),
                ended.name().toLowerCase(Locale.ROOT), derived(), book, this::eachRow);
    }

    /// In the order of results, so that sums are the same however the answers came.
    private ScoreBook book() throws IOException {
        var book = new ScoreBook(plan.facts());
        if (stored != null) {
            stored.asBaseline().forEach(book::add);
        }
        eachRow(row -> book.add(row.toScore()));
        return book;
    }

    private void eachRow(RunReport.Rows.Reader reader) throws IOException {
        for (var cell = 0; cell < plan.cells(); cell++) {
            var place = decided.get(cell);
            if (place != null) {
                reader.row(ResultRow.read(rows.read(place).path("row")));
            }
        }
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
        eachRow(row -> {
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
        var live = liveBaseline(suite, spec);
        var plan = new Plan(suite, cases(suite, spec), spec.candidate(), live.orElse(null));
        if (!folder.describe(spec.runId()).path("questions").asText().equals(plan.questions())) {
            throw new InvalidRunException("the suite asks other questions than run " + spec.runId()
                    + " did, so that its answers do not fit; start a new run");
        }
        Files.deleteIfExists(folder.file(spec.runId(), "rows.jsonl"));
        Files.deleteIfExists(folder.file(spec.runId(), "reruns.jsonl"));
        folder.begin(spec, plan, Grading.fingerprint(suite));
    }

    @Override
    public void close() throws IOException {
        sandbox.close();
        answers.close();
        rows.close();
        reruns.close();
    }
}
