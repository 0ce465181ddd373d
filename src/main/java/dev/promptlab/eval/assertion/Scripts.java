package dev.promptlab.eval.assertion;

import java.util.HashMap;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Inline JavaScript as an assertion, or to change an output before it is graded.
final class Scripts {
    private final Sandbox sandbox;

    Scripts(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /// What a script throws is a failure, as is any answer that is no verdict; a script that was stopped decides nothing.
    Grade grade(Check check) throws InterruptedException {
        JsonNode result;
        try {
            result = sandbox.run(Values.text(check.value()), check.output().value(),
                    context(check.output(), check.spec()));
        } catch (ScriptException e) {
            return Grade.of(false, 0, "The script failed: " + e.getMessage());
        }
        if (result.isBoolean()) {
            return check.verdict(result.booleanValue(), "satisfy " + Values.text(check.value()).strip());
        }
        if (result.isNumber()) {
            double score = result.doubleValue();
            boolean holds = check.spec().threshold() == null ? score > 0 : score >= check.threshold(0);
            return Grade.of(holds != check.inverse(), score, "The script answered " + Check.number(score));
        }
        if (!result.path("pass").isBoolean() || !result.path("score").isNumber()) {
            return Grade.of(false, 0, "The script must answer true or false, a number, or {pass, score, reason}, not "
                    + Asking.shortened(Json.text(result)));
        }
        return verdict(check, (ObjectNode) result);
    }

    private static Grade verdict(Check check, ObjectNode result) {
        var named = new HashMap<String, Double>();
        result.path("namedScores").properties().stream().filter(entry -> entry.getValue().isNumber())
                .forEach(entry -> named.put(entry.getKey(), entry.getValue().doubleValue()));
        boolean pass = result.path("pass").booleanValue() != check.inverse();
        return new Grade(pass, false, result.path("score").doubleValue(), result.path("reason").asText(
                pass ? Check.PASSED : "The script said so"), named, new HashMap<>(), List.of());
    }

    JsonNode transform(String javascript, Output output) throws InterruptedException {
        try {
            return sandbox.run(javascript, output.value(), context(output, null));
        } catch (ScriptException e) {
            throw new Ungradable("the transform failed: " + e.getMessage());
        }
    }

    private static ObjectNode context(Output output, @Nullable AssertionSpec spec) {
        var context = Json.object().put("prompt", output.prompt());
        context.set("vars", output.vars());
        if (output.logprobs() != null) {
            context.set("logProbs", output.logprobs());
        }
        if (spec != null && !spec.config().isEmpty()) {
            context.set("config", spec.config());
        }
        var response = context.putObject("providerResponse").put("output", output.text())
                .put("finishReason", output.finishReason());
        if (output.costUsd() != null) {
            response.put("cost", output.costUsd());
        }
        return context;
    }
}
