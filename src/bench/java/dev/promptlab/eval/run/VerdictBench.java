package dev.promptlab.eval.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.OpenFolder;
import dev.promptlab.testing.ScriptedModel;
import dev.promptlab.web.Json;

/// Asks promptfoo (`npm install --prefix target/promptfoo promptfoo@0.121.20 node@22`) for its verdicts on the suites that
/// `SameResultsTest` compares, and writes them beside the suites. Arguments choose suites.
final class VerdictBench {
    private static final Path SUITES = Path.of("src/test/resources/dev/promptlab/eval/run/alike");
    private static final Path PROMPTFOO = Path.of("target/promptfoo/node_modules/promptfoo/dist/src/main.js");
    private static final Path NODE = Path.of("target/promptfoo/node_modules/node/bin/node");

    private VerdictBench() {}

    public static void main(String[] arguments) throws Exception {
        var wanted = Set.of(arguments);
        try (var folder = OpenFolder.create(); var model = new ScriptedModel(); var suites = Files.list(SUITES)) {
            Files.createDirectories(folder.path());
            for (var suite : suites.sorted().toList()) {
                if (wanted.isEmpty() || wanted.contains(suite.getFileName().toString())) {
                    record(suite, folder.path(), model);
                }
            }
        }
    }

    private static void record(Path suite, Path folder, ScriptedModel model) throws IOException, InterruptedException {
        var result = folder.resolve("result.json");
        Files.deleteIfExists(result);
        var log = folder.resolve("log.txt");
        var builder = new ProcessBuilder(NODE.toAbsolutePath().toString(), PROMPTFOO.toAbsolutePath().toString(),
                "eval", "-c", "promptfooconfig.yaml", "--no-cache", "--no-write", "--no-table", "--no-progress-bar",
                "-j", "4", "-o", result.toString()).directory(suite.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(Map.of("OPENAI_API_KEY", "x", "OPENAI_BASE_URL", model.url(),
                "PROMPTFOO_DISABLE_TELEMETRY", "1", "PROMPTFOO_DISABLE_UPDATE", "1",
                "PROMPTFOO_DISABLE_REMOTE_GENERATION",
                "1", "PROMPTFOO_CONFIG_DIR", folder.resolve("promptfoo").toString()));
        builder.start().waitFor();
        if (!Files.exists(result)) {
            System.out.println(suite.getFileName() + ": no result\n" + Files.readString(log));
            return;
        }
        var rows = rows(Json.read(Files.readAllBytes(result)));
        Files.writeString(suite.resolve("verdicts.jsonl"),
                String.join("\n", rows.stream().map(Json::text).toList()) + "\n",
                StandardCharsets.UTF_8);
        System.out.printf("%-12s %4d rows %5d verdicts%n", suite.getFileName(), rows.size(),
                rows.stream().mapToInt(row -> row.path("assertions").size()).sum());
    }

    private static List<ObjectNode> rows(JsonNode result) {
        var rows = new ArrayList<JsonNode>();
        result.path("results").path("results").forEach(rows::add);
        rows.sort(Comparator.<JsonNode>comparingInt(row -> row.path("testIdx").asInt())
                .thenComparingInt(row -> row.path("promptIdx").asInt()));
        return rows.stream().map(VerdictBench::row).toList();
    }

    private static ObjectNode row(JsonNode row) {
        var output = row.path("response").path("output");
        var json = Json.object().put("test", row.path("testIdx").asInt()).put("prompt", row.path("promptIdx").asInt())
                .put("output", output.isTextual() ? output.textValue() : Json.text(output))
                .put("pass", row.path("success").asBoolean()).put("score", row.path("score").asDouble());
        if (row.path("failureReason").asInt() == 2) {
            json.put("error", row.path("error").asText());
        }
        var list = json.putArray("assertions");
        row.path("gradingResult").path("componentResults").forEach(part -> {
            if (part.path("assertion").isObject()) {
                list.addObject().put("type", part.path("assertion").path("type").asText())
                        .put("pass", part.path("pass").asBoolean()).put("score", part.path("score").asDouble());
            }
        });
        json.set("metrics", row.path("namedScores"));
        return json;
    }
}
