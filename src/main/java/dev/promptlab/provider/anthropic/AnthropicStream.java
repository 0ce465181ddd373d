package dev.promptlab.provider.anthropic;

import java.util.function.Consumer;

import dev.promptlab.provider.CallFailedException;
import dev.promptlab.provider.ProviderError;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.ServerSentEvent;
import dev.promptlab.provider.StreamReader;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// `message_start`, then blocks (`content_block_start`, `..._delta`, `..._stop`), `message_delta`, `message_stop`; `ping`
/// and unknown events in between.
final class AnthropicStream implements StreamReader {
    private final Consumer<String> delta;
    private final AnthropicMessage message = new AnthropicMessage();
    private boolean finished;

    AnthropicStream(Consumer<String> delta) {
        this.delta = delta;
    }

    @Override
    public void accept(ServerSentEvent event) throws CallFailedException {
        var data = event.json();
        var index = data.path("index").intValue();
        switch (data.path("type").asText(event.name())) {
            case "message_start" -> message.usage().add(data.path("message").path("usage"));
            case "content_block_start" -> emit(message.begin(index, data.path("content_block")));
            case "content_block_delta" -> emit(message.grow(index, data.path("delta")));
            case "message_delta" -> {
                message.usage().add(data.path("usage"));
                message.stop(data.path("delta").path("stop_reason").asText("stop"));
            }
            case "message_stop" -> finished = true;
            case "error" -> throw CallFailedException.reported(ProviderError.read(data));
            default -> {} // ping, content_block_stop, and what may come
        }
    }

    private void emit(String text) {
        if (!text.isEmpty()) {
            delta.accept(text);
        }
    }

    @Override
    public boolean finished() {
        return finished;
    }

    @Override
    public boolean complete() {
        return finished;
    }

    @Override
    public ProviderReply.Answer answer(@Nullable String requestId) throws CallFailedException {
        return message.answer(requestId);
    }

    @Override
    public @Nullable Usage usage() {
        return message.usage().value();
    }
}
