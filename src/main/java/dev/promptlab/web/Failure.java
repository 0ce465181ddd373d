package dev.promptlab.web;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// What a client can act on. Services throw it, the edge answers it in the error envelope; everything else that is thrown
/// is a bug and becomes an `internal_error`. Messages say what, which, and what to do.
public abstract sealed class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String message;

    private Failure(String message) {
        super(message, null, false, false);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /// There is no such thing in the caller's workspace.
    public static final class NotFound extends Failure {
        public NotFound(String message) {
            super(message);
        }
    }

    /// Right in itself, but not in the present state.
    public static final class Conflict extends Failure {
        public Conflict(String message) {
            super(message);
        }
    }

    /// Something else has to end first; try again after a while.
    public static final class Busy extends Failure {
        private final transient Duration retryAfter;

        public Busy(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        Duration retryAfter() {
            return retryAfter;
        }
    }

    /// The request is wrong; all that is wrong with it at once.
    public static final class Invalid extends Failure {
        private final transient List<String> formErrors;
        private final transient Map<String, List<String>> fieldErrors;

        /// @param fieldErrors messages by path of the field, as in `variables.topic` or `messages[0].role`
        public Invalid(List<String> formErrors, Map<String, List<String>> fieldErrors) {
            super(summary(formErrors, fieldErrors));
            this.formErrors = formErrors;
            this.fieldErrors = fieldErrors;
        }

        public static Invalid field(String path, String message) {
            return new Invalid(List.of(), Map.of(path, List.of(message)));
        }

        public static Invalid form(String message) {
            return new Invalid(List.of(message), Map.of());
        }

        List<String> formErrors() {
            return formErrors;
        }

        Map<String, List<String>> fieldErrors() {
            return fieldErrors;
        }

        private static String summary(List<String> formErrors, Map<String, List<String>> fieldErrors) {
            if (fieldErrors.isEmpty()) {
                return String.join("; ", formErrors);
            }
            var first = fieldErrors.entrySet().iterator().next();
            var more = fieldErrors.size() + formErrors.size() - 1;
            return first.getKey() + " " + first.getValue().getFirst() + (more == 0 ? "" : " (and " + more + " more)");
        }
    }

    /// Nobody knows who asks: no credential, or one that does not hold.
    public static final class Unauthorized extends Failure {
        public Unauthorized(String message) {
            super(message);
        }
    }

    /// Too many requests; try again after a while.
    public static final class RateLimited extends Failure {
        private final transient Duration retryAfter;

        public RateLimited(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        Duration retryAfter() {
            return retryAfter;
        }
    }

    /// It may cost more than a budget has left.
    public static final class BudgetExceeded extends Failure {
        private final transient ObjectNode budget;

        /// @param budget which one, its limit, and what is missing: `details.budget` of the answer
        public BudgetExceeded(String message, ObjectNode budget) {
            super(message);
            this.budget = budget;
        }

        ObjectNode budget() {
            return budget;
        }
    }

    /// Not allowed for this caller, or not from there.
    public static final class Forbidden extends Failure {
        public Forbidden(String message) {
            super(message);
        }
    }

    /// An `Idempotency-Key` came back with another body.
    public static final class IdempotencyMismatch extends Failure {
        public IdempotencyMismatch(String message) {
            super(message);
        }
    }

    /// The body is larger than allowed.
    public static final class PayloadTooLarge extends Failure {
        public PayloadTooLarge(String message) {
            super(message);
        }
    }

    /// The body arrives too slowly.
    public static final class RequestTimeout extends Failure {
        public RequestTimeout(String message) {
            super(message);
        }
    }

    /// The body is not of a type that the route takes.
    public static final class UnsupportedMediaType extends Failure {
        public UnsupportedMediaType(String message) {
            super(message);
        }
    }

    /// The database or another part is away; nothing was accepted.
    public static final class Unavailable extends Failure {
        public Unavailable(String message) {
            super(message);
        }
    }
}
