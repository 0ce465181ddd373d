package dev.promptlab.eval.server;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import dev.promptlab.eval.server.Suites.NewCase;
import dev.promptlab.job.EvaluationJobs.Example;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;

/// Adds a case to the text of a suite file and leaves the rest as it is, comments and order included. What it writes is JSON inside of
/// YAML, since every JSON is YAML.
final class CaseAppender {
    private static final Pattern TESTS = Pattern.compile("^tests:\\s*(#.*)?$");
    private static final Pattern TESTS_FILE = Pattern
            .compile("^tests:\\s*(file://\\S+|\"file://[^\"]+\"|'file://[^']+')\\s*$");
    private static final Pattern TESTS_FLOW = Pattern.compile("^tests:\\s*\\[(.*)]\\s*$");
    private static final String NEXT_KEY = "the place for the case was not found: write \"tests:\" as a list with a case a line";

    private CaseAppender() {}

    /// The case, a property a line.
    static ObjectNode lines(Example example, NewCase wanted) {
        var json = Json.object();
        if (wanted.description() != null) {
            json.put("description", wanted.description());
        }
        json.set("vars", literal(example.variables()));
        if (example.variables().valueStream().anyMatch(JsonNode::isArray)) {
            json.putObject("options").put("disableVarExpansion", true);
        }
        var assertions = Json.array();
        if (wanted.assertions() != null) {
            wanted.assertions().forEach(each -> assertions.add(Json.parse(each)));
        }
        if (wanted.expectOutput()) {
            if (example.output() == null) {
                throw new Failure.Conflict("job " + wanted.jobId() + " has no output to expect");
            }
            assertions.addObject().put("type", "equals").put("value", raw(example.output()));
        }
        if (!assertions.isEmpty()) {
            json.set("assert", assertions);
        }
        return json;
    }

    /// Texts of a suite are templates; what a job was given is not.
    private static JsonNode literal(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                var copy = Json.object();
                object.properties().forEach(each -> copy.set(each.getKey(), literal(each.getValue())));
                yield copy;
            }
            case ArrayNode array -> {
                var copy = Json.array();
                array.forEach(each -> copy.add(literal(each)));
                yield copy;
            }
            default -> node.isTextual() ? Json.array().add(raw(node.textValue())).get(0) : node;
        };
    }

    private static String raw(String text) {
        if (text.startsWith("file://")) {
            throw new Failure.Conflict("a value of the job begins with file://, which a suite takes for a file");
        }
        return text.contains("{{") || text.contains("{%") || text.contains("{#")
                ? "{% raw %}" + text + "{% endraw %}" : text;
    }

    static String append(String content, ObjectNode testCase) {
        if (content.stripLeading().startsWith("{")) {
            return intoJson(content, testCase);
        }
        var lines = new ArrayList<>(content.lines().toList());
        for (var i = 0; i < lines.size(); i++) {
            var file = TESTS_FILE.matcher(lines.get(i));
            var flow = TESTS_FLOW.matcher(lines.get(i));
            if (TESTS.matcher(lines.get(i)).matches()) {
                return intoList(lines, i, testCase);
            }
            if (file.matches()) {
                lines.set(i, "tests:\n  - " + file.group(1) + "\n" + block(testCase, "  "));
                return joined(lines);
            }
            if (flow.matches()) {
                lines.set(i, "tests: [" + flow.group(1) + (flow.group(1).isBlank() ? "" : ", ") + Json.text(testCase)
                        + "]");
                return joined(lines);
            }
            if (lines.get(i).startsWith("tests:")) {
                throw new Failure.Conflict(NEXT_KEY);
            }
        }
        return joined(lines) + "tests:\n" + block(testCase, "  ") + "\n";
    }

    private static String intoJson(String content, ObjectNode testCase) {
        if (!(Json.parse(content) instanceof ObjectNode suite)
                || (suite.has("tests") && !(suite.get("tests") instanceof ArrayNode))) {
            throw new Failure.Conflict("\"tests\" is no list, so that no case can be added to it");
        }
        suite.withArray("tests").add(testCase);
        return Json.text(suite);
    }

    /// Behind the last entry: before the next key of the file, and the comments and empty lines that lead to it.
    private static String intoList(List<String> lines, int tests, ObjectNode testCase) {
        var end = tests + 1;
        while (end < lines.size() && !isNextKey(lines.get(end))) {
            end++;
        }
        while (end > tests + 1 && (lines.get(end - 1).isBlank() || lines.get(end - 1).startsWith("#"))) {
            end--;
        }
        var first = lines.subList(tests + 1, end).stream().filter(line -> line.stripLeading().startsWith("-"))
                .findFirst().orElse("  -");
        lines.add(end, block(testCase, first.substring(0, first.indexOf('-'))));
        return joined(lines);
    }

    private static boolean isNextKey(String line) {
        return !line.isBlank() && !Character.isWhitespace(line.charAt(0)) && line.charAt(0) != '#'
                && line.charAt(0) != '-';
    }

    private static String block(ObjectNode testCase, String indent) {
        var block = new StringBuilder();
        testCase.properties().forEach(each -> block.append(block.isEmpty() ? indent + "- " : "\n" + indent + "  ")
                .append(each.getKey()).append(": ").append(Json.text(each.getValue())));
        return block.toString();
    }

    private static String joined(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }
}
