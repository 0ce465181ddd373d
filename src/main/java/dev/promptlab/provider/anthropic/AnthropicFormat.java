package dev.promptlab.provider.anthropic;

import java.net.URI;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

import dev.promptlab.provider.CallFailedException;
import dev.promptlab.provider.CallSize;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.EmbeddingReply;
import dev.promptlab.provider.EmbeddingRequest;
import dev.promptlab.provider.HttpCalls;
import dev.promptlab.provider.JsonResponse;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.StreamReader;
import dev.promptlab.provider.WireFormat;

/// `POST {base}/v1/messages`.
public final class AnthropicFormat implements WireFormat {
    private static final String VERSION = "2023-06-01";

    private final URI messages;
    private final String apiKey;
    private final AnthropicRequest request;

    /// @param baseUrl without `/v1`, as the vendor's SDKs take it
    /// @param maxTokens the `max_tokens` that a request without `maxTokens` gets, by model: this API requires one
    public AnthropicFormat(URI baseUrl, String apiKey, ToIntFunction<String> maxTokens) {
        this.messages = URI.create(baseUrl.toString().replaceAll("/+$", "") + "/v1/messages");
        this.apiKey = apiKey;
        this.request = new AnthropicRequest(maxTokens);
    }

    @Override
    public HttpCalls.Post chat(ChatRequest chat, Delivery delivery) throws CallFailedException {
        var headers = apiKey.isEmpty() ? Map.of("anthropic-version", VERSION)
                : Map.of("anthropic-version", VERSION, "x-api-key", apiKey);
        return new HttpCalls.Post(messages, headers, request.body(chat, delivery), apiKey);
    }

    @Override
    public OptionalLong outputBound(CallSize call) {
        return call.params().has("maxTokens") || call.params().has("max_tokens")
                ? call.largest("maxTokens", "max_tokens")
                : OptionalLong.of(request.maxTokens().applyAsInt(call.model()));
    }

    @Override
    public ProviderReply.Answer read(JsonResponse response) throws CallFailedException {
        var body = response.body();
        if (!body.path("content").isArray()) {
            throw CallFailedException.malformed("the answer has no content");
        }
        var message = new AnthropicMessage();
        message.usage().add(body.path("usage"));
        var index = 0;
        for (var block : body.path("content")) {
            message.begin(index++, block);
        }
        message.stop(body.path("stop_reason").asText("stop"));
        return message.answer(response.requestId());
    }

    @Override
    public StreamReader readStream(Consumer<String> delta) {
        return new AnthropicStream(delta);
    }

    @Override
    public HttpCalls.Post embeddings(EmbeddingRequest ignored) throws CallFailedException {
        throw CallFailedException.unsupported("Anthropic has no embeddings; choose another provider for them");
    }

    @Override
    public EmbeddingReply.Vectors readEmbeddings(JsonResponse response, EmbeddingRequest ignored) {
        throw new IllegalStateException("Anthropic was asked for embeddings (bug)");
    }
}
