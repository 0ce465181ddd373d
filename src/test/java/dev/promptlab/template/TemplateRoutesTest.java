package dev.promptlab.template;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Json;
import dev.promptlab.web.WebServer;
import dev.promptlab.workspace.LocalGate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TemplateRoutesTest {
    private static final String NOBODY = "/templates/00000000-0000-7000-8000-00000000dead";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static TestDatabase database;
    private static Templates templates;
    private static WebServer server;

    private record Answer(HttpResponse<String> response, JsonNode body) {
        int status() {
            return response.statusCode();
        }

        JsonNode fieldErrors() {
            return body.at("/error/details/fieldErrors");
        }
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        templates = new Templates(database.db());
        server = WebServer.start("127.0.0.1", 0, 1 << 20, new LocalGate(), new TemplateRoutes(templates).routes());
    }

    @AfterAll
    static void stop() {
        server.close();
        templates.close();
        database.close();
    }

    @Test
    void previewsWhatIsNotSaved() throws Exception {
        var answer = call("POST", "/render", """
                {"systemPrompt": "Be {{ tone }}.", "userPrompt": "Greet {{ name }}.", "variables": {"name": "Ada"}}""");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().at("/messages/1/content").textValue()).isEqualTo("Greet Ada.");
        assertThat(answer.body().get("missing")).hasToString("[\"tone\"]");
        assertThat(call("POST", "/render", "{\"userPrompt\": \"Greet {{ name\"}").fieldErrors().get("userPrompt"))
                .isNotEmpty();
    }

    @Test
    void createsATemplate() throws Exception {
        var answer = call("POST", "/templates", """
                {"name": "Greet People", "description": "d", "systemPrompt": "Be {{ tone | default('kind') }}.",
                 "userPrompt": "Greet {{ input }}", "variablesSchema": {"input": "string", "tone": "string?"},
                 "defaults": {"provider": "mock", "model": "echo", "params": {"temperature": 0.50}}}""");
        assertThat(answer.status()).isEqualTo(201);
        var id = answer.body().get("id").textValue();
        var created = answer.body().get("createdAt").textValue();
        assertThat(answer.response().headers().firstValue("Location")).contains("/templates/" + id);
        assertThat(created).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(answer.body()).hasToString("""
                {"id":"%s","key":"greet-people","name":"Greet People","description":"d",\
                "systemPrompt":"Be {{ tone | default('kind') }}.","userPrompt":"Greet {{ input }}","messages":null,\
                "variables":["tone","input"],"variablesSchema":{"input":"string","tone":"string?"},\
                "defaults":{"provider":"mock","model":"echo","params":{"temperature":0.50}},"version":1,"labels":{},\
                "archivedAt":null,"createdAt":"%s","updatedAt":"%s"}""".formatted(id, created, created));
        assertThat(call("GET", "/templates/" + id, null).body()).isEqualTo(answer.body());
    }

    @Test
    void createsATemplateOfMessages() throws Exception {
        var messages = """
                [{"role":"system","content":"s"},{"role":"history","name":"chat"},{"role":"user","content":"{{ q }}"}]""";
        var answer = call("POST", "/templates", "{\"name\": \"Chat\", \"messages\": " + messages + "}");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().get("messages")).hasToString(messages);
        assertThat(answer.body().get("variables")).hasToString("[\"chat\",\"q\"]");
        assertThat(answer.body().get("userPrompt").isNull()).isTrue();
    }

    @Test
    void namesEverythingThatIsWrongAtOnce() throws Exception {
        var answer = call("POST", "/templates", """
                {"name": "", "key": "Not A Key", "systemPrompt": "a\\nbcdef {{ x | uper }}", "userPrompt": "{% if %}",
                 "variablesSchema": {"a": "strin"}, "defaults": {"provider": 1, "modle": "x"}, "userPrompts": ""}""");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().at("/error/code").textValue()).isEqualTo("validation_error");
        assertThat(answer.fieldErrors().get("systemPrompt").get(0).textValue())
                .startsWith("line 2, column 14: \"uper\" is not a filter; did you mean \"upper\"?");
        assertThat(names(answer.fieldErrors())).containsExactlyInAnyOrder("name", "key", "systemPrompt", "userPrompt",
                "variablesSchema.a", "defaults.provider", "defaults.modle", "userPrompts");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
            "{\"name\": \"A\"} ~ userPrompt",
            "{\"userPrompt\": \"A\"} ~ name",
            "{\"name\": 5, \"userPrompt\": \"A\"} ~ name",
            "{\"name\": \"A\", \"userPrompt\": [\"A\"]} ~ userPrompt",
            "{\"name\": \"A\", \"userPrompt\": \"  \"} ~ userPrompt",
            "{\"name\": \"A\\u0000\", \"userPrompt\": \"A\"} ~ name",
            "{\"name\": \"A\", \"userPrompt\": \"\\ud83d\"} ~ userPrompt",
            "{\"name\": \"A\", \"userPrompt\": \"A\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}]} ~ userPrompt",
            "{\"name\": \"A\", \"systemPrompt\": \"A\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}]} ~ systemPrompt",
            "{\"name\": \"A\", \"messages\": []} ~ messages",
            "{\"name\": \"A\", \"messages\": {}} ~ messages",
            "{\"name\": \"A\", \"messages\": [5]} ~ messages[0]",
            "{\"name\": \"A\", \"messages\": [{\"role\": \"robot\", \"content\": \"a\"}]} ~ messages[0].role",
            "{\"name\": \"A\", \"messages\": [{\"content\": \"a\"}]} ~ messages[0].role",
            "{\"name\": \"A\", \"messages\": [{\"role\": \"user\"}]} ~ messages[0].content",
            "{\"name\": \"A\", \"messages\": [{\"role\": \"user\", \"content\": \"{{\"}]} ~ messages[0].content",
            "{\"name\": \"A\", \"messages\": [{\"role\": \"history\", \"name\": \"a b\"}]} ~ messages[0].name",
            "{\"name\": \"A\", \"messages\": [{\"role\": \"history\", \"name\": \"a\", \"content\": \"b\"}]} ~ messages[0].content",
            "{\"name\": \"A\", \"messages\": [{\"role\": \"system\", \"content\": \"a\"}]} ~ messages",
            "{\"name\": \"A\", \"userPrompt\": \"A\", \"variablesSchema\": []} ~ variablesSchema",
            "{\"name\": \"A\", \"userPrompt\": \"A\", \"variablesSchema\": {\"type\": \"object\", \"$ref\": \"http://x/\"}} ~ variablesSchema.$ref",
            "{\"name\": \"A\", \"userPrompt\": \"A\", \"defaults\": []} ~ defaults",
            "{\"name\": \"A\", \"userPrompt\": \"A\", \"defaults\": {\"params\": 1}} ~ defaults.params",
            "{\"name\": \"A\", \"userPrompt\": \"A\", \"version\": 2} ~ version"})
    void refusesWhatIsNoTemplate(String body, String field) throws Exception {
        var answer = call("POST", "/templates", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(names(answer.fieldErrors())).contains(field);
    }

    @Test
    void refusesTextsThatAreTooLong() throws Exception {
        var answer = call("POST", "/templates", """
                {"name": "%s", "userPrompt": "%s", "description": "%s"}""".formatted("n".repeat(201),
                "u".repeat(200_001), "d".repeat(2001)));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(names(answer.fieldErrors())).containsExactlyInAnyOrder("name", "userPrompt", "description");
        assertThat(call("POST", "/templates", "{\"name\": \"" + "n".repeat(1 << 20) + "\"}").status()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "5", "\"text\"", "null", "", "{", "{\"name\":\"a\",\"name\":\"b\"}"})
    void refusesBodiesThatAreNoObject(String body) throws Exception {
        assertThat(call("POST", "/templates", body).status()).isEqualTo(400);
    }

    @Test
    void aKeyThatIsTakenIsAConflict() throws Exception {
        var body = "{\"name\": \"A\", \"key\": \"only-once\", \"userPrompt\": \"a\"}";
        assertThat(call("POST", "/templates", body).status()).isEqualTo(201);
        assertThat(call("POST", "/templates", body).status()).isEqualTo(409);
    }

    @Test
    void listsNewestFirstInPages() throws Exception {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            ids.addFirst(create("Paged_%" + i, "text"));
        }
        call("DELETE", "/templates/" + ids.get(2), null);
        label(ids.get(4), "listed", 1);
        var found = new ArrayList<String>();
        var next = "/templates?q=paged_%25&limit=2";
        while (next != null) {
            var page = call("GET", next, null);
            page.body().forEach(template -> found.add(template.get("id").textValue()));
            next = next(page);
        }
        assertThat(found).containsExactly(ids.get(0), ids.get(1), ids.get(3), ids.get(4));
        assertThat(call("GET", "/templates?q=PAGED_%25&archived=true", null).body()).hasSize(1);
        assertThat(call("GET", "/templates?q=paged_%25&label=listed", null).body()).hasSize(1);
        assertThat(call("GET", "/templates?q=nobody+has+this", null).body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=201", "limit=x", "cursor=x", "archived=maybe", "q=", "more=1",
            "limit=1&limit=2",
            "q=%00"})
    void refusesQueriesThatItDoesNotKnow(String query) throws Exception {
        var answer = call("GET", "/templates?" + query, null);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(names(answer.fieldErrors())).containsExactly(query.substring(0, query.indexOf('=')));
    }

    @Test
    void aPutMakesTheNextVersion() throws Exception {
        var id = create("Versioned", "one");
        var put = call("PUT", "/templates/" + id, """
                {"userPrompt": "two {{ x }}", "message": "why", "ifVersion": 1}""");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.body().get("version").intValue()).isEqualTo(2);
        assertThat(put.body().get("name").textValue()).isEqualTo("Versioned");
        assertThat(
                call("PUT", "/templates/" + id, "{\"userPrompt\": \"two {{ x }}\"}").body().get("version").intValue())
                .isEqualTo(2);
        var stale = call("PUT", "/templates/" + id, "{\"userPrompt\": \"three\", \"ifVersion\": 1}");
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.body().at("/error/message").textValue()).contains("is at version 2, not 1");
        assertThat(names(call("PUT", "/templates/" + id, "{\"ifVersion\": 0, \"key\": \"x\"}").fieldErrors()))
                .containsExactlyInAnyOrder("ifVersion", "key", "userPrompt");
    }

    @Test
    void showsVersions() throws Exception {
        var id = create("History", "one");
        call("PUT", "/templates/" + id, "{\"userPrompt\": \"two {{ x }}\", \"message\": \"why\"}");
        call("PUT", "/templates/" + id, "{\"userPrompt\": \"three\"}");
        label(id, "production", 2);
        label(id, "beta", 2);
        var page = call("GET", "/templates/" + id + "/versions?limit=2", null);
        assertThat(page.body().findValuesAsText("version")).containsExactly("3", "2");
        assertThat(call("GET", next(page), null).body().findValuesAsText("version")).containsExactly("1");
        var version = call("GET", "/templates/" + id + "/versions/2", null);
        assertThat(version.body()).isEqualTo(page.body().get(1)).hasToString("""
                {"templateId":"%s","version":2,"systemPrompt":null,"userPrompt":"two {{ x }}","messages":null,\
                "variables":["x"],"variablesSchema":null,"defaults":{"provider":null,"model":null,"params":{}},\
                "message":"why","labels":["beta","production"],"createdAt":"%s"}""".formatted(id,
                version.body().get("createdAt").textValue()));
    }

    @ParameterizedTest
    @ValueSource(strings = {NOBODY, "/templates/1-1-1-1-1", "/templates/x", NOBODY + "/versions",
            NOBODY + "/versions/1",
            NOBODY + "/labels/a/history"})
    void whatIsNotThereIsNotFound(String path) throws Exception {
        var answer = call("GET", path, null);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body().at("/error/code").textValue()).isEqualTo("not_found");
    }

    @Test
    void changesOfWhatIsNotThereAreNotFound() throws Exception {
        var id = create("Exists", "a");
        for (var number : List.of("0", "2", "x", "-1", "99999999999")) {
            assertThat(call("GET", "/templates/" + id + "/versions/" + number, null).status()).isEqualTo(404);
        }
        assertThat(call("PUT", NOBODY, "{\"userPrompt\": \"a\"}").status()).isEqualTo(404);
        assertThat(call("DELETE", NOBODY, null).status()).isEqualTo(404);
        assertThat(call("POST", NOBODY + "/restore", null).status()).isEqualTo(404);
        assertThat(call("POST", NOBODY + "/render", "{}").status()).isEqualTo(404);
        assertThat(call("PUT", NOBODY + "/labels/a", "{\"version\": 1}").status()).isEqualTo(404);
        assertThat(call("DELETE", "/templates/" + id + "/labels/never", null).status()).isEqualTo(404);
    }

    @Test
    void anArchivedTemplateIsReadableAndTakesNoChange() throws Exception {
        var path = "/templates/" + create("Archived", "a");
        assertThat(call("DELETE", path, null).status()).isEqualTo(204);
        assertThat(call("DELETE", path, null).status()).isEqualTo(204);
        assertThat(call("GET", path, null).body().get("archivedAt").isTextual()).isTrue();
        assertThat(call("GET", path + "/versions", null).body()).hasSize(1);
        assertThat(call("POST", path + "/render", "{}").status()).isEqualTo(200);
        assertThat(call("PUT", path, "{\"userPrompt\": \"b\"}").status()).isEqualTo(409);
        assertThat(call("PUT", path + "/labels/a", "{\"version\": 1}").status()).isEqualTo(409);
        var restored = call("POST", path + "/restore", null);
        assertThat(restored.status()).isEqualTo(200);
        assertThat(restored.body().get("archivedAt").isNull()).isTrue();
        assertThat(call("PUT", path, "{\"userPrompt\": \"b\"}").status()).isEqualTo(200);
    }

    @Test
    void movesLabels() throws Exception {
        var id = create("Labels", "one");
        var path = "/templates/" + id + "/labels/production";
        call("PUT", "/templates/" + id, "{\"userPrompt\": \"two\"}");
        var first = call("PUT", path, "{\"version\": 1, \"reason\": \"start\"}");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body()).hasToString("{\"label\":\"production\",\"version\":1,\"previousVersion\":null}");
        assertThat(call("PUT", path, "{\"version\": 2}").body().get("previousVersion").intValue()).isEqualTo(1);
        assertThat(call("GET", "/templates/" + id, null).body().get("labels")).hasToString("{\"production\":2}");
        assertThat(call("DELETE", path, null).status()).isEqualTo(204);
        var history = call("GET", path + "/history?limit=2", null);
        assertThat(history.body()).hasSize(2);
        assertThat(history.body().get(0).get("toVersion").isNull()).isTrue();
        var oldest = call("GET", next(history), null).body().get(0);
        assertThat(oldest).hasToString("""
                {"fromVersion":null,"toVersion":1,"movedBy":"local","reason":"start","movedAt":"%s"}"""
                .formatted(oldest.get("movedAt").textValue()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {"latest ~ {\"version\": 1} ~ label",
            "Prod ~ {\"version\": 1} ~ label", "a..b ~ {\"version\": 1} ~ label", "%00 ~ {\"version\": 1} ~ label",
            "a ~ {\"version\": 2} ~ version", "a ~ {\"version\": \"1\"} ~ version", "a ~ {} ~ version",
            "a ~ {\"version\": 1, \"why\": \"\"} ~ why", "a ~ {\"version\": 1, \"reason\": 1} ~ reason"})
    void refusesLabelsThatCannotBe(String label, String body, String field) throws Exception {
        var answer = call("PUT", "/templates/" + create("Bad labels", "a") + "/labels/" + label, body);
        assertThat(answer.status()).isEqualTo(400);
        if (!label.equals("%00")) {
            assertThat(names(answer.fieldErrors())).containsExactly(field);
        }
    }

    @Test
    void previewsARenderedPrompt() throws Exception {
        var id = call("POST", "/templates",
                """
                        {"name": "Preview", "systemPrompt": "Be {{ tone }}", "userPrompt": "{{ input }} {{ n | round }} {{ user.x }}",
                         "variablesSchema": {"input": "string", "n": "number", "tone": "string?", "user": "object?"}}""")
                .body()
                .get("id").textValue();
        var good = call("POST", "/templates/" + id + "/render", """
                {"input": "{{ x }}", "variables": {"n": 1.5, "tone": "kind", "user": {"x": true}}}""");
        assertThat(good.status()).isEqualTo(200);
        assertThat(good.body()).hasToString("""
                {"templateId":"%s","version":1,"messages":[{"role":"system","content":"Be kind"},\
                {"role":"user","content":"{{ x }} 2 true"}],"variables":["tone","input","n","user"],"missing":[],\
                "errors":{},"estimatedInputTokens":14}""".formatted(id));
        var bad = call("POST", "/templates/" + id + "/render", "{\"variables\": {\"n\": \"x\", \"user\": {}}}");
        assertThat(bad.status()).isEqualTo(200);
        assertThat(bad.body().get("missing")).hasToString("[\"tone\",\"input\"]");
        assertThat(names(bad.body().get("errors"))).containsExactlyInAnyOrder("variables.input", "variables.n",
                "userPrompt");
        assertThat(bad.body().get("messages")).hasToString("""
                [{"role":"system","content":"Be "},{"role":"user","content":" "}]""");
    }

    @Test
    void previewsAnyVersion() throws Exception {
        var id = create("Versions", "one");
        call("PUT", "/templates/" + id, "{\"userPrompt\": \"two\"}");
        label(id, "production", 1);
        var path = "/templates/" + id + "/render";
        assertThat(call("POST", path, "{}").body().at("/messages/0/content").textValue()).isEqualTo("two");
        assertThat(call("POST", path, "{\"version\": 1}").body().at("/messages/0/content").textValue())
                .isEqualTo("one");
        assertThat(call("POST", path, "{\"label\": \"production\"}").body().get("version").intValue()).isEqualTo(1);
        assertThat(names(call("POST", path, "{\"label\": \"x\"}").fieldErrors())).containsExactly("label");
        assertThat(names(call("POST", path, "{\"version\": 3}").fieldErrors())).containsExactly("version");
        assertThat(names(call("POST", path, "{\"version\": 1, \"label\": \"x\"}").fieldErrors()))
                .containsExactly("label");
        assertThat(names(call("POST", path, "{\"variables\": [], \"inputs\": 1}").fieldErrors()))
                .containsExactlyInAnyOrder("variables", "inputs");
        assertThat(names(call("POST", path, "{\"variables\": {\"input\": 1}, \"input\": 2}").fieldErrors()))
                .containsExactly("input");
    }

    private static void label(String id, String label, int version) throws Exception {
        assertThat(call("PUT", "/templates/" + id + "/labels/" + label, "{\"version\": " + version + "}").status())
                .isEqualTo(200);
    }

    private static String create(String name, String userPrompt) throws Exception {
        var body = Json.object().put("name", name).put("userPrompt", userPrompt);
        return call("POST", "/templates", Json.text(body)).body().get("id").textValue();
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static @Nullable String next(Answer answer) {
        return answer.response().headers().firstValue("Link").map(link -> link.substring(1, link.indexOf('>')))
                .orElse(null);
    }

    private static Answer call(String method, @Nullable String path, @Nullable String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", "application/json").build();
        var response = CLIENT.send(request, BodyHandlers.ofString());
        return new Answer(response, response.body().isEmpty() ? Json.object() : Json.parse(response.body()));
    }
}
