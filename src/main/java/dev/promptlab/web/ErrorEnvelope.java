package dev.promptlab.web;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one shape of every error:
/// `{"error":{"code","message","details":{"formErrors":[],"fieldErrors":{}},"requestId"}}`.
final class ErrorEnvelope {
    private static final Logger log = LoggerFactory.getLogger(ErrorEnvelope.class);

    private ErrorEnvelope() {}

    static void answer(Failure failure, Context ctx) {
        switch (failure) {
            case Failure.NotFound _ -> write(ctx, 404, "not_found", failure.getMessage());
            case Failure.Conflict _ -> write(ctx, 409, "conflict", failure.getMessage());
            case Failure.Busy busy -> {
                ctx.header("Retry-After", String.valueOf(Math.max(1, busy.retryAfter().toSeconds())));
                write(ctx, 409, "conflict", failure.getMessage());
            }
            case Failure.Invalid invalid -> Http.answer(ctx, 400, body("validation_error", invalid.getMessage(),
                    invalid.formErrors(), invalid.fieldErrors(), requestId(ctx)));
            case Failure.Forbidden _ -> write(ctx, 403, "forbidden", failure.getMessage());
            case Failure.IdempotencyMismatch _ -> write(ctx, 422, "idempotency_mismatch", failure.getMessage());
            case Failure.PayloadTooLarge _ -> write(ctx, 413, "payload_too_large", failure.getMessage());
            case Failure.RequestTimeout _ -> write(ctx, 408, "request_timeout", failure.getMessage());
            case Failure.UnsupportedMediaType _ -> write(ctx, 415, "unsupported_media_type", failure.getMessage());
            case Failure.Unavailable _ -> write(ctx, 503, "unavailable", failure.getMessage());
        }
    }

    /// What the web library throws by itself.
    static void answer(HttpResponseException e, Context ctx) {
        var message = e.getStatus() == 404 ? "there is no route " + ctx.method() + " " + ctx.path() + "; see /api-docs"
                : String.valueOf(e.getMessage());
        write(ctx, e.getStatus(), code(e.getStatus()), message);
    }

    /// Everything that is no [Failure]: the database is away, or something is wrong with us.
    static void answerOther(Exception e, Context ctx) {
        if (Database.mayPass(e)) {
            log.warn("request {} was refused, the database does not answer: {}", requestId(ctx), e.getMessage());
            write(ctx, 503, "unavailable", "the database does not answer at the moment; try again");
            return;
        }
        log.error("request {} failed: {} {}", requestId(ctx), ctx.method(), ctx.path(), e);
        write(ctx, 500, "internal_error", "something went wrong here; the log has more under this request id");
    }

    static void write(Context ctx, int status, String code, String message) {
        Http.answer(ctx, status, body(code, message, List.of(), Map.of(), requestId(ctx)));
    }

    static ObjectNode body(String code, String message, List<String> formErrors, Map<String, List<String>> fieldErrors,
            String requestId) {
        var body = Json.object();
        var error = body.putObject("error").put("code", code).put("message", message);
        var details = error.putObject("details");
        var forms = details.putArray("formErrors");
        formErrors.forEach(forms::add);
        var fields = details.putObject("fieldErrors");
        fieldErrors.forEach((name, messages) -> messages
                .forEach(fields.withArray("/" + name.replace("~", "~0").replace("/", "~1"))::add));
        error.put("requestId", requestId);
        return body;
    }

    static String code(int status) {
        return switch (status) {
            case 401 -> "unauthorized";
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 405 -> "method_not_allowed";
            case 408 -> "request_timeout";
            case 413 -> "payload_too_large";
            case 415 -> "unsupported_media_type";
            case 431 -> "headers_too_large";
            case 503 -> "unavailable";
            case 505 -> "validation_error"; // the client's HTTP version
            default -> status < 500 ? "validation_error" : "internal_error";
        };
    }

    private static String requestId(Context ctx) {
        var id = ctx.res().getHeader(Http.REQUEST_ID);
        return id == null ? "" : id;
    }
}
