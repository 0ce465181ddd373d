package dev.promptlab.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.ScriptedModel;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// `promptlab eval` as a user types it; what can only be seen in a process of its own (signals, death) runs in one.
class EvalCommandTest {
    private static final String TUTORIAL = "src/main/resources/samples/eval/tutorial.eval.yaml";

    @TempDir
    Path folder;

    private ScriptedModel model;
    private final Map<String, String> more = new HashMap<>();
    private String output = "";

    @BeforeEach
    void start() throws IOException {
        model = new ScriptedModel(Duration.ofMillis(20));
    }

    @AfterEach
    void stop() {
        model.close();
    }

    private Map<String, String> environment() {
        var environment = new HashMap<>(Map.of("OPENAI_API_KEY", "x", "OPENAI_BASE_URL", model.url(),
                "PROMPTLAB_DATA_DIR", folder.resolve("data").toString(), "COLUMNS", "100"));
        environment.putAll(more);
        return environment;
    }

    private int eval(Object... arguments) {
        var words = new ArrayList<>(List.of("eval"));
        for (var each : arguments) {
            words.add(each.toString());
        }
        var before = System.out;
        var errors = System.err;
        var seen = new ByteArrayOutputStream();
        try (var out = new PrintStream(seen, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            System.setErr(out);
            return Commands.run(words.toArray(String[]::new), environment());
        } finally {
            System.setOut(before);
            System.setErr(errors);
            output = seen.toString(StandardCharsets.UTF_8);
        }
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path suite(int cases, String more) throws IOException {
        var rows = new StringBuilder("n\n");
        for (var i = 0; i < cases; i++) {
            rows.append(i).append('\n');
        }
        file("cases.csv", rows.toString());
        return file("numbers.eval.yaml", """
                prompts: ['Is {{n}} fine']
                providers: [openai:m]
                defaultTest: {assert: [{type: contains, value: fine}]}
                tests: file://cases.csv
                promptlab:
                """ + more.indent(2) + "  strictVars: true\n");
    }

    /// The result without what may differ between runs of the same answers.
    private JsonNode result(Path file) throws IOException {
        var json = (ObjectNode) Json.read(Files.readAllBytes(file));
        json.without(List.of("execution", "runId"));
        json.path("rows").forEach(row -> ((ObjectNode) row).remove("execution"));
        return json;
    }

    @Test
    void aGoodPromptPassesAndWritesEveryReport() throws IOException {
        var command = new ArrayList<Object>(List.of("run", TUTORIAL));
        for (var ending : List.of("json", "jsonl", "junit.xml", "html", "md", "csv")) {
            command.addAll(List.of("-o", folder.resolve("out." + ending)));
        }
        assertThat(eval(command.toArray())).as(output).isZero();
        assertThat(output).contains("PASS").doesNotContain("\u001b");
        assertThat(result(folder.resolve("out.json")).path("rows")).hasSize(128);
        assertThat(Files.readAllLines(folder.resolve("out.jsonl"))).hasSize(129);
        assertThat(folder.resolve("out.junit.xml")).content().contains("testcase", "name=\"gate\"");
        assertThat(folder.resolve("out.html")).content().startsWith("<!doctype html>").doesNotContain("src=",
                "<script");
        assertThat(Files.size(folder.resolve("out.md"))).isBetween(100L, 65_000L);
        assertThat(Files.readAllLines(folder.resolve("out.csv"))).hasSize(129);
    }

    @Test
    void aWorsePromptIsRegressed() {
        assertThat(eval("run", TUTORIAL, "--candidate", "terse")).as(output).isEqualTo(1);
        assertThat(output).contains("REGRESSED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{type: contians, value: x}", "{type: python, value: 'True'}",
            "{type: regex, value: '(?=x)'}",
            "{type: javascript, value: 'output.('}", "{type: latency}"})
    void whatIsWrongInASuiteIsSaidBeforeAnyCall(String assertion) throws IOException {
        var file = file("s.yaml", "prompts: [hi]\nproviders: [openai:m]\ntests: [{assert: [" + assertion + "]}]\n");
        assertThat(eval("run", file)).as(output).isEqualTo(2);
        assertThat(output).contains("s.yaml:3:");
        assertThat(eval("lint", file)).isEqualTo(2);
        assertThat(model.calls()).isZero();
    }

    @Test
    void wrongFlagsAndWrongGatesAreSaidBeforeAnyCall() throws IOException {
        var wrong = suite(3, "gate: {margin: wide}");
        assertThat(eval("lint", wrong)).as(output).isEqualTo(2);
        assertThat(eval("run", suite(3, "gate: {margn: 5pp}"))).as(output).isEqualTo(2);
        assertThat(output).contains("margn", "margin");
        var good = suite(3, "repeats: 1");
        assertThat(eval("run", good, "-o", "x.pdf")).isEqualTo(2);
        assertThat(eval("run", good, "-j", "0")).isEqualTo(2);
        assertThat(eval("run", good, "--baseline", "nothing")).isEqualTo(2);
        assertThat(output).contains("eval baseline set");
        assertThat(eval("run", folder.resolve("missing.yaml"))).isEqualTo(2);
        assertThat(eval("resume")).isEqualTo(2);
        assertThat(eval("regrade", "20200101-000000-abcd")).isEqualTo(2);
        assertThat(model.calls()).isZero();
    }

    @Test
    void anInconclusiveRunFailsWhenAsked() throws IOException {
        var suite = file("s.eval.yaml", """
                prompts: [{label: a, raw: 'one {{n}}'}, {label: b, raw: 'one {{n}} '}]
                providers: [mock:echo]
                tests: [{vars: {n: [x, y, z]}, assert: [{type: contains, value: one}]}]
                promptlab: {baseline: a}
                """);
        assertThat(eval("run", suite)).as(output).isZero();
        assertThat(output).contains("INCONCLUSIVE");
        assertThat(eval("run", suite, "--inconclusive", "fail")).isEqualTo(3);
    }

    @Test
    void tooManyErrorsDecideNothing() throws IOException {
        more.put("OPENAI_BASE_URL", "http://127.0.0.1:1/v1");
        more.put("PROMPTLAB_MAX_ATTEMPTS", "1");
        assertThat(eval("run", suite(3, "repeats: 1"))).as(output).isEqualTo(4);
    }

    @Test
    void aSpentBudgetCanBeRaised() throws IOException {
        var suite = suite(30, "budget: {calls: 10}");
        assertThat(eval("run", suite, "-j", "8")).as(output).isEqualTo(5);
        assertThat(output).contains("--calls");
        assertThat(model.calls()).isEqualTo(10);
        assertThat(eval("resume", "--calls", "12")).isEqualTo(5);
        assertThat(model.calls()).isEqualTo(12);
        var all = folder.resolve("all.json");
        eval("resume", "--calls", "100", "-o", all);
        assertThat(result(all).path("rows")).hasSize(30);
        assertThat(model.calls()).isEqualTo(30);
    }

    @Test
    void runsAreNamedComparedExportedAndGradedAgain() throws IOException {
        assertThat(eval("run", TUTORIAL)).isZero();
        assertThat(eval("baseline", "set", "production")).isZero();
        assertThat(eval("baseline", "show")).isZero();
        assertThat(output).contains("production");
        var committed = folder.resolve("baseline.json");
        assertThat(eval("baseline", "export", "production", committed)).as(output).isZero();
        assertThat(eval("compare", "production", committed)).as(output).isZero();
        assertThat(output).contains("PASS");
        assertThat(eval("run", TUTORIAL, "--baseline", committed, "--candidate", "terse")).as(output).isEqualTo(1);
        assertThat(eval("compare", "production", "nothing")).isEqualTo(2);
        assertThat(eval("regrade")).as(output).isEqualTo(1);
        var id = result(committed).path("rows").path(0).path("caseId").asText();
        var labels = file("labels.jsonl", "{\"case\": \"" + id + "\", \"pass\": true}\n");
        assertThat(eval("calibrate", "production", labels)).as(output).isZero();
        assertThat(output).contains("agreement 100.0 %");
        assertThat(eval("flaky")).isZero();
        assertThat(eval("lint", TUTORIAL)).isZero();
        assertThat(output).contains("64 cases on 3 arms");
        assertThat(eval("power", TUTORIAL, "--delta", "3pp")).isZero();
        assertThat(output).contains("3.0 points needs");
        assertThat(eval("run", TUTORIAL, "--dry-run")).isZero();
        assertThat(output).contains("128 cells");
    }

    @Test
    void anAnswerIsAskedForOnceAndKept() throws IOException {
        var suite = suite(5, "repeats: 2");
        eval("run", suite);
        eval("run", suite);
        assertThat(model.calls()).isEqualTo(10);
        eval("run", suite, "--no-cache");
        assertThat(model.calls()).isEqualTo(20);
    }

    private Process start(Object... arguments) throws IOException {
        var words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "dev.promptlab.PromptLab",
                "eval"));
        for (var each : arguments) {
            words.add(each.toString());
        }
        var builder = new ProcessBuilder(words).redirectErrorStream(true)
                .redirectOutput(folder.resolve("process.txt").toFile());
        builder.environment().putAll(environment());
        return builder.start();
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("process.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void interrupt(Process process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
    }

    @Test
    void aKilledRunGoesOnToTheSameEnd() throws Exception {
        var suite = suite(300, "repeats: 1");
        var undisturbed = folder.resolve("undisturbed.json");
        eval("run", suite, "-j", "10", "--no-cache", "-o", undisturbed);
        var before = model.calls();
        var random = new Random(7);
        var process = start("run", suite, "-j", "10", "--no-cache");
        for (var kills = 0; kills < 4; kills++) {
            var seen = model.calls();
            Eventually.holds("it calls", () -> model.calls() > seen);
            process.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS);
            assertThat(process.destroyForcibly().waitFor()).as("the run ended before it was killed").isNotZero();
            process = start("resume");
        }
        process.waitFor();
        var calls = model.calls() - before;
        var killed = folder.resolve("killed.json");
        eval("resume", "-o", killed);
        assertThat(result(killed)).isEqualTo(result(undisturbed));
        assertThat(calls).isBetween(300L, 340L);
    }

    @Test
    void theFirstInterruptWaitsForCallsInFlight() throws Exception {
        var process = start("run", suite(300, "repeats: 1"), "-j", "5", "--no-cache");
        Eventually.holds("it calls", () -> model.calls() > 5);
        interrupt(process);
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(said()).contains("Ctrl-C again", "eval resume");
        var asked = model.calls();
        var all = folder.resolve("all.json");
        eval("resume", "-o", all);
        assertThat(model.calls()).as("no call is made twice").isEqualTo(300);
        assertThat(asked).isLessThan(300);
    }

    @Test
    void theSecondInterruptDoesNotWait() throws Exception {
        model.close();
        model = new ScriptedModel(Duration.ofMinutes(5));
        var process = start("run", suite(10, "repeats: 1"), "-j", "5");
        Eventually.holds("five calls hang", () -> model.calls() == 5);
        interrupt(process);
        Eventually.holds("it drains", () -> said().contains("Ctrl-C again"));
        interrupt(process);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
    }
}
