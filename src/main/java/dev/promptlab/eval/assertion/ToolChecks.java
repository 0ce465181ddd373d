package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.provider.ToolSpec;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Calls of tools in an answer: our own `toolCalls`, and the shapes of OpenAI, Anthropic and Google.
final class ToolChecks {
    private record Call(String name, JsonNode arguments) {}

    private final JsonChecks schemas;

    ToolChecks(JsonChecks schemas) {
        this.schemas = schemas;
    }

    /// One call or a list of them, each of a known tool, with arguments that fit its schema.
    Grade validCalls(Check check, boolean one) {
        var problem = problem(check, one);
        return check.verdict(problem == null, (one ? "be a valid function call" : "be valid tool calls")
                + (problem == null ? "" : ": " + problem));
    }

    private @Nullable String problem(Check check, boolean one) {
        JsonNode answer;
        try {
            answer = LooseJson.parse(check.text());
        } catch (IOException _) {
            return "the output is no JSON";
        }
        var calls = openAiCalls(answer, one);
        if (calls.isEmpty()) {
            return "the output has none";
        }
        for (var call : calls) {
            var wrong = problem(call, check.output().tools());
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    private @Nullable String problem(Call call, @Nullable JsonNode tools) {
        var tool = tool(call.name(), tools);
        if (tool == null) {
            return "there is no tool \"" + call.name() + "\"";
        }
        JsonNode arguments;
        try {
            arguments = call.arguments().isTextual() ? LooseJson.parse(call.arguments().textValue()) : call.arguments();
        } catch (IOException _) {
            return "the arguments of \"" + call.name() + "\" are no JSON";
        }
        var errors = schemas.schema(tool.schema()).errors(arguments);
        return errors.isEmpty() ? null : "\"" + call.name() + "\" " + String.join("; ", errors);
    }

    private static @Nullable ToolSpec tool(String name, @Nullable JsonNode tools) {
        for (var entry : tools == null ? Json.array() : tools) {
            var tool = ToolSpec.read(entry).orElse(null);
            if (tool != null && tool.name().equals(name)) {
                return tool;
            }
        }
        return null;
    }

    private static List<Call> openAiCalls(JsonNode answer, boolean one) {
        var list = answer.has("tool_calls") ? answer.path("tool_calls")
                : answer.has("toolCalls") ? answer.path("toolCalls") : answer;
        if (one && list.isArray() && list.size() == 1) {
            list = list.get(0);
        }
        var calls = new ArrayList<Call>();
        for (var entry : list.isArray() ? list : Json.array().add(list)) {
            var function = entry.has("function") ? entry.path("function") : entry;
            if (!function.path("name").isTextual() || !function.has("arguments")) {
                return List.of();
            }
            calls.add(new Call(function.path("name").textValue(), function.path("arguments")));
        }
        return one && calls.size() != 1 ? List.of() : calls;
    }

    /// The harmonic mean of precision and recall over the set of tools' names.
    static Grade f1(Check check) {
        var expected = new TreeSet<String>();
        var value = check.value();
        (value.isTextual() ? List.of(value.textValue().split(",")) : Values.texts(value))
                .forEach(name -> expected.add(name.strip()));
        var called = new TreeSet<>(names(check.text()));
        long both = expected.stream().filter(called::contains).count();
        double f1 = both == 0 ? 0 : 2.0 * both / (expected.size() + called.size());
        boolean pass = f1 >= check.threshold(1) != check.inverse();
        return Grade.of(pass, f1, "Tool call F1 " + Check.number(f1) + "; expected " + expected + ", called " + called);
    }

    private static Set<String> names(String text) {
        var names = new LinkedHashSet<String>();
        try {
            collect(LooseJson.parse(text), names);
        } catch (IOException _) {
            text.lines().map(String::strip).filter(line -> line.startsWith("{") || line.startsWith("["))
                    .forEach(line -> collectLine(line, names));
        }
        return names;
    }

    private static void collectLine(String line, Set<String> names) {
        try {
            collect(LooseJson.parse(line), names);
        } catch (IOException _) {
            // A line that only looks like JSON calls nothing.
        }
    }

    private static void collect(JsonNode node, Set<String> names) {
        for (var list : List.of("tool_calls", "toolCalls", "functionCalls")) {
            node.path(list).forEach(call -> name(call, names));
        }
        node.path("toolCall").path("functionCalls").forEach(call -> name(call, names));
        if (node.isArray()) {
            node.forEach(call -> name(call, names));
        } else if (node.path("type").asText().equals("tool_use") || node.has("functionCall")) {
            name(node, names);
        }
    }

    private static void name(JsonNode call, Set<String> names) {
        var inner = call.has("function") ? call.path("function")
                : call.has("functionCall") ? call.path("functionCall") : call;
        if (inner.path("name").isTextual()) {
            names.add(inner.path("name").textValue());
        }
    }
}
