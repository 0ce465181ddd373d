package dev.promptlab.web;

import java.time.Duration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;

/// The one shape of every error:
/// `{"error":{"code","message","details":{"formErrors":[],"fieldErrors":{}},"requestId"}}`.
final class ErrorEnvelope {
    private ErrorEnvelope() {}

    static void answer(Exception e, Context ctx) {
        switch (e) {
            case Failure.Busy busy -> retryAfter(ctx, busy.retryAfter());
            case Failure.RateLimited limited -> retryAfter(ctx, limited.retryAfter());
            case Failure.Unauthorized _ -> ctx.header("WWW-Authenticate", "Bearer");
            default -> {}
        }
        write(ctx, Problem.of(e, ctx));
    }

    private static void retryAfter(Context ctx, Duration duration) {
        ctx.header("Retry-After", String.valueOf(Math.max(1, Math.ceilDiv(duration.toMillis(), 1_000))));
    }

    /// What the web library throws by itself.
    static void answerUnrouted(HttpResponseException e, Context ctx) {
        var message = e.getStatus() == 404 ? "there is no route " + ctx.method() + " " + ctx.path() + "; see /api-docs"
                : String.valueOf(e.getMessage());
        write(ctx, e.getStatus(), code(e.getStatus()), message);
    }

    static void write(Context ctx, int status, String code, String message) {
        write(ctx, new Problem(status, code, message));
    }

    private static void write(Context ctx, Problem problem) {
        Http.answer(ctx, problem.status(), body(problem, Http.requestId(ctx)));
    }

    static ObjectNode body(Problem problem, String requestId) {
        var body = Json.object();
        body.set("error", problem.toJson().put("requestId", requestId));
        return body;
    }

    static String code(int status) {
        return switch (status) {
            case 401 -> "unauthorized";
            case 402 -> "budget_exceeded";
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 405 -> "method_not_allowed";
            case 408 -> "request_timeout";
            case 413 -> "payload_too_large";
            case 429 -> "rate_limited";
            case 415 -> "unsupported_media_type";
            case 431 -> "headers_too_large";
            case 503 -> "unavailable";
            case 505 -> "validation_error"; // the client's HTTP version
            default -> status < 500 ? "validation_error" : "internal_error";
        };
    }
}
