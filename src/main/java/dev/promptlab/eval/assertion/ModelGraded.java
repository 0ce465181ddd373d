package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import dev.promptlab.web.Json;

/// Verdicts of a judge on one answer. What is no verdict is an error; `not-` never turns an error around.
final class ModelGraded {
    private static final int GEVAL_MAX = 10;
    private static final double GEVAL_THRESHOLD = 0.7;
    private static final int WINDOW = 5;
    private static final Map<String, String> CATEGORIES = Map.of("A", "subset", "B", "superset", "C", "agree", "D",
            "disagree", "E", "differButFactual");
    private static final Pattern CATEGORY = Pattern.compile("\\(?([A-Ea-e])\\)");

    private final Asking asking;
    private final int votes;

    /// @param votes 1, 3 or 5: how often the judge is asked; the majority decides
    ModelGraded(Asking asking, int votes) {
        this.asking = asking;
        this.votes = votes;
    }

    @FunctionalInterface
    private interface Question {
        Grade vote(int vote) throws JudgeException, InterruptedException;
    }

    private Grade poll(Question question) throws JudgeException, InterruptedException {
        var grades = new ArrayList<Grade>();
        Ungradable failure = null;
        for (int vote = 0; vote < votes; vote++) {
            try {
                grades.add(question.vote(vote));
            } catch (Ungradable e) {
                failure = e;
            }
        }
        if (failure != null && grades.size() * 2 <= votes) {
            throw failure;
        }
        boolean pass = grades.stream().filter(Grade::pass).count() * 2 > grades.size();
        double score = grades.stream().mapToDouble(Grade::score).average().orElseThrow();
        var said = grades.stream().filter(grade -> grade.pass() == pass).findFirst().orElse(grades.getFirst()).reason();
        return Grade.of(pass, score, votes == 1 ? said : said + " (" + grades.stream().filter(Grade::pass).count()
                + " of " + grades.size() + " votes for it)");
    }

    private static Grade turned(Check check, Grade grade) {
        return check.inverse() ? Grade.of(!grade.pass(), 1 - grade.score(), grade.reason()) : grade;
    }

    Grade rubric(Check check) throws JudgeException, InterruptedException {
        var more = Json.object().put("output", check.text()).put("rubric", Values.text(check.value()));
        return turned(check, poll(vote -> verdict(check,
                asking.askJson(check, JudgePrompts.RUBRIC, Asking.Part.ONLY, more, vote))));
    }

    /// `pass`, `score` or both; with a threshold the score must reach it, too.
    private static Grade verdict(Check check, ObjectNode json) {
        var pass = json.path("pass");
        var score = json.path("score");
        if (!score.isMissingNode() && (!score.isNumber() || score.doubleValue() < 0 || score.doubleValue() > 1)) {
            throw new Ungradable("the judge's score is no number from 0 to 1: " + score);
        }
        if (!pass.isBoolean() && (pass.isValueNode() || score.isMissingNode() || check.spec().threshold() == null)) {
            throw new Ungradable("the judge's JSON has no \"pass\": " + Asking.shortened(Json.text(json)));
        }
        double points = score.isNumber() ? score.doubleValue() : pass.booleanValue() ? 1 : 0;
        boolean reached = check.spec().threshold() == null || points >= check.threshold(0);
        return Grade.of((pass.isMissingNode() || pass.booleanValue()) && reached, points,
                json.path("reason").asText("The judge gave no reason"));
    }

    /// Our own prompt asks for JSON; prompts of suites may ask for a last line of `Y` or `N`.
    Grade closedQa(Check check) throws JudgeException, InterruptedException {
        var more = Json.object().put("input", check.output().prompt()).put("completion", check.text()).put("criteria",
                Values.text(check.value()));
        return turned(check, poll(vote -> {
            var reply = asking.ask(check, JudgePrompts.CRITERIA, Asking.Part.ONLY, more, vote);
            var json = Asking.object(reply);
            if (json.isPresent()) {
                return verdict(check, json.get());
            }
            var end = reply.stripTrailing();
            if (!end.endsWith("Y") && !end.endsWith("N")) {
                throw new Ungradable(
                        "the judge answered neither with JSON nor with Y or N: " + Asking.shortened(reply));
            }
            return Grade.of(end.endsWith("Y"), end.endsWith("Y") ? 1 : 0, Asking.shortened(reply));
        }));
    }

    /// Categories A to E; which score each has can be set under `factuality` of the options.
    Grade factuality(Check check) throws JudgeException, InterruptedException {
        var more = Json.object().put("input", check.output().prompt()).put("ideal", Values.text(check.value()))
                .put("completion", check.text());
        return turned(check, poll(vote -> {
            var reply = asking.ask(check, JudgePrompts.FACTUALITY, Asking.Part.ONLY, more, vote);
            var category = category(reply);
            var byDefault = category.equals("D") ? 0 : 1;
            double score = check.spec().config().path("factuality").path(CATEGORIES.get(category))
                    .asDouble(byDefault);
            var reason = Asking.object(reply).map(json -> json.path("reason").asText("")).orElse("");
            return Grade.of(score > 0, score, "Category " + category + (reason.isEmpty() ? "" : ": " + reason));
        }));
    }

    private static String category(String reply) {
        var json = Asking.object(reply);
        var word = json.map(object -> object.path("category").asText("").strip().toUpperCase(Locale.ROOT)).orElse("");
        if (json.isEmpty()) {
            var match = CATEGORY.matcher(reply);
            word = match.find() ? match.group(1).toUpperCase(Locale.ROOT) : "";
        }
        if (!CATEGORIES.containsKey(word)) {
            throw new Ungradable("the judge named no category from A to E: " + Asking.shortened(reply));
        }
        return word;
    }

    /// Steps first, then points from 0 to 10; the mean of several criteria.
    Grade gEval(Check check) throws JudgeException, InterruptedException {
        if (check.output().prompt().isEmpty()) {
            throw new Ungradable("there is no prompt to judge the reply by");
        }
        var reasons = new ArrayList<String>();
        double sum = 0;
        for (var criterion : NgramScores.references(check)) {
            var grade = poll(vote -> gEval(check, criterion, vote));
            sum += grade.score();
            reasons.add(grade.reason());
        }
        double mean = sum / reasons.size();
        boolean pass = mean >= check.threshold(GEVAL_THRESHOLD) != check.inverse();
        return Grade.of(pass, check.inverse() ? 1 - mean : mean, String.join("\n", reasons));
    }

    private Grade gEval(Check check, String criterion, int vote) throws JudgeException, InterruptedException {
        var planned = asking.askJson(check, JudgePrompts.STEPS, new Asking.Part("steps", 0),
                Json.object().put("criteria", criterion), vote);
        var steps = strings(planned.path("steps"), "steps");
        if (steps.isEmpty()) {
            throw new Ungradable("the judge planned no steps");
        }
        var more = Json.object().put("criteria", criterion).put("steps", String.join("\n- ", steps))
                .put("maxScore", Integer.toString(GEVAL_MAX)).put("input", check.output().prompt())
                .put("output", check.text());
        var json = asking.askJson(check, JudgePrompts.EVALUATE, new Asking.Part("evaluate", 1), more, vote);
        double points = json.path("score").isNumber() || json.path("score").isTextual()
                ? json.path("score").asDouble(Double.NaN) : Double.NaN;
        if (!(points >= 0 && points <= GEVAL_MAX)) {
            throw new Ungradable("the judge's score is no number from 0 to " + GEVAL_MAX + ": " + json.path("score"));
        }
        return Grade.of(true, points / GEVAL_MAX, json.path("reason").asText("The judge gave no reason"));
    }

    private static List<String> strings(JsonNode list, String what) {
        if (!list.isArray()) {
            throw new Ungradable("the judge's JSON has no list \"" + what + "\"");
        }
        return Values.texts(list).stream().filter(text -> !text.isBlank()).toList();
    }

    /// Three questions that the answer would fit, and how near they are to the real one.
    Grade answerRelevance(Check check, Similarity similarity) throws JudgeException, InterruptedException {
        var texts = new ArrayList<String>();
        texts.add(check.output().prompt());
        var more = Json.object().put("answer", check.text());
        for (int vote = 0; vote < 3; vote++) {
            texts.add(asking.ask(check, JudgePrompts.QUESTION, Asking.Part.ONLY, more, vote));
        }
        var vectors = similarity.vectors(texts, check);
        double sum = 0;
        for (var question : vectors.subList(1, vectors.size())) {
            sum += Similarity.cosine(vectors.getFirst(), question);
        }
        return check.atLeast("Relevance", sum / 3, check.threshold(0));
    }

    Grade contextRecall(Check check, String context) throws JudgeException, InterruptedException {
        var more = Json.object().put("context", context).put("groundTruth", Values.text(check.value()));
        var reply = asking.ask(check, JudgePrompts.RECALL, Asking.Part.ONLY, more, 0);
        var marked = Asking.object(reply).map(json -> attributions(json.path("statements")))
                .orElseGet(() -> markedLines(reply));
        if (marked.isEmpty()) {
            throw new Ungradable("the judge attributed no sentence: " + Asking.shortened(reply));
        }
        double score = (double) marked.stream().filter(found -> found).count() / marked.size();
        return check.atLeast("Recall", score, check.threshold(0));
    }

    private static List<Boolean> attributions(JsonNode statements) {
        var marks = new ArrayList<Boolean>();
        for (var statement : statements) {
            if (!statement.path("attributed").isBoolean()) {
                throw new Ungradable("the judge's JSON has a statement without \"attributed\"");
            }
            marks.add(statement.path("attributed").booleanValue());
        }
        return marks;
    }

    /// Prompts of suites may ask for lines that end with `[Attributed]` or `[Not Attributed]`.
    private static List<Boolean> markedLines(String reply) {
        return reply.lines().map(line -> line.toLowerCase(Locale.ROOT)).filter(line -> line.contains("attributed]"))
                .map(line -> !line.contains("[not attributed]")).toList();
    }

    /// The part of the context that the query needs.
    Grade contextRelevance(Check check, List<String> chunks, String query)
            throws JudgeException, InterruptedException {
        var more = Json.object().put("context", String.join("\n\n", chunks)).put("query", query);
        var json = asking.askJson(check, JudgePrompts.RELEVANCE, Asking.Part.ONLY, more, 0);
        var units = chunks.size() > 1 ? chunks : sentences(chunks.getFirst());
        long needed = strings(json.path("sentences"), "sentences").stream().distinct().count();
        double score = units.isEmpty() ? 0 : (double) Math.min(needed, units.size()) / units.size();
        return check.atLeast("Context relevance", score, check.threshold(0));
    }

    private static List<String> sentences(String text) {
        var lines = text.lines().filter(line -> !line.isBlank()).toList();
        return lines.size() > 1 ? lines
                : Arrays.stream(text.split("(?<=[.!?])\\s+")).filter(part -> !part.isBlank()).toList();
    }

    /// The part of the answer's statements that the context supports.
    Grade contextFaithfulness(Check check, String context, String query)
            throws JudgeException, InterruptedException {
        var answer = Json.object().put("question", query).put("answer", check.text());
        var statements = strings(asking.askJson(check, JudgePrompts.STATEMENTS, new Asking.Part("statements", 0),
                answer, 0).path("statements"), "statements");
        if (statements.isEmpty()) {
            throw new Ungradable("the judge found no statement in the answer");
        }
        var more = Json.object().put("context", context);
        statements.forEach(more.putArray("statements")::add);
        var verdicts = asking.askJson(check, JudgePrompts.VERDICTS, new Asking.Part("verdicts", 1), more, 0)
                .path("verdicts");
        if (verdicts.size() != statements.size()) {
            throw new Ungradable(
                    "the judge gave " + verdicts.size() + " verdicts on " + statements.size() + " statements");
        }
        int supported = 0;
        for (var verdict : verdicts) {
            supported += verdict.path("supported").asBoolean(false) ? 1 : 0;
        }
        return check.atLeast("Faithfulness", (double) supported / statements.size(), check.threshold(0));
    }

    /// The part of the turns whose reply fits the five turns up to it.
    Grade conversationRelevance(Check check) throws JudgeException, InterruptedException {
        var turns = check.output().vars().path("_conversation");
        if (!turns.isArray() || turns.isEmpty()) {
            turns = Json.array().add(Json.object().put("input", check.output().prompt()).put("output", check.text()));
        }
        int window = check.spec().config().path("windowSize").asInt(WINDOW);
        int relevant = 0;
        var reasons = new ArrayList<String>();
        for (int i = 0; i < turns.size(); i++) {
            var more = Json.object();
            var messages = more.putArray("messages");
            for (int j = Math.max(0, i - window + 1); j <= i; j++) {
                messages.add(turns.get(j));
            }
            var json = asking.askJson(check, JudgePrompts.CONVERSATION, Asking.Part.ONLY, more, 0);
            var verdict = json.path("verdict").asText("").toLowerCase(Locale.ROOT);
            if (!verdict.equals("yes") && !verdict.equals("no")) {
                throw new Ungradable("the judge's verdict is neither yes nor no: " + Asking.shortened(Json.text(json)));
            }
            relevant += verdict.equals("yes") ? 1 : 0;
            if (verdict.equals("no")) {
                reasons.add(json.path("reason").asText(""));
            }
        }
        double score = (double) relevant / turns.size();
        boolean pass = score >= check.threshold(0.5) - Math.ulp(1.0) != check.inverse();
        return Grade.of(pass, check.inverse() ? 1 - score : score, relevant + " of " + turns.size()
                + " turns are relevant" + (reasons.isEmpty() ? "" : ": " + String.join("; ", reasons)));
    }
}
