package dev.promptlab.provider;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// Providers of a benchmark: one that is called in this process, priced like OpenAI's.
public final class BenchProviders {
    public static final String NAME = "bench";

    private BenchProviders() {}

    /// @param answer called on the thread of the job with what was asked; may block
    public static Providers of(Answering answer) {
        var endpoint = new Providers.Endpoint(NAME, new Direct(answer), NAME, Providers.SERVER_KEY, null, "openai",
                Set.of());
        return new Providers(Map.of(NAME, endpoint), List.of(NAME), Optional.of(NAME), new HttpCalls());
    }

    /// What a provider does with the text of the prompt.
    @FunctionalInterface
    public interface Answering {
        String answer(String prompt) throws InterruptedException;
    }

    private record Direct(Answering answering) implements Provider {
        private static final Usage USAGE = Usage.of(250, 250);

        @Override
        public ProviderReply generate(ChatRequest request, CallOptions options) throws InterruptedException {
            var output = answering.answer(request.messages().getLast().content());
            return new ProviderReply.Answer(output, "stop", USAGE, "req-bench", null);
        }

        @Override
        public ProviderReply stream(ChatRequest request, CallOptions options,
                Consumer<String> delta) throws InterruptedException {
            return generate(request, options);
        }

        @Override
        public OptionalLong outputBound(CallSize call) {
            return OptionalLong.of(USAGE.output());
        }

        @Override
        public EmbeddingReply embed(EmbeddingRequest request, CallOptions options) {
            throw new UnsupportedOperationException();
        }
    }
}
