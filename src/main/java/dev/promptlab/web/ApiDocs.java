package dev.promptlab.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// The API contract and a page to read and try it, all from the jar: no request leaves the origin.
public final class ApiDocs {
    private static final String SWAGGER_UI = "/META-INF/resources/webjars/swagger-ui/5.34.1/";
    private static final Map<String, String> ASSETS = Map.of("swagger-ui.css", "text/css", "swagger-ui-bundle.js",
            "text/javascript", "favicon-32x32.png", "image/png");
    private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

    private ApiDocs() {}

    public static List<Route> routes() {
        return List.of(
                Route.get("/", Access.PUBLIC, ctx -> ctx.status(302).header("Location", "/app/")),
                Route.get("/openapi.yaml", Access.PUBLIC,
                        ctx -> ctx.contentType("application/yaml").result(resource("/api/openapi.yaml"))),
                Route.get("/openapi.json", Access.PUBLIC,
                        ctx -> Http.answer(ctx, 200, new YAMLMapper().readTree(resource("/api/openapi.yaml")))),
                Route.get("/api-docs", Access.PUBLIC, ctx -> page(ctx, "/web/api-docs.html")),
                Route.get("/api-docs/{asset}", Access.PUBLIC, ApiDocs::asset));
    }

    private static void page(Context ctx, String name) {
        ctx.header("Content-Security-Policy", CONTENT_SECURITY_POLICY).contentType("text/html; charset=utf-8")
                .result(resource(name));
    }

    private static void asset(Context ctx) {
        var name = ctx.pathParam("asset");
        if (name.equals("init.js")) {
            ctx.contentType("text/javascript").result(resource("/web/api-docs.js"));
            return;
        }
        @Nullable
        String type = ASSETS.get(name);
        if (type == null) {
            throw new Failure.NotFound("there is no \"" + name + "\" here");
        }
        ctx.header("Cache-Control", "public, max-age=86400").contentType(type).result(resource(SWAGGER_UI + name));
    }

    private static byte[] resource(String name) {
        try (var stream = ApiDocs.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the build lacks " + name + " (bug)");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
