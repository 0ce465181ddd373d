package dev.promptlab.provider.openai;

import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.CallFailedException;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.ToolCalls;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// An answer as it grows: a whole `message` is one step, each `delta` of a stream another. A refusal is text that ends with
/// `content_filter`. For one thread.
final class OpenAiMessage {
    private final StringBuilder text = new StringBuilder();
    private final ToolCalls toolCalls = new ToolCalls();
    private boolean refused;
    private @Nullable String finishReason;
    private @Nullable ObjectNode logprobs;
    private @Nullable Usage usage;

    /// @return the text that was added
    String grow(JsonNode message) {
        var refusal = message.path("refusal").asText("");
        refused |= !refusal.isEmpty();
        var added = content(message.path("content")) + refusal;
        text.append(added);
        var position = 0;
        for (var call : message.path("tool_calls")) {
            var index = call.path("index").asInt(position++);
            if (call.path("function").hasNonNull("name")) {
                toolCalls.begin(index, call.path("id").asText(), call.path("function").path("name").asText());
            }
            toolCalls.append(index, call.path("function").path("arguments").asText(""));
        }
        return added;
    }

    /// Text, or the text parts of a list; null and other kinds are no text.
    private static String content(JsonNode content) {
        return content.isArray()
                ? content.valueStream().map(part -> part.path("text").asText("")).collect(Collectors.joining())
                : content.isTextual() ? content.textValue() : "";
    }

    /// Takes the usage from a body or chunk that has one; Groq puts it under a key of its own.
    void count(JsonNode body) {
        var found = OpenAiUsage.read(body.path("usage"));
        found = found == null ? OpenAiUsage.read(body.path("x_groq").path("usage")) : found;
        usage = found == null ? usage : found;
    }

    void logprobs(JsonNode more) {
        if (!(more instanceof ObjectNode object)) {
            return;
        }
        if (logprobs == null) {
            logprobs = object.deepCopy();
        } else if (logprobs.path("content") instanceof ArrayNode list) {
            object.path("content").forEach(list::add);
        }
    }

    void stop(String reason) {
        finishReason = reason.equals("model_length") ? "length" : reason;
    }

    boolean stopped() {
        return finishReason != null;
    }

    @Nullable
    Usage usage() {
        return usage;
    }

    ProviderReply.Answer answer(@Nullable String requestId) throws CallFailedException {
        var reason = refused ? "content_filter" : finishReason == null ? "stop" : finishReason;
        if (reason.equals("content_filter") && text.isEmpty()) {
            throw CallFailedException.refused("the provider filtered the content", usage);
        }
        var calls = !toolCalls.isEmpty() && (reason.equals("tool_calls") || reason.equals("stop"));
        var output = calls ? toolCalls.output(text.toString()) : text.toString();
        return new ProviderReply.Answer(output, calls ? "tool_calls" : reason, usage, requestId, logprobs);
    }
}
