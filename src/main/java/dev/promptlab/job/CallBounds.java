package dev.promptlab.job;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.limit.budget.WorstCase;
import dev.promptlab.provider.CallSize;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.ToolSpec;
import dev.promptlab.web.Json;

/// The most that one call can come to, before it is made. A token is at least a byte of the prompt, so the bytes bound the input:
/// those of the messages as stored JSON, whose field names make up for what a provider adds to each, and of the params, which
/// hold tools and schemas.
record CallBounds(Costs costs) {
    /// What providers put around a prompt.
    private static final int FRAME_TOKENS = 64;
    /// What providers say to a model about the use of tools.
    private static final int TOOL_TOKENS = 1_024;

    /// With these the provider reads or writes more than the request says.
    private static final Set<String> UNBOUNDED = Set.of("web_search_options", "webSearchOptions", "mcp_servers",
            "mcpServers", "container", "prediction", "modalities", "audio", "context_management", "contextManagement");

    /// @param messageBytes length of the messages as JSON, in UTF-8
    WorstCase of(Providers.Endpoint endpoint, String model, ObjectNode params, long messageBytes) {
        var open = unbounded(params);
        if (open.isPresent()) {
            return new WorstCase(null, null, "params." + open.get()
                    + " lets the provider read or write more than the request says; leave it out");
        }
        long input = messageBytes + Json.text(params).getBytes(StandardCharsets.UTF_8).length + FRAME_TOKENS
                + (params.has("tools") ? TOOL_TOKENS : 0);
        return of(endpoint, model, input, endpoint.provider()
                .outputBound(new CallSize(model, params, input, costs.maxOutputTokens(endpoint, model))));
    }

    private WorstCase of(Providers.Endpoint endpoint, String model, long input, OptionalLong output) {
        if (output.isEmpty() || output.getAsLong() > Integer.MAX_VALUE) {
            return new WorstCase(null, null,
                    "the length of the answer has no bound; set params.maxTokens to a whole number");
        }
        long tokens = input + output.getAsLong();
        return costs.worstCost(endpoint, model, input, output.getAsLong()).map(usd -> new WorstCase(usd, tokens, ""))
                .orElseGet(() -> new WorstCase(null, tokens, "the price of the model \"" + model + "\" of "
                        + endpoint.name()
                        + " is not known; choose a model that has one, name a price list for the provider"
                        + " (prices, in promptlab.yaml or with PUT /provider-keys/" + endpoint.name()
                        + "), or limit tokens instead"));
    }

    private static Optional<String> unbounded(ObjectNode params) {
        return params.properties().stream()
                .filter(param -> UNBOUNDED.contains(param.getKey())
                        || (param.getKey().equals("tools") && hasToolOfProvider(param.getValue())))
                .map(param -> param.getKey()).findFirst();
    }

    /// A search of the web, for example, whose findings count as input.
    private static boolean hasToolOfProvider(JsonNode tools) {
        return !tools.isArray() || tools.valueStream().anyMatch(tool -> ToolSpec.read(tool).isEmpty());
    }
}
