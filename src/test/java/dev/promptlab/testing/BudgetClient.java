package dev.promptlab.testing;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;

/// Budgets as their administrator sees them.
public record BudgetClient(ApiClient api) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(20);

    /// @return its id
    public String create(ObjectNode wanted) {
        return api.post("/budgets", wanted).expect(201).json().get("id").asText();
    }

    public String create(String period, String limitUsd) {
        return create(Json.object().put("period", period).put("limitUSD", new BigDecimal(limitUsd)));
    }

    public JsonNode get(String id) {
        return api.get("/budgets").expect(200).json().valueStream()
                .filter(budget -> budget.get("id").asText().equals(id)).findFirst().orElseThrow();
    }

    /// Once everything that ended is settled, and nothing is under way.
    public JsonNode settled(String id) {
        return await(id, budget -> budget.get("heldUSD").decimalValue().signum() == 0
                && budget.get("heldTokens").asLong() == 0);
    }

    public JsonNode await(String id, Predicate<JsonNode> condition) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        var budget = get(id);
        while (!condition.test(budget)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the budget stays at " + budget.toPrettyString());
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            budget = get(id);
        }
        return budget;
    }
}
