package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/// `verdicts.jsonl` holds `[type, output, value, threshold, pass, score]` as promptfoo 0.121.20 decided them.
class SameVerdictsTest {
    private static final Sandbox SANDBOX = new Sandbox();

    static List<JsonNode> verdicts() throws IOException {
        try (var lines = Objects.requireNonNull(SameVerdictsTest.class.getResourceAsStream("verdicts.jsonl"))) {
            return new String(lines.readAllBytes(), StandardCharsets.UTF_8).lines().map(Json::parse)
                    .toList();
        }
    }

    @AfterAll
    static void close() {
        SANDBOX.close();
    }

    @ParameterizedTest
    @MethodSource("verdicts")
    void promptfooSaysTheSame(JsonNode verdict) throws InterruptedException {
        var assertions = new Assertions(new ScriptedJudge(), 1, Webhook.NONE, SANDBOX);
        var name = verdict.get(0).textValue();
        var type = AssertionType.named(name.replaceFirst("^not-", "")).orElseThrow();
        var value = verdict.get(2).isNull() ? MissingNode.getInstance() : verdict.get(2);
        var spec = AssertionSpec.of(type, value);
        spec = name.startsWith("not-") ? spec.negated() : spec;
        spec = verdict.get(3).isNull() ? spec : spec.withThreshold(verdict.get(3).doubleValue());
        var grade = assertions.grade(spec, Output.of(verdict.get(1).textValue()));
        assertThat(grade.error()).as(grade.reason()).isFalse();
        assertThat(grade.pass()).as(grade.reason()).isEqualTo(verdict.get(4).booleanValue());
        assertThat(grade.score()).as(grade.reason()).isEqualTo(verdict.get(5).doubleValue(), within(1e-9));
    }
}
