package dev.promptlab.web;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// How routes read requests and write answers.
public final class Http {
    static final String REQUEST_ID = "X-Request-Id";

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
    public static byte[] bytes(Context ctx) {
        try {
            return ctx.bodyAsBytes();
        } catch (ContentTooLargeResponse e) {
            throw new Failure.PayloadTooLarge("the body is larger than this server takes; see PROMPTLAB_MAX_BODY");
        }
    }

    private static JsonNode parse(byte[] body) {
        try {
            var node = Json.read(body);
            if (node.isMissingNode()) {
                throw Failure.Invalid.form("the body is empty; send a JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw Failure.Invalid
                    .form("the body is not valid JSON at line " + at.getLineNr() + ", column " + at.getColumnNr()
                            + " (or names a field twice, or nests deeper than 100)");
        } catch (IOException e) {
            throw Failure.Invalid.form("the body is not UTF-8");
        }
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
