package dev.promptlab.provider.key;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.provider.CallOptions;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Providers;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// The API under `/provider-keys`. No answer holds a key.
public final class ProviderKeyRoutes {
    private static final int MAX_MODEL = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /// The shortest answer that models with hidden reasoning take as a limit.
    private static final int MAX_TOKENS = 16;

    private final ProviderKeys keys;
    private final OutgoingUrls urls;
    private final Providers server;

    public ProviderKeyRoutes(ProviderKeys keys, OutgoingUrls urls, Providers server) {
        this.keys = keys;
        this.urls = urls;
        this.server = server;
    }

    public List<Route> routes() {
        return List.of(Route.get("/provider-keys", Permission.PROVIDER_KEYS, this::list),
                Route.put("/provider-keys/{name}", Permission.PROVIDER_KEYS, this::put),
                Route.delete("/provider-keys/{name}", Permission.PROVIDER_KEYS, this::delete),
                Route.post("/provider-keys/{name}/test", Permission.PROVIDER_KEYS, this::test));
    }

    private void list(Context ctx) {
        var array = Json.array();
        keys.list(Caller.of(ctx).workspaceId()).forEach(key -> array.add(json(key)));
        Http.answer(ctx, 200, array);
    }

    private void put(Context ctx) {
        var change = KeyChange.read(Http.body(ctx), urls, server.priceLists());
        Http.answer(ctx, 200, json(keys.put(Caller.of(ctx), ctx.pathParam("name"), change)));
    }

    private void delete(Context ctx) {
        keys.delete(Caller.of(ctx), ctx.pathParam("name"));
        ctx.status(204);
    }

    private ObjectNode json(ProviderKey key) {
        return key.toJson(keys.baseUrl(key));
    }

    /// Asks for a word: the only thing that every provider and every wrong key answers.
    private void test(Context ctx) throws InterruptedException {
        var in = Fields.of(optionalBody(ctx));
        var model = in.text("model", MAX_MODEL);
        in.check();
        var key = keys.require(Caller.of(ctx).workspaceId(), ctx.pathParam("name"));
        var endpoint = keys.endpoint(key);
        var asked = Optional.ofNullable(model).or(() -> Optional.ofNullable(endpoint.defaultModel()))
                .orElseThrow(() -> Failure.Invalid.field("model",
                        "is required: this provider key has no default model"));
        var request = new ChatRequest(asked, List.of(new Message("user", "Say ok.")),
                Json.object().put("maxTokens", MAX_TOKENS));
        long began = System.nanoTime();
        var reply = endpoint.provider().generate(request, new CallOptions(PATIENCE, 1));
        Http.answer(ctx, 200, json(reply, asked, Duration.ofNanos(System.nanoTime() - began)));
    }

    private static JsonNode optionalBody(Context ctx) {
        return ctx.contentType() == null ? Json.object() : Http.body(ctx);
    }

    private static ObjectNode json(ProviderReply reply, String model, Duration took) {
        var json = Json.object().put("ok", reply instanceof ProviderReply.Answer).put("model", model)
                .put("durationMs", took.toMillis());
        return switch (reply) {
            case ProviderReply.Answer _ -> json.putNull("failureClass").putNull("httpStatus").putNull("message");
            case ProviderReply.Failure failure -> json.put("failureClass", failure.failureClass().code())
                    .put("httpStatus", failure.httpStatus()).put("message", failure.message());
        };
    }
}
