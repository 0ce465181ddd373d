package dev.promptlab.provider.openai;

import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.promptlab.provider.CallFailedException;
import dev.promptlab.provider.ProviderError;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.ServerSentEvent;
import dev.promptlab.provider.StreamReader;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// Chunks with a `delta`, one with a `finish_reason`, one with the `usage` and no choice, then `[DONE]`, which some servers
/// leave out.
final class OpenAiStream implements StreamReader {
    private static final String DONE = "[DONE]";

    private final Consumer<String> delta;
    private final OpenAiMessage message = new OpenAiMessage();
    private boolean finished;

    OpenAiStream(Consumer<String> delta) {
        this.delta = delta;
    }

    @Override
    public void accept(ServerSentEvent event) throws CallFailedException {
        if (event.data().equals(DONE)) {
            finish();
            return;
        }
        var chunk = event.json();
        if (chunk.hasNonNull("error") || event.name().equals("error")) {
            throw CallFailedException.reported(ProviderError.read(chunk));
        }
        message.count(chunk);
        var choice = first(chunk.path("choices"));
        var added = message.grow(choice.path("delta"));
        if (!added.isEmpty()) {
            delta.accept(added);
        }
        message.logprobs(choice.path("logprobs"));
        if (choice.hasNonNull("finish_reason")) {
            message.stop(choice.path("finish_reason").asText());
        }
    }

    /// The first of several answers, as in a whole one; others come in chunks of their own.
    private static JsonNode first(JsonNode choices) {
        return choices.valueStream().filter(choice -> choice.path("index").asInt(0) == 0).findFirst()
                .orElse(MissingNode.getInstance());
    }

    private void finish() {
        finished = true;
        if (!message.stopped()) {
            message.stop("stop");
        }
    }

    @Override
    public boolean finished() {
        return finished;
    }

    @Override
    public boolean complete() {
        return message.stopped();
    }

    @Override
    public ProviderReply.Answer answer(@Nullable String requestId) throws CallFailedException {
        return message.answer(requestId);
    }

    @Override
    public @Nullable Usage usage() {
        return message.usage();
    }
}
