package dev.promptlab.eval.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.eval.assertion.Judge;
import dev.promptlab.eval.assertion.JudgeException;
import dev.promptlab.eval.run.CallBudget.SpentException;
import dev.promptlab.provider.CallOptions;
import dev.promptlab.provider.EmbeddingReply;
import dev.promptlab.provider.EmbeddingRequest;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.Offer;
import dev.promptlab.provider.Providers;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// The run's judge: calls like any other, with cache, budget and retries. Thread-safe.
final class RunJudge implements Judge {
    /// Where vectors come from when nothing is said.
    private static final String VECTORS = "openai";
    private static final String VECTOR_MODEL = "text-embedding-3-small";
    private static final Duration EMBEDDING_TIMEOUT = Duration.ofSeconds(60);

    private final Asker calls;
    private final Offer offer;
    private final @Nullable String model;

    /// @param model `provider:model`; null = an assertion must name one
    RunJudge(Asker calls, Offer offer, @Nullable String model) {
        this.calls = calls;
        this.offer = offer;
        this.model = model;
    }

    @Override
    public String ask(List<Message> messages, @Nullable JsonNode provider, int vote)
            throws JudgeException, InterruptedException {
        var target = target(provider == null || !provider.has("text") ? provider : provider.get("text"));
        Answer answer;
        try {
            answer = calls.ask(new Call(target.endpoint(), target.model(), messages, target.params(), vote,
                    false));
        } catch (SpentException e) {
            throw new JudgeException("the judge was not asked: " + e.getMessage());
        } catch (IOException e) {
            throw new JudgeException("the judge's answer could not be kept: " + e.getMessage());
        }
        if (answer.text() == null) {
            throw new JudgeException("the judge " + target.endpoint().name() + ":" + target.model()
                    + " gave no answer: " + answer.error());
        }
        return answer.text();
    }

    private record Target(Providers.Endpoint endpoint, String model, ObjectNode params) {}

    private Target target(@Nullable JsonNode provider) throws JudgeException {
        var name = provider == null ? model : provider.isTextual() ? provider.textValue()
                : provider.path("id").asText("");
        if (name == null || name.isBlank()) {
            throw new JudgeException("no judge is set; name one under promptlab.judge.model, as provider:model");
        }
        var parts = name.split(":");
        var endpoint = offer.find(parts[0]).orElseThrow(() -> new JudgeException("the judge's provider \"" + parts[0]
                + "\" is not configured; there are " + String.join(", ", offer.configured())));
        var named = parts.length > 1 ? parts[parts.length - 1] : endpoint.defaultModel();
        if (named == null) {
            throw new JudgeException("the judge \"" + name + "\" names no model; write provider:model");
        }
        var params = provider != null && provider.path("config") instanceof ObjectNode config ? config.deepCopy()
                : Json.object();
        return new Target(endpoint, named, params);
    }

    /// A model that judges makes no vectors, so the default is another one.
    private Target vectors(@Nullable JsonNode provider) throws JudgeException {
        if (provider != null && (provider.has("embedding") || provider.has("text"))) {
            return vectors(provider.get("embedding"));
        }
        var usual = offer.find(VECTORS);
        return provider == null && usual.isPresent() ? new Target(usual.get(), VECTOR_MODEL, Json.object())
                : target(provider);
    }

    @Override
    public List<float[]> embed(List<String> texts, @Nullable JsonNode provider)
            throws JudgeException, InterruptedException {
        var target = vectors(provider);
        try {
            calls.budget().reserve(BigDecimal.ZERO);
        } catch (SpentException e) {
            throw new JudgeException("no vectors were asked for: " + e.getMessage());
        }
        calls.budget().settle(BigDecimal.ZERO, BigDecimal.ZERO);
        return switch (target.endpoint().provider().embed(new EmbeddingRequest(target.model(), texts),
                new CallOptions(EMBEDDING_TIMEOUT, 1))) {
            case EmbeddingReply.Vectors vectors -> vectors.vectors();
            case EmbeddingReply.Failed failed -> throw new JudgeException(failed.failure().message());
        };
    }
}
