package dev.promptlab.eval.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.config.Settings;
import dev.promptlab.eval.assertion.Sandbox;
import dev.promptlab.eval.report.Progress;
import dev.promptlab.eval.report.ResultRow;
import dev.promptlab.eval.report.Terminal;
import dev.promptlab.eval.suite.LoadOptions;
import dev.promptlab.eval.suite.PromptSource;
import dev.promptlab.eval.suite.Suite;
import dev.promptlab.eval.suite.SuiteLoader;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.Providers;
import dev.promptlab.testing.ScriptedModel;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

/// Suites in the shapes of promptfoo's own examples, with what promptfoo 0.121.20 said of each row and assertion, against the same
/// model. `./promptlab bench verdicts` asks it again.
class SameResultsTest {
    private static ScriptedModel model;
    private static Sandbox sandbox;
    private static Providers providers;
    private static Settings settings;

    @TempDir
    Path data;

    static List<Path> suites() throws Exception {
        var folder = Path.of(SameResultsTest.class.getResource("alike").toURI());
        try (var suites = Files.list(folder)) {
            return suites.sorted().toList();
        }
    }

    @BeforeAll
    static void start() throws IOException {
        model = new ScriptedModel();
        sandbox = new Sandbox();
        settings = Settings.load(Map.of(), Map.of("OPENAI_API_KEY", "x", "OPENAI_BASE_URL", model.url()));
        providers = Providers.of(settings.providers(), PriceTable.load());
    }

    @AfterAll
    static void stop() {
        providers.close();
        sandbox.close();
        model.close();
    }

    @ParameterizedTest
    @MethodSource("suites")
    void promptfooSaysTheSame(Path folder) throws Exception {
        var expected = Files.readString(folder.resolve("verdicts.jsonl")).lines().map(Json::parse).toList();
        var suite = SuiteLoader.load(folder.resolve("promptfooconfig.yaml"),
                new LoadOptions(false, Set.of("openai"), PromptSource.NONE, sandbox, "openai:gpt-5-mini"));
        for (var concurrency : List.of(1, 50)) {
            assertThat(rows(suite, concurrency)).containsExactlyInAnyOrderElementsOf(
                    expected.stream().map(SameResultsTest::facts).toList());
        }
    }

    private List<String> rows(Suite suite, int concurrency) throws Exception {
        var spec = new RunSpec(RunFolder.newId(Instant.EPOCH), Instant.EPOCH, "s.yaml", null, null, null, null, null,
                null, concurrency, false);
        var environment = new EvalRun.Environment(providers, PriceTable.load(), settings.providers().timeout(), 3,
                List.of(), Clock.systemUTC());
        var rows = new ArrayList<String>();
        try (var run = EvalRun.open(suite, spec, new RunFolder(data.resolve("" + concurrency)), environment,
                new Stop())) {
            run.run(new Progress(
                    new Terminal(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false,
                            false, 80)))
                    .rows().each(row -> rows.add(facts(row)));
        }
        return rows;
    }

    private static String facts(JsonNode verdict) {
        var parts = new ArrayList<String>();
        verdict.path("assertions")
                .forEach(part -> parts.add(part(part.path("type").asText(), part.path("pass").asBoolean(),
                        part.path("score").asDouble())));
        return verdict.path("output").asText() + " -> "
                + part(verdict.has("error") ? "error" : "", verdict.path("pass").asBoolean(),
                        verdict.path("score").asDouble())
                + parts + metrics(verdict.path("metrics").properties().stream()
                        .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().asDouble())));
    }

    private static String facts(ResultRow row) {
        var parts = row.assertions().stream().filter(part -> !part.type().endsWith("assert-set"))
                .map(part -> part(part.type(), part.status() == ResultRow.Status.PASS, part.score())
                        + (part.status() == ResultRow.Status.ERROR ? "!!" + part.reason() : ""))
                .toList();
        return row.output() + " -> "
                + part(row.status() == ResultRow.Status.ERROR ? "error" : "", row.passed(), row.score()) + parts
                + metrics(row.metrics());
    }

    private static String metrics(Map<String, Double> named) {
        return new TreeMap<>(named).entrySet().stream().map(each -> part(each.getKey(), true, each.getValue())).toList()
                .toString();
    }

    private static String part(String name, boolean pass, double score) {
        return String.format("%s %s %.6f", name, pass ? "pass" : "fail", score);
    }
}
