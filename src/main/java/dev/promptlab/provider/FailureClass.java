package dev.promptlab.provider;

import java.util.Locale;

/// Why a call failed, and with it whether another try can help. [#code] is the word in JSON and SQL.
public enum FailureClass {
    /// 429 or 529 that is about pace.
    RATE_LIMITED(Retry.YES),
    /// 408, 500, 502, 503, 504, no connection, TLS failure, cut stream.
    UNAVAILABLE(Retry.YES),
    /// The deadline passed before the last byte.
    TIMEOUT(Retry.YES),
    /// A success that could not be read; tried once more.
    MALFORMED_RESPONSE(Retry.ONCE),
    /// 402, or a 429 whose body says that credit, quota or spend is used up.
    SPEND_LIMIT(Retry.NO),
    /// Any other 4xx.
    INVALID_REQUEST(Retry.NO),
    /// 401 and 403.
    AUTHENTICATION(Retry.NO),
    /// The provider does not know the model.
    MODEL_NOT_FOUND(Retry.NO),
    /// The provider refused the content.
    CONTENT_FILTERED(Retry.NO),
    /// More than the response cap.
    RESPONSE_TOO_LARGE(Retry.NO);

    /// How often a failure of this class may be tried again.
    public enum Retry {
        YES, ONCE, NO
    }

    private final Retry retry;

    FailureClass(Retry retry) {
        this.retry = retry;
    }

    public Retry retry() {
        return retry;
    }

    /// `rate_limited`, `unavailable`, ...
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
