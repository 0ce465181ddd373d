package dev.promptlab.web;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// How routes read requests and write answers.
public final class Http {
    static final String REQUEST_ID = "X-Request-Id";
    private static final String BODY = "body";
    private static final String BODY_RULES = "body-rules";
    private static final String ADMISSION = "admission";

    private Http() {}

    /// The body as JSON, checked for what the product cannot keep.
    public static JsonNode body(Context ctx) {
        var type = ctx.contentType();
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw new Failure.UnsupportedMediaType(
                    "send the header Content-Type: application/json" + (type == null ? "" : ", not " + type));
        }
        var body = parse(bytes(ctx));
        BodyText.check(body);
        return body;
    }

    /// The body as it came.
    ///
    /// @throws Failure.PayloadTooLarge beyond the configured size
    /// @throws Failure.RequestTimeout when it arrives too slowly
    public static byte[] bytes(Context ctx) {
        byte[] known = ctx.attribute(BODY);
        if (known == null) {
            RequestBody rules = requireNonNull(ctx.attribute(BODY_RULES));
            known = rules.read(ctx);
            ctx.attribute(BODY, known);
        }
        return known;
    }

    /// Before the first read: says how bodies are to be read.
    static void setBodyRules(Context ctx, RequestBody rules) {
        ctx.attribute(BODY_RULES, rules);
    }

    /// The body as a batch: a JSON array, or one JSON object a line, read while it is used.
    ///
    /// @param limits of the whole body and of one line
    public static BatchBody batch(Context ctx, BatchBody.Limits limits) {
        return BatchBody.of(ctx, limits);
    }

    /// Says how to ask again whether the request may pass, for [#admitAgain].
    static void setAdmission(Context ctx, Runnable admission) {
        ctx.attribute(ADMISSION, admission);
    }

    /// For answers that take long: returns when whoever asked may still get them.
    ///
    /// @throws Failure.Unauthorized when the credential does not hold any more
    /// @throws Failure.Forbidden when its holder may not any more
    public static void admitAgain(Context ctx) {
        admission(ctx).run();
    }

    /// What [#admitAgain] does, for a time when the request itself is over.
    public static Runnable admission(Context ctx) {
        return requireNonNull(ctx.<Runnable>attribute(ADMISSION));
    }

    /// The id that this request has in the log.
    static String requestId(Context ctx) {
        var id = ctx.res().getHeader(REQUEST_ID);
        return id == null ? "" : id;
    }

    /// Whether the client named us by a name of its own machine.
    public static boolean isAddressedToLoopback(Context ctx) {
        var host = ctx.header("Host");
        return host != null && Hosts.isLoopback(host);
    }

    /// JSON from elsewhere.
    public static JsonNode parse(byte[] body) {
        try {
            var node = Json.read(body);
            if (node.isMissingNode()) {
                throw Failure.Invalid.form("the body is empty; send a JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw Failure.Invalid.form(problem(e) + place(e.getLocation()));
        } catch (IOException e) {
            throw Failure.Invalid.form("the body is not UTF-8");
        }
    }

    static String place(@Nullable JsonLocation at) {
        return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    /// In our words: the library's name classes and settings.
    static String problem(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return "the body nests deeper than " + Json.MAX_DEPTH + " or has a number or name that is far too long";
        }
        return e.getOriginalMessage().startsWith("Duplicate") ? "the body names a field twice"
                : "the body is not valid JSON";
    }

    /// The id in the path.
    ///
    /// @param what for the message: `template`, `job`
    /// @throws Failure.NotFound when it is no id at all, just as for an id that nobody has
    public static UUID id(Context ctx, String what) {
        var text = ctx.pathParam("id");
        return Uuids.parse(text).orElseThrow(() -> notFound(what, text));
    }

    public static Failure.NotFound notFound(String what, Object id) {
        return new Failure.NotFound("there is no " + what + " \"" + id + "\" in this workspace");
    }

    public static void answer(Context ctx, int status, JsonNode body) {
        answer(ctx, status, Json.bytes(body));
    }

    /// @param json UTF-8
    public static void answer(Context ctx, int status, byte[] json) {
        ctx.status(status).contentType("application/json").result(json);
    }

    /// Adds `Link: <...>; rel="next"` when there is a next page.
    ///
    /// @param cursor where the next page starts, an id or a number; null on the last one
    public static void linkNext(Context ctx, @Nullable Object cursor) {
        if (cursor == null) {
            return;
        }
        var query = new StringBuilder();
        ctx.queryParamMap().forEach((name, values) -> {
            if (!name.equals("cursor")) {
                query.append(encode(name)).append('=').append(encode(values.getLast())).append('&');
            }
        });
        ctx.header("Link", "<" + ctx.path() + "?" + query + "cursor=" + cursor + ">; rel=\"next\"");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
