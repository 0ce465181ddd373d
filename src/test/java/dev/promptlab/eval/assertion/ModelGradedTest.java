package dev.promptlab.eval.assertion;

import java.util.List;
import java.util.Map;

import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ModelGradedTest {
    private static final Sandbox SANDBOX = new Sandbox();
    private static final AssertionSpec RUBRIC = AssertionsTest.spec(AssertionType.LLM_RUBRIC, "\"is {{tone}}\"");
    private static final Output OUTPUT = Output.of("Good day").withPrompt("Greet")
            .withVars(Json.parseObject("{\"tone\":\"kind\",\"query\":\"q?\",\"context\":[\"One.\",\"Two.\"]}"));

    @AfterAll
    static void close() {
        SANDBOX.close();
    }

    @Test
    void theJudgeSeesTheOutputAndTheFilledRubric() throws Exception {
        var judge = new ScriptedJudge("Well: {\"reason\": \"it is\", \"score\": 0.9, \"pass\": true}");
        assertThat(grade(judge, 1, RUBRIC)).returns(true, Grade::pass).returns(0.9, Grade::score).returns("it is",
                Grade::reason);
        assertThat(judge.asked.getFirst().getLast().content()).contains("Good day", "is kind");
    }

    @Test
    void aThresholdMustBeReachedAndNotTurnsAround() throws Exception {
        var reply = "{\"reason\": \"\", \"score\": 0.6, \"pass\": true}";
        assertThat(grade(new ScriptedJudge(reply), 1, RUBRIC.withThreshold(0.7)).pass()).isFalse();
        assertThat(grade(new ScriptedJudge(reply), 1, RUBRIC.negated())).returns(false, Grade::pass).returns(0.4,
                Grade::score);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes, fine", "{\"reason\": \"no verdict\"}", "{\"pass\": \"true\", \"score\": 1}",
            "{\"pass\": true, \"score\": 7}", "", "{\"score\": 1}", "[true]"})
    void whatIsNoVerdictIsAnErrorAlsoTurnedAround(String reply) throws Exception {
        assertThat(grade(new ScriptedJudge(reply), 1, RUBRIC)).returns(true, Grade::error).returns(false, Grade::pass);
        assertThat(grade(new ScriptedJudge(reply), 1, RUBRIC.negated())).returns(true, Grade::error).returns(false,
                Grade::pass);
    }

    @Test
    void theMajorityDecides() throws Exception {
        var yes = "{\"pass\": true, \"score\": 1}";
        var no = "{\"pass\": false, \"score\": 0}";
        assertThat(grade(new ScriptedJudge(yes, no, yes), 3, RUBRIC).pass()).isTrue();
        assertThat(grade(new ScriptedJudge(no, "?", no), 3, RUBRIC)).returns(false, Grade::error).returns(false,
                Grade::pass);
        assertThat(grade(new ScriptedJudge("?", yes, "?"), 3, RUBRIC).error()).isTrue();
    }

    @Test
    void anOwnPromptReplacesOurs() throws Exception {
        var judge = new ScriptedJudge("{\"pass\": true}");
        var own = Json.array();
        own.addObject().put("role", "user").put("content", "Judge {{ output }} by {{ rubric }}");
        assertThat(grade(judge, 1, RUBRIC.withRubricPrompt(own)).pass()).isTrue();
        assertThat(judge.asked.getFirst()).singleElement()
                .satisfies(message -> assertThat(message.content()).isEqualTo("Judge Good day by is kind"));
    }

    @Test
    void closedQuestionsTakeJsonOrALetter() throws Exception {
        var spec = AssertionsTest.spec(AssertionType.MODEL_GRADED_CLOSEDQA, "\"greets\"");
        assertThat(grade(new ScriptedJudge("Thinking.\nY"), 1, spec).pass()).isTrue();
        assertThat(grade(new ScriptedJudge("Thinking.\nN\n"), 1, spec).pass()).isFalse();
        assertThat(grade(new ScriptedJudge("{\"pass\": true, \"score\": 1}"), 1, spec).pass()).isTrue();
        assertThat(grade(new ScriptedJudge("maybe"), 1, spec).error()).isTrue();
    }

    @Test
    void factualityHasFiveCategories() throws Exception {
        var spec = AssertionsTest.spec(AssertionType.FACTUALITY, "\"Paris\"");
        assertThat(grade(new ScriptedJudge("{\"category\": \"a\"}"), 1, spec).pass()).isTrue();
        assertThat(grade(new ScriptedJudge("(D) They disagree"), 1, spec).pass()).isFalse();
        var weighed = spec.withConfig(Json.parseObject("{\"factuality\":{\"subset\":0.5}}"));
        assertThat(grade(new ScriptedJudge("{\"category\": \"A\"}"), 1, weighed).score()).isEqualTo(0.5);
        assertThat(grade(new ScriptedJudge("{\"category\": \"F\"}"), 1, spec).error()).isTrue();
    }

    @Test
    void gEvalPlansAndThenScores() throws Exception {
        var spec = AssertionsTest.spec(AssertionType.G_EVAL, "[\"clear\", \"short\"]");
        var judge = new ScriptedJudge("{\"steps\": [\"read\"]}", "{\"score\": 8, \"reason\": \"r\"}",
                "{\"steps\": [\"count\"]}", "{\"score\": 4, \"reason\": \"s\"}");
        assertThat(grade(judge, 1, spec)).returns(false, Grade::pass).extracting(Grade::score)
                .satisfies(score -> assertThat((double) score).isCloseTo(0.6, within(1e-12)));
        assertThat(grade(new ScriptedJudge("{\"steps\": [\"read\"]}", "{\"score\": 11}"), 1, spec).error()).isTrue();
    }

    @Test
    void contextsAreMeasured() throws Exception {
        var recall = AssertionsTest.spec(AssertionType.CONTEXT_RECALL, "\"truth\"").withThreshold(0.5);
        assertThat(grade(new ScriptedJudge(
                "{\"statements\":[{\"text\":\"a\",\"attributed\":true},{\"text\":\"b\",\"attributed\":false}]}"), 1,
                recall))
                .returns(true, Grade::pass).returns(0.5, Grade::score);
        var relevance = AssertionSpec.of(AssertionType.CONTEXT_RELEVANCE).withThreshold(0.6);
        assertThat(grade(new ScriptedJudge("{\"sentences\":[\"One.\"]}"), 1, relevance)).returns(false, Grade::pass)
                .returns(0.5, Grade::score);
        var faithful = AssertionSpec.of(AssertionType.CONTEXT_FAITHFULNESS).withThreshold(0.9);
        assertThat(grade(new ScriptedJudge("{\"statements\":[\"a\",\"b\"]}",
                "{\"verdicts\":[{\"supported\":true},{\"supported\":true}]}"), 1, faithful).pass()).isTrue();
        assertThat(
                grade(new ScriptedJudge("{\"statements\":[\"a\",\"b\"]}", "{\"verdicts\":[{\"supported\":true}]}"), 1,
                        faithful).error())
                .isTrue();
    }

    @Test
    void similarityIsCosineDotOrDistance() throws Exception {
        var vectors = Map.of("Good day", new float[]{1, 0}, "near", new float[]{1, 1}, "far", new float[]{0, 2});
        var spec = AssertionsTest.spec(AssertionType.SIMILAR, "[\"far\", \"near\"]").withThreshold(0.7);
        assertThat(grade(new ScriptedJudge(vectors), 1, spec)).returns(true, Grade::pass).extracting(Grade::score)
                .satisfies(score -> assertThat((double) score).isCloseTo(Math.sqrt(0.5), within(1e-9)));
        assertThat(grade(new ScriptedJudge(vectors), 1, spec.negated()).pass()).isFalse();
        var dot = AssertionsTest.spec(AssertionType.SIMILAR_DOT, "\"near\"").withThreshold(1);
        assertThat(grade(new ScriptedJudge(vectors), 1, dot).pass()).isTrue();
        var distance = AssertionsTest.spec(AssertionType.SIMILAR_EUCLIDEAN, "\"near\"").withThreshold(1);
        assertThat(grade(new ScriptedJudge(vectors), 1, distance)).returns(true, Grade::pass).returns(0.5,
                Grade::score);
    }

    @Test
    void theBestIsChosenInBothOrders() throws Exception {
        var spec = AssertionsTest.spec(AssertionType.SELECT_BEST, "\"shortest\"");
        var outputs = List.of(Output.of("long one"), Output.of("short"));
        assertThat(assertions(new ScriptedJudge("{\"best\": 1}", "{\"best\": 0}"), 1).compare(spec, outputs, List.of()))
                .extracting(Grade::pass).containsExactly(false, true);
        assertThat(assertions(new ScriptedJudge("0", "0"), 1).compare(spec, outputs, List.of()))
                .allMatch(Grade::error);
    }

    @Test
    void theHighestScoreWins() throws Exception {
        var spec = AssertionSpec.of(AssertionType.MAX_SCORE);
        var part = AssertionsTest.spec(AssertionType.CONTAINS, "\"x\"");
        var graded = List.of(graded(part, 0.2), graded(part, 0.8), graded(part, 0.8));
        var outputs = List.of(OUTPUT, OUTPUT, OUTPUT);
        assertThat(assertions(new ScriptedJudge(), 1).compare(spec, outputs, graded)).extracting(Grade::pass)
                .containsExactly(false, true, false);
    }

    @Test
    void conversationsAreJudgedInWindows() throws Exception {
        var turns = Json.parseObject(
                "{\"_conversation\":[{\"input\":\"a\",\"output\":\"b\"},{\"input\":\"c\",\"output\":\"d\"}]}");
        var judge = new ScriptedJudge("{\"verdict\":\"yes\"}", "{\"verdict\":\"no\",\"reason\":\"off\"}");
        var grade = assertions(judge, 1).grade(AssertionSpec.of(AssertionType.CONVERSATION_RELEVANCE),
                OUTPUT.withVars(turns));
        assertThat(grade).returns(true, Grade::pass).returns(0.5, Grade::score);
        assertThat(judge.asked.getLast().getLast().content()).contains("user: a", "assistant: d");
    }

    private static Grade graded(AssertionSpec spec, double score) {
        return Assertions.combine(List.of(new Grade.Part(spec, Grade.of(true, score, ""))), null);
    }

    private static Grade grade(ScriptedJudge judge, int votes, AssertionSpec spec) throws InterruptedException {
        return assertions(judge, votes).grade(spec, OUTPUT);
    }

    private static Assertions assertions(ScriptedJudge judge, int votes) {
        return new Assertions(judge, votes, Webhook.NONE, SANDBOX);
    }
}
