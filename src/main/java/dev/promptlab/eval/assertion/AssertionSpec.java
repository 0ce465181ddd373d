package dev.promptlab.eval.assertion;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// One assertion of a suite file, checked: files are read, defaults filled in, templates still to be filled per case.
///
/// @param inverse written with `not-`
/// @param value missing when the file gives none
/// @param weight 0 = only counted as a metric, never a failure
/// @param transform inline JavaScript that the output goes through first
/// @param judge provider and model in place of the suite's, as written in the file
/// @param rubricPrompt in place of our own prompt for the judge: text, a list of messages, or an object of several
/// @param contextTransform inline JavaScript that finds the context of the `context-` types in the output
/// @param config further settings of the type
/// @param set the assertions of an `assert-set`, else empty
/// @param place `file:line:column`
public record AssertionSpec(
        AssertionType type,
        boolean inverse,
        JsonNode value,
        @Nullable Double threshold,
        double weight,
        @Nullable String metric,
        @Nullable String transform,
        @Nullable JsonNode judge,
        @Nullable JsonNode rubricPrompt,
        @Nullable String contextTransform,
        ObjectNode config,
        List<AssertionSpec> set,
        String place) {

    public AssertionSpec {
        set = List.copyOf(set);
    }

    /// With all else at its default.
    public static AssertionSpec of(AssertionType type, JsonNode value) {
        return new AssertionSpec(type, false, value, null, 1, null, null, null, null, null, Json.object(), List.of(),
                "");
    }

    public static AssertionSpec of(AssertionType type) {
        return of(type, MissingNode.getInstance());
    }

    /// As the file writes it: `not-contains`.
    public String typeName() {
        return inverse ? "not-" + type : type.toString();
    }

    public AssertionSpec negated() {
        return new AssertionSpec(type, !inverse, value, threshold, weight, metric, transform, judge, rubricPrompt,
                contextTransform, config, set, place);
    }

    public AssertionSpec withThreshold(double at) {
        return new AssertionSpec(type, inverse, value, at, weight, metric, transform, judge, rubricPrompt,
                contextTransform, config, set, place);
    }

    public AssertionSpec withWeight(double counts) {
        return new AssertionSpec(type, inverse, value, threshold, counts, metric, transform, judge, rubricPrompt,
                contextTransform, config, set, place);
    }

    public AssertionSpec withMetric(String name) {
        return new AssertionSpec(type, inverse, value, threshold, weight, name, transform, judge, rubricPrompt,
                contextTransform, config, set, place);
    }

    public AssertionSpec withConfig(ObjectNode settings) {
        return new AssertionSpec(type, inverse, value, threshold, weight, metric, transform, judge, rubricPrompt,
                contextTransform, settings, set, place);
    }

    public AssertionSpec withSet(List<AssertionSpec> assertions) {
        return new AssertionSpec(type, inverse, value, threshold, weight, metric, transform, judge, rubricPrompt,
                contextTransform, config, assertions, place);
    }

    public AssertionSpec withRubricPrompt(JsonNode prompt) {
        return new AssertionSpec(type, inverse, value, threshold, weight, metric, transform, judge, prompt,
                contextTransform, config, set, place);
    }

    public AssertionSpec withTransform(String javascript) {
        return new AssertionSpec(type, inverse, value, threshold, weight, metric, javascript, judge, rubricPrompt,
                contextTransform, config, set, place);
    }

    /// Everything that decides a grade; two specs with the same JSON grade alike. The place is not part of it.
    public ObjectNode toJson() {
        var json = Json.object().put("type", typeName()).put("weight", weight);
        put(json, "value", value.isMissingNode() ? null : value);
        json.put("threshold", threshold).put("metric", metric).put("transform", transform);
        put(json, "judge", judge);
        put(json, "rubricPrompt", rubricPrompt);
        json.put("contextTransform", contextTransform);
        if (!config.isEmpty()) {
            json.set("config", config);
        }
        if (!set.isEmpty()) {
            var list = json.putArray("assert");
            set.forEach(each -> list.add(each.toJson()));
        }
        json.properties().removeIf(entry -> entry.getValue().isNull());
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable JsonNode node) {
        if (node != null) {
            json.set(name, node);
        }
    }
}
