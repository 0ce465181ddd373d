package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Grades answers. Thread-safe; model-graded assertions and scripts block their thread until they are answered.
public final class Assertions {
    private final Values values = new Values();
    private final JsonChecks json = new JsonChecks();
    private final ToolChecks tools = new ToolChecks(json);
    private final ModelGraded judged;
    private final Similarity similarity;
    private final Comparisons comparisons;
    private final Scripts scripts;
    private final Webhook webhook;

    /// @param votes how often a judge is asked, 1, 3 or 5; the majority decides
    public Assertions(Judge judge, int votes, Webhook webhook, Sandbox sandbox) {
        var asking = new Asking(judge, values);
        this.judged = new ModelGraded(asking, votes);
        this.similarity = new Similarity(judge);
        this.comparisons = new Comparisons(asking);
        this.scripts = new Scripts(sandbox);
        this.webhook = webhook;
    }

    /// Stands for the words of our own prompts to judges; grades of different versions are not comparable.
    public static String judgePromptVersion() {
        return JudgePrompts.VERSION;
    }

    /// All assertions of a case: the weighted mean of their scores. Passes when all pass, or with a threshold when the mean
    /// reaches it. One that nobody could decide makes the whole an error, unless it weighs nothing. Those that compare answers
    /// are left out, see [#compare] and [#combine].
    public Grade grade(List<AssertionSpec> assertions, @Nullable Double threshold, Output output)
            throws InterruptedException {
        var parts = new ArrayList<Grade.Part>();
        for (var assertion : assertions) {
            if (!assertion.type().isComparison()) {
                parts.add(new Grade.Part(named(assertion, output), grade(assertion, output)));
            }
        }
        return combine(parts, threshold);
    }

    private AssertionSpec named(AssertionSpec assertion, Output output) {
        var metric = assertion.metric();
        return metric == null ? assertion : assertion.withMetric(values.fill(metric, output.vars()));
    }

    /// One assertion; an `assert-set` with all of its own. Never throws for what an answer, a value or a judge says.
    public Grade grade(AssertionSpec assertion, Output output) throws InterruptedException {
        if (assertion.type() == AssertionType.ASSERT_SET) {
            return grade(assertion.set(), assertion.threshold(), output);
        }
        Grade grade;
        try {
            var transformed = assertion.transform() == null ? output : transform(assertion.transform(), output);
            grade = decide(new Check(assertion, value(assertion, transformed), transformed));
        } catch (Ungradable | JudgeException e) {
            grade = Grade.error(assertion.typeName() + ": " + e.getMessage());
        }
        return assertion.weight() == 0 && !grade.error() ? new Grade(true, false, grade.score(), grade.reason(),
                grade.namedScores(), grade.namedWeights(), grade.parts()) : grade;
    }

    /// A script that only looks like a template is none.
    private JsonNode value(AssertionSpec assertion, Output output) {
        try {
            return values.fill(assertion.value(), output.vars());
        } catch (Ungradable e) {
            if (assertion.type() == AssertionType.JAVASCRIPT) {
                return assertion.value();
            }
            throw e;
        }
    }

    /// What inline JavaScript makes of an output; objects become JSON.
    ///
    /// @throws ScriptException when the script fails
    public Output transformed(String javascript, Output output) throws ScriptException, InterruptedException {
        try {
            return transform(javascript, output);
        } catch (Ungradable e) {
            throw new ScriptException(String.valueOf(e.getMessage()));
        }
    }

    private Output transform(String javascript, Output output) throws InterruptedException {
        return output.withValue(scripts.transform(javascript, output));
    }

    /// `select-best` or `max-score`: one grade for each output, in order.
    ///
    /// @param graded what [#grade] said of each; `max-score` looks at it
    public List<Grade> compare(AssertionSpec assertion, List<Output> outputs, List<Grade> graded)
            throws InterruptedException {
        try {
            if (outputs.size() < 2) {
                throw new Ungradable("at least two answers are needed to compare them");
            }
            if (assertion.type() == AssertionType.MAX_SCORE) {
                return Comparisons.maxScore(assertion, graded);
            }
            var value = values.fill(assertion.value(), outputs.getFirst().vars());
            return comparisons.selectBest(new Check(assertion, value, outputs.getFirst()), outputs);
        } catch (Ungradable | JudgeException e) {
            var error = Grade.error(assertion.typeName() + ": " + e.getMessage());
            return outputs.stream().map(_ -> error).toList();
        }
    }

    /// The grade of a case from those of its assertions, in the order of the file.
    public static Grade combine(List<Grade.Part> parts, @Nullable Double threshold) {
        if (parts.isEmpty()) {
            return Grade.of(true, 1, "No assertions");
        }
        double sum = 0;
        double weights = 0;
        var metrics = new Metrics();
        for (var part : parts) {
            double weight = part.assertion().weight();
            sum += part.grade().score() * weight;
            weights += weight;
            metrics.add(part);
        }
        var error = parts.stream().filter(part -> part.grade().error() && part.assertion().weight() != 0).findFirst();
        var failed = parts.stream().filter(part -> !part.grade().pass() && part.assertion().weight() != 0).toList();
        double score = weights > 0 ? sum / weights : 0;
        boolean pass = threshold == null ? failed.isEmpty() : score >= threshold;
        var reason = error.isPresent() ? error.get().grade().reason() : reason(score, threshold, failed);
        return new Grade(pass && error.isEmpty(), error.isPresent(), error.isPresent() ? 0 : score, reason,
                metrics.means(), metrics.weights, parts);
    }

    private static String reason(double score, @Nullable Double threshold, List<Grade.Part> failed) {
        if (threshold != null) {
            return "Score " + Check.number(score) + (score >= threshold ? " reaches " : " is below ")
                    + Check.number(threshold);
        }
        return failed.isEmpty() ? "All assertions passed" : failed.getFirst().grade().reason();
    }

    private static final class Metrics {
        private final Map<String, Double> sums = new LinkedHashMap<>();
        private final Map<String, Double> weights = new LinkedHashMap<>();

        void add(Grade.Part part) {
            var metric = part.assertion().metric();
            double weight = part.assertion().weight();
            if (part.grade().error()) {
                return;
            }
            if (metric != null) {
                add(metric, part.grade().score(), weight);
            }
            part.grade().namedScores().forEach((name, score) -> {
                if (!name.equals(metric)) {
                    add(name, score, part.grade().namedWeights().getOrDefault(name, 1.0) * weight);
                }
            });
        }

        private void add(String name, double score, double weight) {
            sums.merge(name, score * weight, Double::sum);
            weights.merge(name, weight, Double::sum);
        }

        Map<String, Double> means() {
            var means = new LinkedHashMap<String, Double>();
            sums.forEach((name, sum) -> {
                double weight = weights.getOrDefault(name, 0.0);
                means.put(name, weight > 0 ? sum / weight : 0.0);
            });
            return means;
        }
    }

    private Grade decide(Check check) throws JudgeException, InterruptedException {
        return switch (check.spec().type()) {
            case EQUALS -> TextChecks.equals(check);
            case CONTAINS -> TextChecks.contains(check, UnaryOperator.identity());
            case ICONTAINS -> TextChecks.contains(check, TextChecks::lower);
            case CONTAINS_ANY -> TextChecks.containsAny(check, UnaryOperator.identity());
            case ICONTAINS_ANY -> TextChecks.containsAny(check, TextChecks::lower);
            case CONTAINS_ALL -> TextChecks.containsAll(check, UnaryOperator.identity());
            case ICONTAINS_ALL -> TextChecks.containsAll(check, TextChecks::lower);
            case STARTS_WITH -> TextChecks.startsWith(check);
            case REGEX -> TextChecks.regex(check);
            case IS_JSON -> json.isJson(check);
            case CONTAINS_JSON -> json.containsJson(check);
            case IS_XML -> MarkupChecks.isXml(check);
            case CONTAINS_XML -> MarkupChecks.containsXml(check);
            case IS_HTML -> MarkupChecks.isHtml(check);
            case CONTAINS_HTML -> MarkupChecks.containsHtml(check);
            case IS_SQL -> SqlChecks.isSql(check);
            case CONTAINS_SQL -> SqlChecks.containsSql(check);
            case LEVENSHTEIN -> TextChecks.levenshtein(check);
            case ROUGE_N -> check.atLeast("ROUGE-N score", NgramScores.rouge(check.text(), Values.text(check.value())),
                    check.threshold(0.75));
            case BLEU -> check.atLeast("BLEU score", NgramScores.bleu(check.text(), NgramScores.references(check)),
                    check.threshold(0.5));
            case GLEU -> check.atLeast("GLEU score", NgramScores.gleu(check.text(), NgramScores.references(check)),
                    check.threshold(0.5));
            case WORD_COUNT -> TextChecks.wordCount(check);
            case LATENCY -> AnswerChecks.latency(check);
            case COST -> AnswerChecks.cost(check);
            case PERPLEXITY -> AnswerChecks.perplexity(check);
            case PERPLEXITY_SCORE -> AnswerChecks.perplexityScore(check);
            case FINISH_REASON -> AnswerChecks.finishReason(check);
            case IS_REFUSAL -> AnswerChecks.isRefusal(check);
            case IS_VALID_OPENAI_FUNCTION_CALL -> tools.validCalls(check, true);
            case IS_VALID_OPENAI_TOOLS_CALL -> tools.validCalls(check, false);
            case TOOL_CALL_F1 -> ToolChecks.f1(check);
            case SIMILAR, SIMILAR_COSINE, SIMILAR_DOT, SIMILAR_EUCLIDEAN -> similarity.grade(check);
            case LLM_RUBRIC -> judged.rubric(check);
            case MODEL_GRADED_CLOSEDQA -> judged.closedQa(check);
            case FACTUALITY, MODEL_GRADED_FACTUALITY -> judged.factuality(check);
            case G_EVAL -> judged.gEval(check);
            case ANSWER_RELEVANCE -> judged.answerRelevance(check, similarity);
            case CONTEXT_RECALL -> judged.contextRecall(check, String.join("\n\n", context(check)));
            case CONTEXT_RELEVANCE -> judged.contextRelevance(check, context(check), query(check));
            case CONTEXT_FAITHFULNESS ->
                judged.contextFaithfulness(check, String.join("\n\n", context(check)), query(check));
            case CONVERSATION_RELEVANCE -> judged.conversationRelevance(check);
            case WEBHOOK -> post(check);
            case JAVASCRIPT -> scripts.grade(check);
            case SELECT_BEST, MAX_SCORE, ASSERT_SET -> throw new IllegalStateException("is decided elsewhere (bug)");
        };
    }

    /// From `contextTransform`, else the variable `context`; `context-recall` takes the prompt when there is none.
    private List<String> context(Check check) throws InterruptedException {
        var transform = check.spec().contextTransform();
        var found = transform == null ? check.output().vars().path("context")
                : scripts.transform(transform, check.output());
        if (found.isMissingNode() && check.spec().type() == AssertionType.CONTEXT_RECALL) {
            found = TextNode.valueOf(check.output().prompt());
        }
        var chunks = Values.texts(found).stream().filter(chunk -> !chunk.isEmpty()).toList();
        if (chunks.isEmpty()) {
            throw new Ungradable("there is no context; give the case a variable \"context\" or a contextTransform");
        }
        return chunks;
    }

    private static String query(Check check) {
        var query = check.output().vars().path("query");
        if (!query.isTextual()) {
            throw new Ungradable("the case needs a variable \"query\" with the question");
        }
        return query.textValue();
    }

    private Grade post(Check check) throws InterruptedException {
        var body = Json.object().put("output", check.text());
        body.putObject("context").put("prompt", check.output().prompt()).set("vars", check.output().vars());
        try {
            var answer = webhook.post(new URI(Values.text(check.value())), body);
            if (!answer.path("pass").isBoolean()) {
                throw new Ungradable("the webhook's answer has no \"pass\"");
            }
            boolean pass = answer.path("pass").booleanValue() != check.inverse();
            double score = answer.path("score").asDouble(answer.path("pass").booleanValue() ? 1 : 0);
            return Grade.of(pass, check.inverse() ? 1 - score : score, answer.path("reason").asText(
                    pass ? Check.PASSED : "The webhook answered " + answer.path("pass")));
        } catch (IOException | URISyntaxException e) {
            throw new Ungradable("the webhook gave no answer: " + e.getMessage());
        }
    }
}
