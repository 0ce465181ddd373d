package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class AssertionsTest {
    private static final Sandbox SANDBOX = new Sandbox();
    private static final AssertionSpec CONTAINS_A = spec(AssertionType.CONTAINS, "\"a\"");
    private static final AssertionSpec CONTAINS_B = spec(AssertionType.CONTAINS, "\"b\"");

    @AfterAll
    static void close() {
        SANDBOX.close();
    }

    @Test
    void theScoreIsTheWeightedMeanAndAllMustPass() throws Exception {
        var grade = grade(List.of(CONTAINS_A.withWeight(3), CONTAINS_B), null, "a");
        assertThat(grade).returns(false, Grade::pass).returns(0.75, Grade::score);
        assertThat(grade.reason()).contains("contain \"b\"");
        assertThat(grade(List.of(CONTAINS_A, CONTAINS_B), 0.5, "a").pass()).isTrue();
        assertThat(grade(List.of(CONTAINS_A, CONTAINS_B), 0.6, "a").pass()).isFalse();
        assertThat(grade(List.of(), null, "a")).returns(true, Grade::pass).returns(1.0, Grade::score);
    }

    @Test
    void whatWeighsNothingIsOnlyAMetric() throws Exception {
        var grade = grade(List.of(CONTAINS_A, CONTAINS_B.withWeight(0).withMetric("b")), null, "a");
        assertThat(grade).returns(true, Grade::pass).returns(1.0, Grade::score);
        assertThat(grade.namedScores()).containsEntry("b", 0.0);
    }

    @Test
    void aSetCountsAsOneAndItsMetricsCarryOn() throws Exception {
        var set = AssertionSpec.of(AssertionType.ASSERT_SET).withThreshold(0.5).withMetric("set")
                .withSet(List.of(CONTAINS_A.withMetric("a"), CONTAINS_B));
        var grade = grade(List.of(set, CONTAINS_A), null, "a");
        assertThat(grade).returns(true, Grade::pass).returns(0.75, Grade::score);
        assertThat(grade.namedScores()).isEqualTo(Map.of("set", 0.5, "a", 1.0));
    }

    @Test
    void valuesAndMetricsAreTemplates() throws Exception {
        var output = Output.of("Ada").withVars(Json.parseObject("{\"name\":\"Ada\",\"topic\":\"math\"}"));
        var spec = spec(AssertionType.EQUALS, "\"{{name}}\"").withMetric("{{topic}}");
        assertThat(assertions().grade(List.of(spec), null, output).namedScores()).containsEntry("math", 1.0);
    }

    @Test
    void whatIsNotKnownIsAnErrorAndNeitherPassNorFailure() throws Exception {
        for (var spec : List.of(AssertionSpec.of(AssertionType.LATENCY).withThreshold(1),
                AssertionSpec.of(AssertionType.COST).withThreshold(1), AssertionSpec.of(AssertionType.PERPLEXITY),
                spec(AssertionType.LLM_RUBRIC, "\"x\"").negated(),
                spec(AssertionType.WEBHOOK, "\"http://localhost\""))) {
            var grade = grade(List.of(spec, CONTAINS_A), 0.1, "a");
            assertThat(grade.error()).as(spec.typeName()).isTrue();
            assertThat(grade.pass()).isFalse();
        }
    }

    @Test
    void costLatencyPerplexityAndTheEndOfAnAnswerHaveBounds() throws Exception {
        var logprobs = Json.parse("{\"content\":[{\"logprob\":-0.1},{\"logprob\":-0.2},{\"logprob\":-0.9}]}");
        var output = new Output("x", null, "", Json.object(), Duration.ofMillis(100), new BigDecimal("0.02"), "stop",
                logprobs, null);
        assertThat(one(AssertionSpec.of(AssertionType.LATENCY).withThreshold(100), output).pass()).isTrue();
        assertThat(one(AssertionSpec.of(AssertionType.COST).withThreshold(0.01), output).pass()).isFalse();
        assertThat(one(AssertionSpec.of(AssertionType.PERPLEXITY).withThreshold(1.5), output).pass()).isTrue();
        assertThat(one(AssertionSpec.of(AssertionType.PERPLEXITY).withThreshold(1.2), output).pass()).isFalse();
        assertThat(one(AssertionSpec.of(AssertionType.PERPLEXITY_SCORE).withThreshold(0.4), output).score())
                .isCloseTo(1 / (1 + Math.exp(0.4)), within(1e-12));
        assertThat(one(spec(AssertionType.FINISH_REASON, "\"STOP\""), output).pass()).isTrue();
    }

    @Test
    void toolCallsAreCheckedAgainstTheTools() throws Exception {
        var tools = Json.parse("""
                [{"type":"function","function":{"name":"add","parameters":{"type":"object","required":["a"],
                  "properties":{"a":{"type":"number"}}}}}]""");
        var spec = AssertionSpec.of(AssertionType.IS_VALID_OPENAI_TOOLS_CALL);
        var good = "[{\"function\":{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":1}\"}}]";
        assertThat(one(spec, Output.of(good).withTools(tools)).pass()).isTrue();
        assertThat(one(spec, Output.of(good.replace("1}", "\\\"x\\\"}")).withTools(tools)).pass()).isFalse();
        assertThat(one(spec, Output.of(good.replace("add", "sub")).withTools(tools)).reason())
                .contains("no tool \"sub\"");
        var ours = "{\"toolCalls\":[{\"id\":\"1\",\"name\":\"add\",\"arguments\":{\"a\":1}}]}";
        assertThat(one(spec, Output.of(ours).withTools(tools)).pass()).isTrue();
        assertThat(one(AssertionSpec.of(AssertionType.IS_VALID_OPENAI_FUNCTION_CALL), Output.of(ours).withTools(tools))
                .pass())
                .isTrue();
        assertThat(one(spec, Output.of("hello").withTools(tools)).pass()).isFalse();
    }

    @Test
    void sqlIsParsedAndItsTablesAndColumnsCanBeListed() throws Exception {
        var plain = AssertionSpec.of(AssertionType.IS_SQL);
        assertThat(one(plain, Output.of("SELECT id, name FROM users WHERE id = 1")).pass()).isTrue();
        assertThat(one(plain, Output.of("SELECT * FORM users")).pass()).isFalse();
        assertThat(one(plain, Output.of("SELECT first last FROM users")).pass()).isFalse();
        assertThat(one(plain, Output.of("hello world")).pass()).isFalse();
        var tables = spec(AssertionType.IS_SQL,
                "{\"databaseType\":\"PostgreSQL\",\"allowedTables\":[\"select::null::users\"]}");
        assertThat(one(tables, Output.of("SELECT id FROM users")).pass()).isTrue();
        assertThat(one(tables, Output.of("SELECT id FROM secrets")).reason()).contains("select::null::secrets");
        assertThat(one(tables, Output.of("SELECT `id` FROM users")).pass()).isFalse();
        var columns = spec(AssertionType.IS_SQL, "{\"allowedColumns\":[\"select::users::id\"]}");
        assertThat(one(columns, Output.of("SELECT id FROM users")).pass()).isTrue();
        assertThat(one(columns, Output.of("SELECT id, salary FROM users")).reason()).contains("salary");
        assertThat(one(AssertionSpec.of(AssertionType.CONTAINS_SQL),
                Output.of("Here:\n```sql\nDELETE FROM users WHERE id = 2\n```\n")).pass()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"java.lang.System.exit(0)", "fetch('http://localhost')", "require('fs')", "Packages.java",
            "output.getClass()", "process.exit()", "Array.prototype.push = null"})
    void scriptsHaveNoWayOut(String script) throws Exception {
        var grade = one(spec(AssertionType.JAVASCRIPT, Json.text(Json.array().add(script).get(0))), Output.of("x"));
        assertThat(grade.pass()).as(grade.reason()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(function(){while(true){}})()", "(function(){try{while(true){}}catch(e){return true}})()",
            "'x'.repeat(500000000).length", "/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')"})
    void endlessScriptsAreStoppedWithinASecond(String script) throws Exception {
        var spec = spec(AssertionType.JAVASCRIPT, Json.text(Json.array().add(script).get(0)));
        var grade = one(spec, Output.of("x"));
        assertThat(grade).returns(true, Grade::error).returns(false, Grade::pass);
        assertThat(one(spec(AssertionType.JAVASCRIPT, "\"output === 'x'\""), Output.of("x")).pass()).isTrue();
    }

    @Test
    void scriptsSeeTheVariablesAndAnswerWithScores() throws Exception {
        var output = Output.of("abc").withVars(Json.parseObject("{\"want\":\"abc\"}"));
        assertThat(one(spec(AssertionType.JAVASCRIPT, "\"output === context.vars.want\""), output).pass()).isTrue();
        var scored = one(spec(AssertionType.JAVASCRIPT,
                "\"({pass: true, score: 0.5, reason: 'half', namedScores: {m: 0.25}})\""), output);
        assertThat(scored).returns(0.5, Grade::score).returns("half", Grade::reason);
        assertThat(scored.namedScores()).containsEntry("m", 0.25);
        assertThat(one(CONTAINS_B.withTransform("output.toUpperCase()"), output).pass()).isFalse();
    }

    @Test
    void aTransformMayReturnAnObjectThatTheNextOneSees() throws Exception {
        var assertions = assertions();
        var output = assertions.transformed("JSON.parse(output)", Output.of("{\"colors\":[\"red\"],\"n\":2}"));
        assertThat(assertions.grade(spec(AssertionType.JAVASCRIPT, "\"output.n === 2\""), output).pass()).isTrue();
        var any = spec(AssertionType.CONTAINS_ANY, "[\"red\"]").withTransform("output.colors");
        assertThat(assertions.grade(any, output).pass()).isTrue();
        assertThat(assertions.grade(spec(AssertionType.JAVASCRIPT, "\"output.n\""), Output.of("{\"n\":0.5}").read())
                .score())
                .isEqualTo(0.5);
    }

    @Test
    void evilExpressionsTakeNoTime() throws Exception {
        var grade = one(spec(AssertionType.REGEX, "\"^(a+)+$\""), Output.of("a".repeat(100_000) + "b"));
        assertThat(grade.pass()).isFalse();
    }

    @Test
    void aWebhookDecides() throws Exception {
        Webhook webhook = (_, body) -> Json
                .parse("{\"pass\":" + body.path("output").asText().equals("ok") + ",\"score\":0.3}");
        var assertions = new Assertions(new ScriptedJudge(), 1, webhook, SANDBOX);
        assertThat(assertions.grade(spec(AssertionType.WEBHOOK, "\"http://localhost/\""), Output.of("ok")))
                .returns(true, Grade::pass).returns(0.3, Grade::score);
    }

    @Test
    void derivedMetricsAreArithmetic() {
        var metrics = List.of(new DerivedMetric("f", Arithmetic.parse("2 * p * r / (p + r)")),
                new DerivedMetric("mean", Arithmetic.parse("f / __count")),
                new DerivedMetric("none", Arithmetic.parse("missing + 1")));
        assertThat(DerivedMetric.evaluate(metrics, Map.of("p", 3.0, "r", 1.0), 2))
                .isEqualTo(Map.of("f", 1.5, "mean", 0.75));
        assertThat(Arithmetic.parse("-2 ^ 2 + max(1, 7 % 4, abs(-2))").evaluate(Map.of())).contains(-1.0);
        assertThatThrownBy(() -> Arithmetic.parse("a + ")).hasMessageContaining("needs a number or a name");
    }

    private static Grade grade(List<AssertionSpec> specs, Double threshold, String output) throws InterruptedException {
        return assertions().grade(specs, threshold, Output.of(output));
    }

    private static Grade one(AssertionSpec spec, Output output) throws InterruptedException {
        return assertions().grade(spec, output);
    }

    private static Assertions assertions() {
        return new Assertions(new ScriptedJudge(), 1, Webhook.NONE, SANDBOX);
    }

    static AssertionSpec spec(AssertionType type, String json) {
        JsonNode value = Json.parse(json);
        return AssertionSpec.of(type, value);
    }

    @Test
    void aSchemaIsOneOfAnyDraftAndNothingIsFetched() throws IOException, InterruptedException {
        var remote = one(spec(AssertionType.IS_JSON, "{\"$ref\":\"http://localhost:1/schema.json\"}"), Output.of("{}"));
        assertThat(remote.pass()).isFalse();
    }
}
