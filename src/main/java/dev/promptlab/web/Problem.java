package dev.promptlab.web;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a client is told about something that went wrong: a status, and `{code, message, details}`.
///
/// @param fieldErrors messages by path of the field
/// @param budget the one that has too little left; null with other problems
public record Problem(int status, String code, String message, List<String> formErrors,
        Map<String, List<String>> fieldErrors, @Nullable ObjectNode budget) {
    private static final Logger log = LoggerFactory.getLogger(Problem.class);

    Problem(int status, String code, String message) {
        this(status, code, message, List.of(), Map.of(), null);
    }

    /// Of whatever was thrown. What is no [Failure] is the database being away, or our own fault: that is logged here.
    ///
    /// @param ctx the request that was being answered
    public static Problem of(Exception e, Context ctx) {
        if (e instanceof Failure failure) {
            return of(failure);
        }
        if (Database.mayPass(e)) {
            log.warn("request {} was refused, the database does not answer: {}", Http.requestId(ctx), e.getMessage());
            return new Problem(503, "unavailable", "the database does not answer at the moment; try again");
        }
        log.error("request {} failed: {} {}", Http.requestId(ctx), ctx.method(), ctx.path(), e);
        return new Problem(500, "internal_error", "something went wrong here; the log has more under this request id");
    }

    private static Problem of(Failure failure) {
        var message = failure.getMessage();
        return switch (failure) {
            case Failure.NotFound _ -> new Problem(404, "not_found", message);
            case Failure.Conflict _,Failure.Busy _ -> new Problem(409, "conflict", message);
            case Failure.Invalid invalid ->
                new Problem(400, "validation_error", message, invalid.formErrors(), invalid.fieldErrors(), null);
            case Failure.Unauthorized _ -> new Problem(401, "unauthorized", message);
            case Failure.RateLimited _ -> new Problem(429, "rate_limited", message);
            case Failure.BudgetExceeded exceeded ->
                new Problem(402, "budget_exceeded", message, List.of(), Map.of(), exceeded.budget());
            case Failure.Forbidden _ -> new Problem(403, "forbidden", message);
            case Failure.IdempotencyMismatch _ -> new Problem(422, "idempotency_mismatch", message);
            case Failure.PayloadTooLarge _ -> new Problem(413, "payload_too_large", message);
            case Failure.RequestTimeout _ -> new Problem(408, "request_timeout", message);
            case Failure.UnsupportedMediaType _ -> new Problem(415, "unsupported_media_type", message);
            case Failure.Unavailable _ -> new Problem(503, "unavailable", message);
        };
    }

    /// `{"code","message","details":{"formErrors":[],"fieldErrors":{}}}`
    public ObjectNode toJson() {
        var error = Json.object().put("code", code).put("message", message);
        var details = error.putObject("details");
        var forms = details.putArray("formErrors");
        formErrors.forEach(forms::add);
        var fields = details.putObject("fieldErrors");
        fieldErrors.forEach((name, messages) -> messages.forEach(fields.putArray(name)::add));
        if (budget != null) {
            details.set("budget", budget);
        }
        return error;
    }
}
