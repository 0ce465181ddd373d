package dev.promptlab.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;

/// The figures as clients see them.
final class CacheJson {
    private CacheJson() {}

    static ObjectNode day(FigureStore.Day day) {
        return counts(Json.object().put("day", day.day().toString()), day.counts());
    }

    static ObjectNode counts(ObjectNode json, Counts counts) {
        json.putObject("hits").put("memory", counts.memoryHits()).put("redis", counts.redisHits()).put("database",
                counts.databaseHits());
        return json.put("joined", counts.joined()).put("misses", counts.misses())
                .put("savedInputTokens", counts.savedInputTokens()).put("savedOutputTokens", counts.savedOutputTokens())
                .put("savedCostUSD", counts.savedCostUsd().stripTrailingZeros())
                .put("unpricedHits", counts.unpricedHits());
    }
}
