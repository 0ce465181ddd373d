package dev.promptlab.testing;

import java.util.List;

import dev.promptlab.web.Access;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.web.WebServer;
import io.javalin.http.Handler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ApiClientTest {
    private static final ApiContract CONTRACT = ApiContract
            .of("""
                    openapi: 3.1.0
                    paths:
                      /things/{id}:
                        get:
                          x-permission: public
                          responses:
                            '200':
                              headers: { X-Request-Id: { required: true, schema: { type: string } } }
                              content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
                            '404': { $ref: '#/components/responses/NotFound' }
                      /things/first:
                        get:
                          x-permission: public
                          responses:
                            '204':
                              headers: { Link: { required: true, schema: { type: string, pattern: '^<' } }, X-Request-Id: { schema: {} } }
                    components:
                      responses:
                        NotFound:
                          headers: { X-Request-Id: { schema: {} } }
                          content: { application/json: { schema: { $ref: '#/components/schemas/Error' } } }
                      schemas:
                        Thing:
                          type: object
                          required: [name, at]
                          additionalProperties: false
                          properties: { name: { type: string }, at: { type: string, format: date-time } }
                        Error: { type: object, required: [error] }
                    """);
    private static final String THING = "{\"name\":\"a\",\"at\":\"2026-01-31T12:00:00.000Z\"}";

    private static Handler handler = _ -> {};
    private static WebServer server;

    @BeforeAll
    static void start() {
        Handler current = ctx -> handler.handle(ctx);
        server = WebServer.start("127.0.0.1", 0, 1 << 20, (_, _) -> {},
                List.of(Route.get("/things/{id}", Access.PUBLIC, current),
                        Route.get("/hidden", Access.PUBLIC, current)));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void readsAnAnswerThatIsDocumented() {
        serving(ctx -> Http.answer(ctx, 200, Json.parse(THING)), api -> {
            var response = api.with("X-Request-Id", "mine").get("/things/1?q=x").expect(200);
            assertThat(response.json().get("name").textValue()).isEqualTo("a");
            assertThat(response.header("x-request-id")).hasValue("mine");
        });
    }

    @Test
    void failsOnAFieldThatIsNotDocumented() {
        serving(ctx -> Http.answer(ctx, 200, Json.parse(THING.replace("{", "{\"size\":1,"))),
                api -> assertThatThrownBy(() -> api.get("/things/1")).isInstanceOf(AssertionError.class)
                        .hasMessageContaining("GET /things/{id} answered 200").hasMessageContaining("size"));
    }

    @Test
    void failsOnAMissingFieldAndOnAValueOfAnotherFormat() {
        serving(ctx -> Http.answer(ctx, 200, Json.object().put("at", "yesterday")),
                api -> assertThatThrownBy(() -> api.get("/things/1")).isInstanceOf(AssertionError.class)
                        .hasMessageContaining("name").hasMessageContaining("date-time"));
    }

    @Test
    void failsOnAStatusThatIsNotDocumented() {
        serving(ctx -> {
            throw new Failure.Conflict("no");
        }, api -> assertThatThrownBy(() -> api.get("/things/1")).isInstanceOf(AssertionError.class)
                .hasMessageContaining("answered 409, which is not documented"));
    }

    @Test
    void failsOnAContentTypeThatIsNotDocumented() {
        serving(ctx -> ctx.contentType("text/plain").result(THING),
                api -> assertThatThrownBy(() -> api.get("/things/1")).isInstanceOf(AssertionError.class)
                        .hasMessageContaining("undocumented content type text/plain"));
    }

    @Test
    void failsOnAHeaderThatIsNotDocumented() {
        serving(ctx -> {
            ctx.header("Location", "/elsewhere");
            Http.answer(ctx, 200, Json.parse(THING));
        }, api -> assertThatThrownBy(() -> api.get("/things/1")).isInstanceOf(AssertionError.class)
                .hasMessageContaining("undocumented header Location"));
    }

    @Test
    void takesTheRouteWithoutParametersFirstAndRequiresItsHeaders() {
        serving(ctx -> ctx.status(204), api -> assertThatThrownBy(() -> api.get("/things/first"))
                .isInstanceOf(AssertionError.class).hasMessageContaining("GET /things/first answered 204 without")
                .hasMessageContaining("Link"));
    }

    @Test
    void takesTheErrorEnvelopeFromRoutesThatDoNotExist() {
        serving(ctx -> ctx.status(204), api -> {
            api.get("/nothing").expect(404);
            api.delete("/things/1").expect(405);
        });
    }

    @Test
    void failsWhenARouteThatIsNotDocumentedAnswers() {
        serving(ctx -> ctx.status(204), api -> assertThatThrownBy(() -> api.get("/hidden"))
                .isInstanceOf(AssertionError.class).hasMessageContaining("GET /hidden is no documented route"));
    }

    @Test
    void comparesRoutesWithTheDocumentInBothDirections() {
        Handler any = _ -> {};
        var all = List.of(Route.get("/things/{id}", Access.PUBLIC, any),
                Route.get("/things/first", Access.PUBLIC, any));
        assertThatCode(() -> CONTRACT.checkRoutes(all)).doesNotThrowAnyException();
        assertThatThrownBy(() -> CONTRACT.checkRoutes(
                List.of(Route.get("/things/{id}", Access.PUBLIC, any), Route.post("/new", Access.PUBLIC, any))))
                .hasMessageContaining("without documentation: [POST /new (public)]")
                .hasMessageContaining("do not exist: [GET /things/first (public)]");
    }

    private interface Conversation {
        void with(ApiClient api);
    }

    private static void serving(Handler answer, Conversation conversation) {
        handler = answer;
        conversation.with(ApiClient.of("http://127.0.0.1:" + server.port(), CONTRACT));
    }
}
