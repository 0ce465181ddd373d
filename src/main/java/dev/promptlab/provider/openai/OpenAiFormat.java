package dev.promptlab.provider.openai;

import java.net.URI;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.promptlab.web.Json;

/// `POST {base}/chat/completions` and `POST {base}/embeddings`.
public final class OpenAiFormat implements WireFormat {
    private final String baseUrl;
    private final String apiKey;
    private final OpenAiRequest request;

    /// @param baseUrl ends in `/v1`, as the vendor's SDKs take it
    /// @param apiKey empty = no `Authorization` header, for servers without keys
    public OpenAiFormat(URI baseUrl, String apiKey) {
        this.baseUrl = baseUrl.toString().replaceAll("/+$", "");
        this.apiKey = apiKey;
        this.request = new OpenAiRequest(
                "api.openai.com".equals(baseUrl.getHost()) ? "max_completion_tokens" : "max_tokens");
    }

    @Override
    public HttpCalls.Post chat(ChatRequest chat, Delivery delivery) {
        return post("/chat/completions", request.body(chat, delivery));
    }

    /// `n` answers are billed as one.
    @Override
    public OptionalLong outputBound(CallSize call) {
        var asked = call.largest("maxTokens", "max_tokens", "max_completion_tokens");
        var one = asked.isPresent() ? asked : call.modelLimit();
        var answers = call.largest("n", "best_of").orElse(1);
        return one.isEmpty() || one.getAsLong() > Integer.MAX_VALUE || answers > Short.MAX_VALUE ? OptionalLong.empty()
                : OptionalLong.of(one.getAsLong() * answers);
    }

    private HttpCalls.Post post(String path, JsonNode body) {
        Map<String, String> headers = apiKey.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + apiKey);
        return new HttpCalls.Post(URI.create(baseUrl + path), headers, body, apiKey);
    }

    @Override
    public ProviderReply.Answer read(JsonResponse response) throws CallFailedException {
        var choice = response.body().path("choices").path(0);
        if (!choice.path("message").isObject()) {
            throw CallFailedException.malformed("the answer has no message");
        }
        var message = new OpenAiMessage();
        message.count(response.body());
        message.grow(choice.path("message"));
        message.logprobs(choice.path("logprobs"));
        message.stop(choice.path("finish_reason").asText("stop"));
        return message.answer(response.requestId());
    }

    @Override
    public StreamReader readStream(Consumer<String> delta) {
        return new OpenAiStream(delta);
    }

    @Override
    public HttpCalls.Post embeddings(EmbeddingRequest embedding) {
        var body = Json.object().put("model", embedding.model());
        embedding.inputs().forEach(body.putArray("input")::add);
        return post("/embeddings", body);
    }

    @Override
    public EmbeddingReply.Vectors readEmbeddings(JsonResponse response, EmbeddingRequest embedding)
            throws CallFailedException {
        return OpenAiEmbeddings.read(response.body(), embedding.inputs().size());
    }
}
