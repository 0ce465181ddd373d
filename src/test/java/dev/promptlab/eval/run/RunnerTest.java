package dev.promptlab.eval.run;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.eval.assertion.AssertionSpec;
import dev.promptlab.eval.gate.CaseRule.Kind;
import dev.promptlab.eval.gate.Verdict;
import dev.promptlab.eval.suite.Case;
import dev.promptlab.eval.suite.CaseOptions;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Usage;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.promptlab.eval.run.TestRun.prompt;
import static dev.promptlab.eval.run.TestRun.says;
import static dev.promptlab.eval.run.TestRun.suite;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RunnerTest {
    @TempDir
    Path folder;

    @Test
    void comparesTwoPromptsOfASuiteAndFindsWhatIsBroken() throws Exception {
        var run = new TestRun(folder, (request, _) -> says(
                prompt(request).startsWith("new") && prompt(request).endsWith("7") ? "no" : "ok"));
        var report = run.run(suite(100, "old {{n}}", "new {{n}}"), run.spec("prompt 1", null, 8));
        assertThat(report.gate().verdict()).isEqualTo(Verdict.REGRESSED);
        assertThat(report.gate().comparisons().getFirst().regressed()).isEqualTo(10);
        assertThat(report.gate().findings()).hasSize(10).allMatch(each -> each.kind() == Kind.BROKEN);
        assertThat(report.execution().calls()).isEqualTo(200 + 10 * 3 * 2);
        assertThat(new CaseHistory(run.runFolder()).entries()).isEmpty();
    }

    @Test
    void identicalCallsAreOne() throws Exception {
        var run = new TestRun(folder, (_, _) -> says("ok"));
        var report = run.run(suite(50, "always the same"), run.spec(null, null, 8));
        assertThat(run.seen).hasSize(1);
        assertThat(report.gate().arms().candidate().passed()).isEqualTo(50);
        assertThat(report.execution().cacheHits()).isEqualTo(49);
    }

    @Test
    void aBudgetOfCallsIsNeverPassedAndTheRunGoesOnLater() throws Exception {
        var run = new TestRun(folder, (_, _) -> says("ok"));
        var suite = suite(100, "{{n}}");
        var spec = run.spec(null, 40L, 16);
        assertThat(run.run(suite, spec).ended()).isEqualTo("budget");
        assertThat(run.seen).hasSize(40);
        var rest = run.run(suite, spec.withBudget(Optional.of(1_000L), Optional.empty()));
        assertThat(rest.ended()).isEqualTo("complete");
        assertThat(run.seen).hasSize(100);
        assertThat(rest.gate().arms().candidate().passed()).isEqualTo(100);
    }

    @Test
    void aRunThatWasCutAnywhereEndsAsIfNothingHadHappened() throws Exception {
        var run = new TestRun(folder, (request, _) -> says(prompt(request).endsWith("3") ? "no" : "ok"));
        var suite = suite(60, "old {{n}}", "new {{n}}");
        var spec = run.spec("prompt 1", null, 8);
        var undisturbed = run.json(suite, spec);
        var random = new SplittableRandom(7);
        for (var i = 0; i < 20; i++) {
            cut(run.file(spec, "answers.jsonl"), random);
            cut(run.file(spec, "rows.jsonl"), random);
            cut(run.file(spec, "reruns.jsonl"), random);
            assertThat(run.json(suite, spec)).isEqualTo(undisturbed);
        }
    }

    private static void cut(Path file, SplittableRandom random) throws Exception {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() == 0 ? 0 : random.nextLong(channel.size()));
        }
    }

    @Test
    void answersInTheJournalAreNotAskedForAgain() throws Exception {
        var run = new TestRun(folder, (_, _) -> says("ok"));
        var suite = suite(30, "{{n}}");
        var spec = run.spec(null, null, 4);
        run.run(suite, spec);
        Files.delete(run.file(spec, "rows.jsonl"));
        run.run(suite, spec);
        assertThat(run.seen).hasSize(30);
    }

    @Test
    void gradingAgainTakesTheAnswersThatAreThere() throws Exception {
        var run = new TestRun(folder, (_, _) -> says("ok"));
        var spec = run.spec(null, null, 4);
        run.run(suite(30, "{{n}}"), spec);
        var stricter = asking(suite(30, "{{n}}"), "better");
        assertThatThrownBy(() -> run.run(stricter, spec)).isInstanceOf(InvalidRunException.class)
                .hasMessageContaining("the suite has changed");
        EvalRun.regrade(stricter, spec, run.runFolder());
        assertThat(run.run(stricter, spec).gate().arms().candidate().passed()).isZero();
        assertThat(run.seen).hasSize(30);
        assertThatThrownBy(() -> EvalRun.regrade(suite(30, "other {{n}}"), spec, run.runFolder()))
                .isInstanceOf(InvalidRunException.class);
    }

    private static Suite asking(Suite suite, String text) {
        var cases = suite.cases().stream().map(each -> new Case(each.id(), each.description(),
                each.vars(), List.of(AssertionSpec.of(each.assertions().getFirst().type(),
                        TextNode.valueOf(text))),
                each.threshold(), each.options(), each.metadata(), each.arms(), each.repeats(), each.tags(),
                each.cluster(), each.must(), each.place())).toList();
        return new Suite(suite.name(), "", suite.file(), suite.arms(), cases, suite.settings(),
                suite.derivedMetrics(), false, suite.warnings(), suite.source());
    }

    @Test
    void errorsAndCutAnswersAreAskedForAgainInTheNextRun() throws Exception {
        var run = new TestRun(folder, (request, _) -> switch (prompt(request)) {
            case "0" -> failure(FailureClass.INVALID_REQUEST, null);
            case "1" -> new ProviderReply.Answer("ok", "length", Usage.of(1, 1), null, null);
            default -> says("ok");
        });
        var cached = new RunSpec(RunFolder.newId(Instant.EPOCH), Instant.EPOCH, "s.yaml", null,
                null, null, null, null, null, 4, true);
        var suite = suite(10, "{{n}}");
        assertThat(run.run(suite, cached).gate().verdict()).isEqualTo(Verdict.ERRORS);
        var again = new RunSpec("20260101-000000-0000", Instant.EPOCH, "s.yaml", null, null, null, null,
                null, null, 4, true);
        run.run(suite, again);
        assertThat(run.seen).hasSize(12);
    }

    @Test
    void tooManyRequestsAreMadeAgainAfterThePauseThatWasAskedFor() throws Exception {
        var first = ConcurrentHashMap.<String>newKeySet();
        var run = new TestRun(folder, (request, _) -> first.add(prompt(request))
                ? failure(FailureClass.RATE_LIMITED, Duration.ofMillis(20)) : says("ok"));
        var report = run.run(suite(20, "{{n}}"), run.spec(null, null, 8));
        assertThat(report.gate().arms().candidate().passed()).isEqualTo(20);
        assertThat(run.seen).hasSize(40);
    }

    private static ProviderReply failure(FailureClass failureClass, @Nullable Duration retryAfter) {
        return new ProviderReply.Failure(failureClass, 429, "no", null, retryAfter, ProviderReply.Billing.NOTHING,
                null);
    }

    @Test
    void aStopWaitsForTheCallsInFlightAndLosesNothing() throws Exception {
        var stop = new Stop();
        var told = new AtomicBoolean();
        var inFlight = new CountDownLatch(4);
        var run = new TestRun(folder, (_, _) -> {
            inFlight.countDown();
            inFlight.await();
            if (told.compareAndSet(false, true)) {
                stop.request();
            }
            return says("ok");
        });
        var suite = suite(500, "{{n}}");
        var spec = run.spec(null, null, 4);
        var report = run.run(suite, spec, stop, _ -> {});
        assertThat(report.ended()).isEqualTo("interrupted");
        var answered = run.seen.size();
        assertThat(report.gate().arms().candidate().passed()).isEqualTo(answered);
        assertThat(run.run(suite, spec).ended()).isEqualTo("complete");
        assertThat(run.seen).hasSize(500);
    }

    @Test
    void casesOfASerialSuiteKnowTheAnswersBeforeThem() throws Exception {
        var calls = new AtomicInteger();
        var options = new CaseOptions("", "", null, "last", null, null, null, Json.object());
        var run = new TestRun(folder, (_, _) -> says("ok " + calls.incrementAndGet()));
        run.run(suite(3, Json.object(), options, true, "{{n}} after {{ last | default('none') }}"),
                run.spec(null, null, 8));
        assertThat(run.seen).extracting(TestRun::prompt).containsExactly("0 after none", "1 after ok 1",
                "2 after ok 2");
    }

    @Test
    void aStoredRunIsABaselineWhenItWasJudgedAlike() throws Exception {
        var run = new TestRun(folder, (request, _) -> says(
                prompt(request).startsWith("worse") && prompt(request).endsWith("1") ? "no" : "ok"));
        var before = run.spec(null, null, 8);
        run.run(suite(100, "good {{n}}"), before);
        run.runFolder().setBaseline("production", before.runId());
        var report = run.run(suite(100, "worse {{n}}"), run.spec("production", null, 8));
        assertThat(report.gate().verdict()).isEqualTo(Verdict.REGRESSED);
        assertThat(report.gate().findings()).extracting(each -> each.kind()).containsOnly(Kind.BROKEN);
        assertThatThrownBy(() -> run.run(suite(1, "x"), run.spec("staging", null, 1)))
                .isInstanceOf(InvalidRunException.class).hasMessageContaining("labels: production");
    }
}
