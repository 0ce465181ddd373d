package dev.promptlab.eval.run;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.assertion.AssertionSpec;
import dev.promptlab.eval.assertion.Assertions;
import dev.promptlab.eval.assertion.CalledTools;
import dev.promptlab.eval.assertion.Grade;
import dev.promptlab.eval.assertion.Output;
import dev.promptlab.eval.assertion.ScriptException;
import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.report.ResultRow.AssertionResult;
import dev.promptlab.eval.report.ResultRow.Status;
import dev.promptlab.eval.suite.Case;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.provider.Message;
import dev.promptlab.web.CanonicalJson;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// From answers to rows. Never calls for a new answer.
final class Grading {
    private final Assertions assertions;

    Grading(Assertions assertions) {
        this.assertions = assertions;
    }

    /// An answer with what it was the answer to.
    record Graded(Cell cell, ObjectNode vars, List<Message> messages, Answer answer) {}

    /// What grades depend on beside the answers; two runs compare only when it is the same. Empty without judges.
    static ObjectNode fingerprint(Suite suite) {
        var judged = suite.cases().stream().flatMap(each -> flat(each.assertions()))
                .filter(each -> each.type().isModelGraded()).toList();
        var json = Json.object();
        if (judged.isEmpty()) {
            return json;
        }
        json.put("judge", suite.settings().judgeModel()).put("votes", suite.settings().votes())
                .put("judgePrompts", Assertions.judgePromptVersion());
        var own = new StringBuilder();
        judged.stream().map(each -> CanonicalJson.of(judgeOf(each))).distinct().sorted().forEach(own::append);
        return json.put("ownJudges", Calls.sha256(own.toString()));
    }

    private static ObjectNode judgeOf(AssertionSpec spec) {
        var json = Json.object();
        json.set("judge", spec.judge());
        json.set("rubricPrompt", spec.rubricPrompt());
        return json;
    }

    private static Stream<AssertionSpec> flat(List<AssertionSpec> specs) {
        return specs.stream().flatMap(each -> Stream.concat(Stream.of(each), flat(each.set())));
    }

    static boolean compares(Case testCase) {
        return testCase.assertions().stream().anyMatch(each -> each.type().isComparison());
    }

    /// The arms of a case and a repeat; those that compare answers look at all of them.
    List<ResultRow> rows(List<Graded> all) throws InterruptedException {
        var outputs = new ArrayList<Output>();
        var grades = new ArrayList<Grade>();
        for (var each : all) {
            var output = output(each);
            if (each.answer().text() == null) {
                outputs.add(output);
                grades.add(Grade.error(Objects.requireNonNullElse(each.answer().error(), "there is no answer")));
                continue;
            }
            try {
                var transform = each.cell().testCase().options().transform();
                var graded = transform == null ? output : assertions.transformed(transform, output);
                outputs.add(graded);
                grades.add(assertions.grade(each.cell().testCase().assertions(), each.cell().testCase().threshold(),
                        graded));
            } catch (ScriptException e) {
                outputs.add(output);
                grades.add(Grade.error("the transform failed: " + e.getMessage()));
            }
        }
        compare(all, outputs, grades);
        var rows = new ArrayList<ResultRow>();
        for (var i = 0; i < all.size(); i++) {
            rows.add(row(all.get(i), outputs.get(i), grades.get(i)));
        }
        return rows;
    }

    private void compare(List<Graded> all, List<Output> outputs, List<Grade> grades) throws InterruptedException {
        var testCase = all.getFirst().cell().testCase();
        if (grades.stream().anyMatch(Grade::error)) {
            return;
        }
        for (var assertion : testCase.assertions().stream().filter(each -> each.type().isComparison()).toList()) {
            var compared = assertions.compare(assertion, outputs, List.copyOf(grades));
            for (var i = 0; i < grades.size(); i++) {
                grades.set(i, grades.get(i).with(new Grade.Part(assertion, compared.get(i))));
            }
        }
    }

    private static Output output(Graded graded) {
        var answer = graded.answer();
        var params = graded.cell().variant().params();
        var tools = params.has("tools") ? params.get("tools") : params.get("functions");
        var output = new Output(Objects.requireNonNullElse(answer.text(), ""), null, text(graded.messages()),
                graded.vars(), latency(answer.latencyMs()), answer.costUsd(), answer.finishReason(), answer.logprobs(),
                tools);
        var calls = tools == null ? Optional.<JsonNode>empty() : CalledTools.of(output.text(), tools);
        return calls.map(output::withValue)
                .orElseGet(() -> params.has("responseFormat") ? output.read() : output);
    }

    private static @Nullable Duration latency(@Nullable Long millis) {
        return millis == null ? null : Duration.ofMillis(millis);
    }

    /// As a person would write it: one message of the user is its text.
    static String text(List<Message> messages) {
        if (messages.size() == 1 && messages.getFirst().role().equals("user")) {
            return messages.getFirst().content();
        }
        var list = Json.array();
        messages.forEach(each -> list.addObject().put("role", each.role()).put("content", each.content()));
        return Json.text(list);
    }

    private static ResultRow row(Graded graded, Output output, Grade grade) {
        var cell = graded.cell();
        var answer = graded.answer();
        var text = answer.text() == null ? null : output.text();
        return new ResultRow(cell.key(), cell.testCase().id(), cell.testCase().description(), graded.vars(),
                cell.variant().id(), cell.side(), cell.repeat(), status(grade), grade.score(), text, grade.reason(),
                grade.namedScores(), results(grade.parts()).toList(), answer.inputTokens(),
                answer.outputTokens(), number(answer.costUsd()), answer.latencyMs(), answer.cached());
    }

    private static @Nullable Double number(@Nullable BigDecimal value) {
        return value == null ? null : (Double) value.doubleValue();
    }

    /// A set, then what is in it.
    private static Stream<AssertionResult> results(List<Grade.Part> parts) {
        return parts.stream().flatMap(part -> part.assertion().set().isEmpty() ? Stream.of(result(part))
                : Stream.concat(Stream.of(result(part)), results(part.grade().parts())));
    }

    private static AssertionResult result(Grade.Part part) {
        return new AssertionResult(part.assertion().typeName(), status(part.grade()), part.grade().score(),
                part.grade().reason());
    }

    private static Status status(Grade grade) {
        return grade.error() ? Status.ERROR : grade.pass() ? Status.PASS : Status.FAIL;
    }
}
