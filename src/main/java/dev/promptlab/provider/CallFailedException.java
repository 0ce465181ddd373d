package dev.promptlab.provider;

import org.jspecify.annotations.Nullable;

/// Ends a call early inside the provider packages; [HttpProvider] turns it into the value that callers see.
public final class CallFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ProviderReply.Failure failure;

    public CallFailedException(ProviderReply.Failure failure) {
        super(failure.message(), null, false, false);
        this.failure = failure;
    }

    /// A success that does not hold what its format promises.
    public static CallFailedException malformed(String what) {
        return new CallFailedException(new ProviderReply.Failure(FailureClass.MALFORMED_RESPONSE, 200, what, null, null,
                ProviderReply.Billing.UNKNOWN, null));
    }

    /// A request that this format cannot say; nothing was sent.
    public static CallFailedException unsupported(String what) {
        return new CallFailedException(new ProviderReply.Failure(FailureClass.INVALID_REQUEST, null, what, null, null,
                ProviderReply.Billing.NOTHING, null));
    }

    /// An error that the provider reported in the middle of a stream.
    public static CallFailedException reported(ProviderError error) {
        return new CallFailedException(new ProviderReply.Failure(error.classify(), 200, error.describe(200),
                error.requestId(), null, ProviderReply.Billing.UNKNOWN, null));
    }

    /// An answer with nothing in it because its content was refused. It was counted all the same.
    public static CallFailedException refused(String what, @Nullable Usage usage) {
        return new CallFailedException(new ProviderReply.Failure(FailureClass.CONTENT_FILTERED, 200, what, null, null,
                ProviderReply.Billing.UNKNOWN, usage));
    }

    public ProviderReply.Failure failure() {
        return failure;
    }
}
