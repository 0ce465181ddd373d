package dev.promptlab;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Whatever is wrong with a request, the answer has the right code and names the field; never a 500.
class BadInputIT {
    private static final String NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057";
    private static TestServer server;
    private static ApiClient api;
    private static String template;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of());
        api = server.api();
        var body = Json.object().put("name", "Greet").put("userPrompt", "Greet {{ name }} {{ count }} times");
        body.putObject("variablesSchema").put("name", "string").put("count", "number");
        template = api.post("/templates", body).expect(201).json().get("id").asText();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'templateId':'$T','provider':'mock','variables':{'name':7,'count':1}}         | 400 | variables.name
            {'templateId':'$T','provider':'mock','variables':{'name':'Ann'}}               | 400 | variables.count
            {'templateId':'$T','provider':'mock','variables':{'name':'A','count':1,'x':1}} | 400 | variables.x
            {'templateId':'$N','provider':'mock'}                                          | 404 |
            {'templateId':'$T','provider':'mock','label':'staging'}                        | 400 | label
            {'templateId':'$T','provider':'mock','version':9}                              | 400 | version
            {'templateId':'$T','provider':'nobody'}                                        | 400 | provider
            {'templateId':'$T','provider':'mock','model':'gpt-9'}                          | 400 | model
            {'templateId':'$T','provider':'mock','temprature':1}                           | 400 | temprature
            {'templateId':12}                                                              | 400 | templateId
            {'templateId':'$T','provider':'mock','variables':{'name':'a\\u0000b','count':1}} | 400 | variables.name
            {'templateId':'$T','provider':'mock','variables':{'name':'a\\ud800','count':1}}  | 400 | variables.name
            {'templateId':'$T','provider':'mock','metadata':{'n':1e999}}                   | 400 | metadata.n
            {'templateId':'$T','provider':'mock','runAt':'+300000-01-01T00:00:00Z'}        | 400 | runAt
            []                                                                             | 400 |
            {'templateId':                                                                 | 400 |
            {'a':1,'a':2}                                                                  | 400 |
            """)
    void aBadJobIsRefusedByNameOfTheField(String body, int status, String field) {
        var answer = api.post("/generate", body.replace('\'', '"').replace("$T", template).replace("$N", NOBODY))
                .expect(status);

        if (field != null) {
            assertThat(answer.json().at("/error/details/fieldErrors").fieldNames()).toIterable().contains(field);
        }
        assertThat(answer.errorMessage()).isNotBlank();
    }

    @Test
    void tenMegabytesAreTooMuch() {
        assertThat(
                api.post("/generate", "\"" + "x".repeat(10 << 20) + "\"").expect(413).json().at("/error/code").asText())
                .isEqualTo("payload_too_large");
    }

    @Test
    void otherTypesThanJsonAreNotTaken() {
        api.with("Content-Type", "text/plain").send("POST", "/generate", BodyPublishers.ofString("hi")).expect(415);
    }

    @Test
    void idsThatNobodyHasAreNotFound() {
        api.get("/jobs/" + NOBODY).expect(404);
        api.get("/jobs/none").expect(404);
        api.get("/templates/" + NOBODY).expect(404);
    }

    @Test
    void aWaitIsBounded() {
        assertThat(api.get("/jobs/" + NOBODY + "?wait=2h").expect(400).errorMessage()).contains("wait").contains("60s");
    }

    @Test
    void anIdempotencyKeyMustBeReadable() {
        api.with("Idempotency-Key", "x".repeat(201)).post("/generate", "{\"templateId\":\"" + template
                + "\",\"provider\":\"mock\",\"variables\":{\"name\":\"Ann\",\"count\":1}}").expect(400);
    }

    @Test
    void nothingBadWasAccepted() {
        assertThat(api.get("/jobs").expect(200).json()).isEmpty();
    }
}
