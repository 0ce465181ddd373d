package dev.promptlab.provider;

import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// What became of one call.
public sealed interface ProviderReply {
    /// What the provider said about its limit, if it did.
    @Nullable
    RateLimit rateLimit();

    /// The provider answered.
    ///
    /// @param output the text, or the tool calls as JSON (see [ToolCalls]) when `finishReason` is `tool_calls`
    /// @param finishReason `stop length tool_calls content_filter`, or the provider's own word
    /// @param usage null when the provider counted nothing; the cost is then unknown
    /// @param requestId the provider's own id of the call
    /// @param logprobs as the provider sent them, when asked for
    record Answer(
            String output,
            String finishReason,
            @Nullable Usage usage,
            @Nullable String requestId,
            @Nullable JsonNode logprobs,
            @Nullable RateLimit rateLimit) implements ProviderReply {

        /// What a body says by itself.
        public Answer(String output, String finishReason, @Nullable Usage usage, @Nullable String requestId,
                @Nullable JsonNode logprobs) {
            this(output, finishReason, usage, requestId, logprobs, null);
        }

        Answer with(@Nullable RateLimit said) {
            return new Answer(output, finishReason, usage, requestId, logprobs, said);
        }
    }

    /// No usable answer.
    ///
    /// @param httpStatus null when no answer arrived
    /// @param message what the provider said, at most 2,000 characters, without secrets
    /// @param retryAfter how long the provider asks to wait
    /// @param billing whether the provider may have done, and billed, the work
    /// @param usage what the provider counted all the same, when it said so
    record Failure(
            FailureClass failureClass,
            @Nullable Integer httpStatus,
            String message,
            @Nullable String requestId,
            @Nullable Duration retryAfter,
            Billing billing,
            @Nullable Usage usage,
            @Nullable RateLimit rateLimit) implements ProviderReply {

        public static final int MAX_MESSAGE = 2_000;

        /// What a longer message ends with.
        static final String CUT = "…";

        /// Without a word about limits.
        public Failure(FailureClass failureClass, @Nullable Integer httpStatus, String message,
                @Nullable String requestId, @Nullable Duration retryAfter, Billing billing, @Nullable Usage usage) {
            this(failureClass, httpStatus, message, requestId, retryAfter, billing, usage, null);
        }

        public Failure {
            message = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + CUT;
        }
    }

    /// What a failed call may have cost.
    enum Billing {
        /// The provider refused or was never reached.
        NOTHING,
        /// The request went out and no complete answer came back: the input was probably counted.
        UNKNOWN
    }
}
