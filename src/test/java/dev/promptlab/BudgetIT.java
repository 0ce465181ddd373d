package dev.promptlab;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.BudgetClient;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.People;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Budgets over the API: what fits, what does not, and what is left when jobs have ended.
class BudgetIT {
    /// So that a call may cost just under 0.01 USD.
    private static final int MAX_TOKENS = 7_800;
    private static final BigDecimal CALL = new BigDecimal("0.01");
    private static final BigDecimal COST = new BigDecimal("0.00098775");

    private static ScriptedProvider provider;
    private static TestServer server;

    /// In every prompt of a test, so that none finds the work of another.
    private final String mark = UUID.randomUUID().toString();
    private ApiClient api;
    private JobClient jobs;
    private BudgetClient budgets;

    @BeforeAll
    static void start() {
        provider = ScriptedProvider.start();
        server = TestServer.start(environment(Map.of()));
    }

    private static Map<String, String> environment(Map<String, String> more) {
        var environment = new HashMap<>(Map.of("ANTHROPIC_API_KEY", "test-key", "ANTHROPIC_BASE_URL",
                provider.url().toString(), "OPENAI_API_KEY", "test-key", "OPENAI_BASE_URL",
                provider.openAiUrl().toString(), "PROMPTLAB_RETRY_BACKOFF", "20ms"));
        environment.putAll(more);
        return environment;
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    @BeforeEach
    void script() {
        api = server.api();
        jobs = new JobClient(api);
        budgets = new BudgetClient(api);
        provider.anthropic().answers("ok", 36, 783);
    }

    @AfterEach
    void removeBudgets() {
        api.get("/budgets").expect(200).json()
                .forEach(budget -> api.delete("/budgets/" + budget.get("id").asText()).expect(204));
    }

    @Test
    void fiveHundredParallelCallsOnThreeNodesNeverCostMoreThanTheBudget() {
        provider.anthropic().answers("ok", 100, MAX_TOKENS); // nearly the worst case
        var budget = budgets.create("total", "1");
        budgets.create("day", "2"); // so that there is more than one row to lock
        try (var second = server.another(); var third = server.another()) {
            var nodes = List.of(api, second.api(), third.api());
            var answers = Fleet.inParallel(500, i -> nodes.get(i % 3).post("/generate", call("call " + i)));
            assertThat(answers.stream().map(Response::status)).containsOnly(202, 402);
            while (api.post("/generate", call("one more " + UUID.randomUUID())).status() == 202) {
                budgets.settled(budget);
            }
        }
        var settled = budgets.settled(budget);
        assertThat(settled.get("spentUSD").decimalValue()).isEqualByComparingTo(recorded())
                .isLessThanOrEqualTo(BigDecimal.ONE).isGreaterThan(new BigDecimal("0.99"));
        assertThat(settled.get("unknownUSD").decimalValue()).isZero();
    }

    @Test
    void whatWasReservedAndNotUsedCanBeUsedAgain() {
        var budget = budgets.create("month", "0.05");
        try (var second = server.another(); var third = server.another()) {
            var nodes = List.of(api, second.api(), third.api());
            // Each reserves a fifth of the budget, and uses a fiftieth.
            Fleet.inParallel(40, i -> {
                while (nodes.get(i % 3).post("/generate", call("call " + i)).status() == 402) {
                    budgets.await(budget, now -> now.get("remainingUSD").decimalValue().compareTo(CALL) >= 0);
                }
                return i;
            });
            var settled = budgets.settled(budget);
            assertThat(settled.get("spentUSD").decimalValue()).isEqualByComparingTo(
                    COST.multiply(BigDecimal.valueOf(40)));
            assertThat(settled.get("spentTokens").asLong()).isEqualTo(40 * 819);
        }
    }

    @Test
    void aRefusalSaysWhichBudgetAndWhenItStartsAnew() {
        var budget = budgets.create("day", "0.001");

        var refused = api.post("/generate", call("too dear")).expect(402);

        assertThat(refused.json().at("/error/code").asText()).isEqualTo("budget_exceeded");
        assertThat(refused.errorMessage()).contains("day budget of the workspace", "0.001 USD", "it starts anew at");
        var details = refused.json().at("/error/details/budget");
        assertThat(details.get("id").asText()).isEqualTo(budget);
        assertThat(details.get("unit").asText()).isEqualTo("usd");
        assertThat(details.get("needed").decimalValue()).isBetween(new BigDecimal("0.009"), new BigDecimal("0.01"));
        assertThat(Instant.parse(details.get("resetAt").asText())).isAfter(Instant.now());
        assertThat(api.get("/jobs?q=" + mark).expect(200).json()).isEmpty();
        api.put("/budgets/" + budget, Json.object().put("limitUSD", 1)).expect(200);
        jobs.finished(api.post("/generate", call("too dear")).expect(202));
    }

    @Test
    void whatNobodyKnowsIsRefusedWhereItMatters() {
        budgets.create("month", "1");
        assertThat(api.post("/generate", JobClient.request("openai", "no-such-model", mark)).expect(409).errorMessage())
                .contains("params.maxTokens");
        var unpriced = JobClient.request("openai", "no-such-model", mark);
        unpriced.putObject("params").put("maxTokens", 10);
        assertThat(api.post("/generate", unpriced).expect(409).errorMessage()).contains("price", "no-such-model");
        var searching = call("x");
        searching.withObject("/params").putArray("tools").addObject().put("type", "web_search_20250305").put("name",
                "web_search");
        assertThat(api.post("/generate", searching).expect(409).errorMessage()).contains("params.tools");
        api.delete("/budgets/" + api.get("/budgets").json().at("/0/id").asText()).expect(204);

        budgets.create(Json.object().put("period", "month").put("limitTokens", 1_000));
        provider.openAi().answers("ok", 5, 6);
        assertThat(jobs.finished(api.post("/generate", unpriced).expect(202)).get("status").asText())
                .isEqualTo("completed");
    }

    @Test
    void aDuplicateReservesNothing() {
        var budget = budgets.create("month", "0.015");
        var later = call("once").put("runAt", Instant.now().plusSeconds(3_600).toString());
        var id = jobs.submit(later);

        assertThat(api.post("/generate", later).expect(200).json().get("jobId").asText()).isEqualTo(id);
        api.post("/generate", call("another")).expect(402);
        api.post("/generate", call("once").put("fresh", true)).expect(402);
        api.with("Idempotency-Key", mark).post("/generate", call("another")).expect(402);

        api.post("/jobs/" + id + "/cancel").expect(200);
        assertThat(budgets.settled(budget).get("spentUSD").decimalValue()).isZero();
        assertThat(api.with("Idempotency-Key", mark).post("/generate", call("another")).expect(202)
                .header("X-Budget-Warning")).isEmpty();
    }

    @Test
    void eachEntryOfABatchIsDecidedByItself() {
        budgets.create("month", "0.025");
        var batch = Json.array();
        for (int i = 0; i < 5; i++) {
            batch.add(call("entry " + i).put("runAt", Instant.now().plusSeconds(3_600).toString()));
        }
        var answer = api.post("/generate/batch", Json.text(batch)).expect(200);

        assertThat(answer.json().valueStream().filter(entry -> entry.has("jobId"))).hasSize(2);
        assertThat(answer.json().valueStream().filter(entry -> entry.has("error"))).hasSize(3).allMatch(
                entry -> entry.at("/error/code").asText().equals("budget_exceeded")
                        && entry.at("/error/details/budget").has("limit"));
    }

    @Test
    void aWarningComesWhenMostIsGone() {
        var budget = budgets.create("month", "0.0120");
        var answer = api.post("/generate", call("most of it")).expect(202);

        assertThat(answer.header("X-Budget-Warning").orElseThrow())
                .contains("month budget of the workspace", "of 0.012 USD used or held");
        jobs.finished(answer);
        var settled = budgets.settled(budget);
        assertThat(settled.get("warning").asBoolean()).isFalse();
        assertThat(settled.get("warnedAt").asText()).isNotEmpty();
        assertThat(server.db().<List<String>>autocommit(handle -> handle
                .createQuery("select action from audit_event where subject = :id").bind("id", budget)
                .mapTo(String.class).list())).containsExactly("budget.create");
    }

    @Test
    void aSecondCallMustFitBesideWhatTheFirstMayHaveCost() {
        var budget = budgets.create("month", "0.015");
        int before = provider.calls().size();
        provider.anthropic().next(Behaviour.cut("half", 36, 783)); // its bill is unknown

        var job = jobs.finished(api.post("/generate", call("cut")).expect(202));

        assertThat(job.get("errorCode").asText()).isEqualTo("budget_exceeded");
        assertThat(job.get("error").asText()).contains("month budget of the workspace", "this call may use");
        assertThat(provider.calls()).hasSize(before + 1);
        var settled = budgets.settled(budget);
        assertThat(settled.get("spentUSD").decimalValue())
                .isEqualByComparingTo(job.get("estimatedCostUSD").decimalValue()).isPositive();
        assertThat(settled.get("unknownUSD").decimalValue()).isGreaterThan(new BigDecimal("0.009"));
        api.post("/generate", call("another")).expect(402);

        api.post("/budgets/" + budget + "/release").expect(200);
        jobs.finished(api.post("/generate", call("another")).expect(202));
    }

    @Test
    void aSecondCallAfterARefusedOneCostsNothingMore() {
        var budget = budgets.create("month", "0.010");
        provider.anthropic().next(Behaviour.error(529, "Overloaded"));

        var job = jobs.finished(api.post("/generate", call("overloaded at first")).expect(202));

        assertThat(job.get("status").asText()).isEqualTo("completed");
        assertThat(job.get("attempts").asInt()).isEqualTo(2);
        assertThat(budgets.settled(budget).get("spentUSD").decimalValue()).isEqualByComparingTo(COST);
    }

    @Test
    void whatIsPutBackReservesAnew() {
        var budget = budgets.create("month", "0.012");
        provider.anthropic().next(Behaviour.error(400, "no"));
        var id = jobs.submit(call("fails"));
        var redrive = Json.object().put("expectedCount", 1);
        redrive.putObject("filter").put("errorCode", "invalid_request");
        assertThat(jobs.finished(id).get("status").asText()).isEqualTo("failed");
        assertThat(budgets.settled(budget).get("spentUSD").decimalValue()).isZero();

        api.put("/budgets/" + budget, Json.object().put("limitUSD", new BigDecimal("0.001"))).expect(200);
        api.post("/jobs/" + id + "/retry").expect(402);
        api.post("/jobs/redrive", redrive).expect(402);
        assertThat(jobs.job(id).get("status").asText()).isEqualTo("failed");

        api.put("/budgets/" + budget, Json.object().put("limitUSD", new BigDecimal("0.012"))).expect(200);
        api.post("/jobs/redrive", redrive).expect(202);
        assertThat(jobs.finished(id).get("status").asText()).isEqualTo("completed");
        assertThat(budgets.settled(budget).get("spentUSD").decimalValue()).isEqualByComparingTo(COST);
    }

    @Test
    void theMockCostsNoMoneyButTokens() {
        var money = budgets.create("total", "0");
        var tokens = budgets.create(Json.object().put("period", "day").put("limitTokens", 300));
        var id = jobs.finished(api.post("/generate", mock("one two three")).expect(202)).get("id").asText();

        assertThat(budgets.settled(tokens).get("spentTokens").asLong())
                .isEqualTo(jobs.job(id).get("totalTokens").asLong()).isEqualTo(8);
        assertThat(budgets.settled(money).get("spentUSD").decimalValue()).isZero();
        assertThat(api.post("/generate", mock("x ".repeat(100))).expect(402).errorMessage())
                .contains("day budget of the workspace of 300 tokens");
    }

    @Test
    void aKeyHasABudgetOfItsOwn() {
        try (var required = TestServer.start(environment(Map.of("PROMPTLAB_AUTH", "required")))) {
            var people = new People(required.url());
            var owner = people.signUp("ada");
            var made = owner.api().post("/api-keys", Json.object().put("name", "import")).expect(201).json();
            var budget = new BudgetClient(owner.api()).create(Json.object().put("period", "week")
                    .put("limitTokens", 300).put("apiKeyId", made.get("id").asText()));
            var byKey = people.anybody().with("X-API-Key", made.get("key").asText());

            new JobClient(owner.api()).finished(owner.api().post("/generate", mock("as a person")).expect(202));
            new JobClient(byKey).finished(byKey.post("/generate", mock("with the key")).expect(202));
            assertThat(byKey.post("/generate", mock("x ".repeat(200))).expect(402).errorMessage())
                    .contains("week budget of the API key");
            owner.api().post("/generate", mock("x ".repeat(200))).expect(202);

            assertThat(new BudgetClient(owner.api()).settled(budget).get("spentTokens").asLong()).isEqualTo(8);
        }
    }

    @Test
    void wrongBudgetsAreRefused() {
        api.post("/budgets", Json.object().put("limitUSD", 1)).expect(400);
        api.post("/budgets", Json.object().put("period", "year").put("limitUSD", 1)).expect(400);
        api.post("/budgets", Json.object().put("period", "day")).expect(400);
        api.post("/budgets", Json.object().put("period", "day").put("limitUSD", -1)).expect(400);
        api.post("/budgets", Json.object().put("period", "day").put("limitTokens", 1.5)).expect(400);
        api.post("/budgets", Json.object().put("period", "day").put("limitUSD", 1).put("apiKeyId",
                UUID.randomUUID().toString())).expect(400);
        budgets.create("day", "1");
        api.post("/budgets", Json.object().put("period", "day").put("limitUSD", 2)).expect(409);
        var unknown = "/budgets/" + UUID.randomUUID();
        api.put(unknown, Json.object().put("limitUSD", 2)).expect(404);
        api.delete(unknown).expect(404);
        api.post(unknown + "/release").expect(404);
    }

    private ObjectNode call(String content) {
        var request = JobClient.request(mark + " " + content);
        request.putObject("params").put("maxTokens", MAX_TOKENS);
        return request;
    }

    private JsonNode mock(String content) {
        return JobClient.request("mock", "echo", mark + " " + content);
    }

    private BigDecimal recorded() {
        return server.db().autocommit(handle -> handle.createQuery(
                """
                        select sum(a.cost_usd) from job_attempt a join job j on j.id = a.job_id where j.messages::text like :mark""")
                .bind("mark", "%" + mark + "%").mapTo(BigDecimal.class).one());
    }
}
