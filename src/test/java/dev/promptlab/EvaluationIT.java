package dev.promptlab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.cli.Commands;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// Evaluations over the API: from a suite file to a verdict, and to a label that waits for one.
class EvaluationIT {
    private static final String GREETINGS = """
            description: greetings
            # what we say
            prompts:
              - {label: polite, raw: 'Dear {{name}}'}
              - {label: terse, raw: 'Hi'}
            providers: ['mock:echo']
            defaultTest:
              assert: [{type: contains, value: '{{name}}'}]
            tests:
              - vars: {name: Ada}
              - vars: {name: Bob}   # the second
            promptlab: {strictVars: true}
            """;

    private static ScriptedProvider provider;
    private static TestServer server;
    private ApiClient api;

    @BeforeAll
    static void start() {
        provider = ScriptedProvider.start();
        server = TestServer.start(Map.of("OPENAI_API_KEY", "test-key", "OPENAI_BASE_URL",
                provider.openAiUrl().toString(), "PROMPTLAB_POLL_INTERVAL", "100ms"));
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    @BeforeEach
    void client() {
        api = server.api();
    }

    private JsonNode create(String content) {
        return api.post("/evals/suites", Json.object().put("content", content)).expect(201).json();
    }

    private JsonNode start(JsonNode suite, ObjectNode asked) {
        return api.post("/evals/runs", asked.put("suiteId", suite.get("id").asText())).expect(202).json();
    }

    private JsonNode ended(JsonNode run) {
        var ended = api.get("/evals/runs/" + run.get("id").asText() + "?wait=60s").expect(200).json();
        assertThat(ended.get("finishedAt").isNull()).as(ended.toString()).isFalse();
        return ended;
    }

    private JsonNode run(JsonNode suite, ObjectNode asked) {
        return ended(start(suite, asked));
    }

    @Test
    void aSuiteRunsAndSaysThatTheCandidateIsWorse() {
        var suite = create(GREETINGS);
        var run = run(suite, Json.object().put("candidate", "terse").put("baseline", "polite").put("repeats", 8));

        assertThat(run.get("status").asText()).isEqualTo("completed");
        assertThat(run.at("/progress/done").asInt()).isEqualTo(32);
        assertThat(run.at("/summary/gate/candidate/passed").asInt()).isZero();
        assertThat(run.at("/summary/gate/baseline/passed").asInt()).isEqualTo(16);
        assertThat(run.at("/summary/gate/cases").findValuesAsText("kind")).containsExactly("broken", "broken");
        var id = run.get("id").asText();
        var regressed = api.get("/evals/runs/" + id + "/rows?mode=regressions&limit=5").expect(200);
        assertThat(regressed.json()).hasSize(5).allMatch(row -> row.get("change").asText().equals("regressed"));
        assertThat(regressed.header("Link")).isPresent();
        assertThat(api.get("/evals/runs/" + id + "/rows?mode=failures&limit=200").expect(200).json()).hasSize(16);
        for (var format : new String[]{"jsonl", "html", "md", "junit", "csv"}) {
            assertThat(api.get("/evals/runs/" + id + "/report?format=" + format).expect(200).text())
                    .as(format).contains("Ada");
        }
        var json = api.get("/evals/runs/" + id + "/report").expect(200).json();
        assertThat(json.get("rows")).hasSize(32);
        assertThat(json.get("gate")).isEqualTo(run.at("/summary/gate"));
    }

    @Test
    void whatIsWrongWithASuiteIsSaidByLineBeforeAnythingIsStored() {
        var wrong = GREETINGS.replace("type: contains", "type: contain");
        var problem = api.post("/evals/lint", Json.object().put("content", wrong)).expect(200).json().get("problems")
                .get(0);
        assertThat(problem.get("line").asInt()).isEqualTo(8);
        assertThat(problem.get("suggestion").asText()).isEqualTo("contains");
        var refused = api.post("/evals/suites", Json.object().put("content", wrong)).expect(400).json();
        assertThat(refused.at("/error/details/fieldErrors/content/0").asText()).contains(":8:");
        assertThat(api.post("/evals/suites", Json.object().put("content",
                GREETINGS.replace("{label: terse, raw: 'Hi'}", "file:///etc/passwd.txt"))).expect(400).text())
                .contains("outside");
    }

    @Test
    void filesComeWithTheSuite() {
        var text = Json.object().put("content",
                "prompts: ['{{name}}']\nproviders: ['mock:echo']\ntests: file://data/*.csv\n");
        text.putObject("files").put("data/a.csv", "name,__expected\nAda,Ada\nBob,Bob\n");
        var suite = api.post("/evals/suites", text).expect(201).json();
        assertThat(run(suite, Json.object()).at("/summary/gate/candidate/passed").asInt()).isEqualTo(2);
    }

    @Test
    void aJobBecomesACaseAndTheRestOfTheFileStays() {
        var suite = create(GREETINGS);
        var template = api.post("/templates", Json.object().put("name", "t").put("userPrompt", "{{name}}")).expect(201)
                .json();
        var request = Json.object().put("templateId", template.get("id").asText()).put("provider", "mock");
        request.putObject("variables").put("name", "{{Eve}} said \"no\"");
        var jobs = new JobClient(api);
        var job = jobs.finished(api.post("/generate", request).expect(202).json().get("jobId").asText());

        var changed = api.post("/evals/suites/" + suite.get("id").asText() + "/cases", Json.object()
                .put("jobId", job.get("id").asText()).put("description", "from life")).expect(200).json();

        assertThat(changed.get("version").asInt()).isEqualTo(2);
        assertThat(changed.get("cases").asInt()).isEqualTo(3);
        assertThat(changed.get("content").asText()).contains("# what we say", "# the second", "from life")
                .endsWith("promptlab: {strictVars: true}\n");
        var run = run(changed, Json.object().put("candidate", "polite").put("filter", "from life"));
        assertThat(run.at("/summary/gate/candidate/passed").asInt()).isEqualTo(1);
    }

    @Test
    void aStoredRunIsABaselineAndASecondRunCallsNobody() {
        var suite = create(GREETINGS);
        var first = run(suite, Json.object().put("candidate", "polite"));
        var baseline = "/evals/suites/" + suite.get("id").asText() + "/baselines/main";
        api.put(baseline, Json.object().put("runId", first.get("id").asText())).expect(200);

        var second = run(suite, Json.object().put("candidate", "polite").put("baseline", "main"));

        assertThat(second.at("/progress/calls").asInt()).isZero();
        assertThat(second.at("/progress/cacheHits").asInt()).isEqualTo(2);
        assertThat(second.at("/summary/gate/comparisons/0/pairs").asInt()).isEqualTo(2);
        var worse = run(suite, Json.object().put("candidate", "terse").put("baseline", "main"));
        var compared = api.get("/evals/compare?a=" + first.get("id").asText() + "&b=" + worse.get("id").asText())
                .expect(200).json();
        assertThat(compared.get("cases")).hasSize(2).allMatch(each -> each.get("b").asInt() == 0);
        api.post("/evals/runs", Json.object().put("suiteId", suite.get("id").asText()).put("baseline", "nobody"))
                .expect(400);
    }

    @Test
    void aLabelWaitsForAPassingRunOfExactlyThatVersion() {
        var template = api.post("/templates", Json.object().put("name", "Gated").put("userPrompt", "Hello {{name}}"))
                .expect(201).json();
        var path = "/templates/" + template.get("id").asText();
        api.put(path, Json.object().put("userPrompt", "Goodbye {{name}}")).expect(200);
        var cases = new StringBuilder();
        for (var i = 0; i < 60; i++) {
            cases.append("  - vars: {name: n").append(i).append("}\n");
        }
        var suite = create("promptlab: {template: " + template.get("key").asText() + "}\nproviders: ['mock:echo']\n"
                + "defaultTest: {assert: [{type: contains, value: '{{name}}'}]}\ntests:\n" + cases);
        var suiteId = suite.get("id").asText();
        api.put("/evals/gates/production/" + suiteId, Json.object().put("maxAge", "1d")).expect(200);

        var move = Json.object().put("version", 2);
        var refused = api.put(path + "/labels/production", move).expect(409).json();
        assertThat(refused.at("/error/message").asText()).contains(suite.get("key").asText(), "POST /evals/runs");
        var run = run(suite, Json.object().put("candidate", "2").put("baseline", "1"));
        assertThat(run.get("verdict").asText()).isEqualTo("pass");
        assertThat(run.at("/template/version").asInt()).isEqualTo(2);
        api.put(path + "/labels/production", move).expect(200);
        api.put(path + "/labels/production", Json.object().put("version", 1)).expect(409);
        api.delete("/evals/gates/production/" + suiteId).expect(204);
        api.put(path + "/labels/production", Json.object().put("version", 1)).expect(200);
    }

    @Test
    void aBudgetStopsARunThatCanGoOn() {
        var suite = create(GREETINGS);
        var stopped = run(suite, asked(1));
        assertThat(stopped.get("status").asText()).isEqualTo("failed");
        assertThat(stopped.get("errorCode").asText()).isEqualTo("budget_exceeded");
        assertThat(stopped.at("/progress/calls").asInt()).isEqualTo(1);

        api.post("/evals/runs/" + stopped.get("id").asText() + "/resume",
                Json.object().set("budget", Json.object().put("calls", 4))).expect(202);

        var resumed = ended(stopped);
        assertThat(resumed.get("status").asText()).isEqualTo("completed");
        assertThat(resumed.at("/progress/calls").asInt()).isEqualTo(2);
    }

    private static ObjectNode asked(int calls) {
        return Json.object().put("candidate", "polite").put("cache", false).set("budget",
                Json.object().put("calls", calls));
    }

    @Test
    void aBudgetOfTheWorkspaceStopsARun() {
        provider.openAi().answers("Dear Ada", 10, 10);
        var suite = create(GREETINGS.replace("'mock:echo'",
                "{id: 'openai:gpt-4o-mini', config: {max_tokens: 1000}}"));
        var budget = api.post("/budgets", Json.object().put("period", "total").put("limitTokens", 100)).expect(201)
                .json().get("id").asText();
        var run = run(suite, Json.object().put("candidate", "polite").put("concurrency", 1));
        assertThat(run.get("errorCode").asText()).isEqualTo("budget_exceeded");
        assertThat(run.get("error").asText()).contains("budget");
        api.delete("/budgets/" + budget).expect(204);
        api.post("/evals/runs/" + run.get("id").asText() + "/resume", Json.object()).expect(202);
        assertThat(ended(run).get("status").asText()).isEqualTo("completed");
    }

    @Test
    void aRunIsCancelledInTheMiddleAndGoesOn() {
        provider.openAi().always(Behaviour.hang());
        var suite = create(GREETINGS.replace("mock:echo", "openai:gpt-4o-mini"));
        var before = provider.calls().size();
        var run = start(suite, Json.object().put("candidate", "polite").put("cache", false));
        provider.awaitCalls(before + 1);
        api.post("/evals/runs/" + run.get("id").asText() + "/cancel", Json.object()).expect(202);
        assertThat(ended(run).get("status").asText()).isEqualTo("cancelled");

        provider.openAi().answers("Dear Ada, dear Bob", 10, 10);
        api.post("/evals/runs/" + run.get("id").asText() + "/resume", Json.object()).expect(202);
        var resumed = ended(run);
        assertThat(resumed.get("status").asText()).isEqualTo("completed");
        assertThat(resumed.at("/summary/gate/candidate/passed").asInt()).isEqualTo(2);
    }

    @Test
    void anotherSuiteGradesTheSameAnswers() {
        var suite = create(GREETINGS);
        var run = run(suite, Json.object().put("candidate", "polite"));
        var id = suite.get("id").asText();
        api.put("/evals/suites/" + id, Json.object().put("content",
                GREETINGS.replace("type: contains", "type: not-contains"))).expect(200);

        api.post("/evals/runs/" + run.get("id").asText() + "/regrade", Json.object()).expect(202);

        var regraded = ended(run);
        assertThat(regraded.get("suiteVersion").asInt()).isEqualTo(2);
        assertThat(regraded.at("/summary/gate/candidate/passed").asInt()).isZero();
        assertThat(regraded.at("/progress/calls").asInt()).isEqualTo(run.at("/progress/calls").asInt());
        api.put("/evals/suites/" + id, Json.object().put("content", GREETINGS.replace("Dear", "Dearest"))).expect(200);
        api.post("/evals/runs/" + run.get("id").asText() + "/regrade", Json.object()).expect(409);
        assertThat(api.get("/evals/suites/" + id + "/history?caseId="
                + regradedCase(regraded)).expect(200).json()).isNotEmpty();
    }

    private String regradedCase(JsonNode run) {
        return api.get("/evals/runs/" + run.get("id").asText() + "/rows").expect(200).json().get(0).get("caseId")
                .asText();
    }

    @Test
    void theCommandLineLetsTheServerRunASuite(@TempDir Path folder) throws IOException {
        var file = folder.resolve("Greetings Of CI.eval.yaml");
        Files.writeString(file, GREETINGS.replace("- vars: {name: Ada}", "- file://more.csv"));
        Files.writeString(folder.resolve("more.csv"), "name\nAda\n");
        var page = folder.resolve("out/r.html");

        var worse = command(file, "--candidate", "terse", "--baseline", "polite", "--repeat", "8", "--inconclusive", "fail",
                "-o", page.toString());

        assertThat(worse.exit()).as(worse.printed()).isEqualTo(3);
        assertThat(worse.printed()).contains("INCONCLUSIVE", "0 of 16 passed");
        assertThat(page).content().contains("Ada");
        assertThat(command(file, "--candidate", "polite").exit()).isZero();
        assertThat(command(file, "--dry-run").printed()).contains("4 cells: ");
        assertThat(api.get("/evals/suites?q=greetings-of-ci").expect(200).json()).hasSize(1)
                .allMatch(suite -> suite.get("version").asInt() == 1);
        Files.writeString(file, "prompts: [a]\nproviders: [nobody:x]\n");
        assertThat(command(file).exit()).isEqualTo(2);
    }

    private record Printed(int exit, String printed) {}

    private static Printed command(Path file, String... more) {
        var arguments = Stream.concat(Stream.of("eval", "run", file.toString(), "--server", server.url()),
                Stream.of(more)).toArray(String[]::new);
        var out = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            return new Printed(Commands.run(arguments, Map.of("PROMPTLAB_API_KEY", "pl_not_asked_for")),
                    printed.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
        }
    }

    @Test
    void anEstimateKnowsWhatIsAnswered() {
        var suite = create(GREETINGS.replace("Dear", "Salut"));
        var path = "/evals/suites/" + suite.get("id").asText() + "/estimate";
        var before = api.post(path, Json.object().put("candidate", "polite")).expect(200).json();
        assertThat(before.get("calls").asInt()).isEqualTo(2);
        assertThat(before.get("mostUSD").decimalValue()).isEqualByComparingTo(BigDecimal.ZERO);
        run(suite, Json.object().put("candidate", "polite"));
        assertThat(api.post(path, Json.object().put("candidate", "polite")).expect(200).json().get("cacheHits").asInt())
                .isEqualTo(2);
    }
}
