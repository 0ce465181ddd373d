package dev.promptlab.provider.mock;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

import dev.promptlab.provider.CallOptions;
import dev.promptlab.provider.CallSize;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.EmbeddingReply;
import dev.promptlab.provider.EmbeddingRequest;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.Provider;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// Answers at once, the same every time, and costs nothing. The model `echo` says the text of the last user message,
/// `lorem` says filler text. A word is a token, in the prompt (all messages) and in the output. See [MockScript] for the
/// parameters that steer it.
public final class MockProvider implements Provider {
    /// Every model there is; others are refused.
    public static final Set<String> MODELS = Set.of("echo", "lorem");

    @Override
    public ProviderReply generate(ChatRequest request, CallOptions options) throws InterruptedException {
        return stream(request, options, _ -> {});
    }

    @Override
    public ProviderReply stream(ChatRequest request, CallOptions options, Consumer<String> delta)
            throws InterruptedException {
        if (!MODELS.contains(request.model())) {
            return failure(FailureClass.MODEL_NOT_FOUND, 404,
                    "mock has no model \"" + request.model() + "\"; models: echo, lorem", null);
        }
        MockScript script;
        try {
            script = MockScript.read(request.params());
        } catch (IllegalArgumentException e) {
            return failure(FailureClass.INVALID_REQUEST, 400, String.valueOf(e.getMessage()), null);
        }
        var clock = new MockClock(script.latency(), options.timeout());
        if (options.attempt() <= script.failures()) {
            return clock.sleep(1, 1) ? script.failure() : timeout();
        }
        return answer(MockText.of(request, script), request, clock, delta);
    }

    /// Its echo is no longer than the prompt, and a word of filler is a token.
    @Override
    public OptionalLong outputBound(CallSize call) {
        var whole = call.params().hasNonNull("outputTokens") ? call.largest("outputTokens").orElse(0)
                : Math.max(call.inputTokens(), MockText.FILLER_WORDS);
        return OptionalLong.of(Math.min(whole, call.largest("maxTokens").orElse(Long.MAX_VALUE)));
    }

    private static ProviderReply answer(MockText text, ChatRequest request, MockClock clock, Consumer<String> delta)
            throws InterruptedException {
        var words = text.words();
        if (words.isEmpty() && !clock.sleep(1, 1)) {
            return timeout();
        }
        for (var i = 0; i < words.size(); i++) {
            if (!clock.sleep(i + 1, words.size())) {
                return timeout();
            }
            delta.accept(words.get(i));
        }
        return new ProviderReply.Answer(String.join("", words), text.finishReason(),
                Usage.of(MockText.countTokens(request.messages()), text.tokens()), null, null);
    }

    private static ProviderReply.Failure timeout() {
        return failure(FailureClass.TIMEOUT, null, "latencyMs is longer than the deadline of the call", null);
    }

    static ProviderReply.Failure failure(FailureClass failureClass, @Nullable Integer status, String message,
            @Nullable Duration retryAfter) {
        return new ProviderReply.Failure(failureClass, status, message, null, retryAfter,
                ProviderReply.Billing.NOTHING, null);
    }

    /// Unit vectors of [MockVectors#DIMENSIONS] numbers, alike for texts that share words; the model does not matter.
    @Override
    public EmbeddingReply embed(EmbeddingRequest request, CallOptions options) {
        return new EmbeddingReply.Vectors(request.inputs().stream().map(MockVectors::of).toList(),
                Usage.of(request.inputs().stream().mapToLong(MockText::countTokens).sum(), 0));
    }
}
