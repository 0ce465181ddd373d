package dev.promptlab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.provider.key.ProviderKeys;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ScriptedProvider;
import dev.promptlab.testing.WorkspaceServer;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/// Workspaces that pay their providers themselves.
class ProviderKeyIT {
    private static final String CANARY_A = "sk-canary-of-workspace-a-AAAA";
    private static final String CANARY_B = "sk-canary-of-workspace-b-BBBB";
    private static final String SERVERS = "sk-the-servers-own-key-SSSS";

    private ScriptedProvider provider;
    private WorkspaceServer server;
    private UUID a;
    private UUID b;

    @BeforeEach
    void open() {
        provider = ScriptedProvider.start();
        server = WorkspaceServer.start(Map.of("PROMPTLAB_EGRESS_ALLOW", "127.0.0.1", "OPENAI_API_KEY", SERVERS,
                "OPENAI_BASE_URL", provider.openAiUrl().toString(), "PROMPTLAB_MAX_ATTEMPTS", "1"));
        a = server.workspace("A");
        b = server.workspace("B");
    }

    /// Another server, on a database of its own.
    private void restart(Map<String, String> environment) {
        server.close();
        server = WorkspaceServer.start(environment);
        a = server.workspace("A");
    }

    @AfterEach
    void close() {
        server.close();
        provider.close();
    }

    @Test
    void everyCallIsMadeWithTheKeyOfItsOwnWorkspace() {
        put(a, "openai", key(CANARY_A));
        put(b, "own", key(CANARY_B).put("format", "openai").put("baseUrl", provider.openAiUrl().toString())
                .put("defaultModel", "m"));
        put(b, "openai", key(CANARY_B));
        var ids = Fleet.inParallel(60, i -> submit(i % 3 == 0 ? a : i % 3 == 1 ? b : Caller.DEFAULT_WORKSPACE,
                i % 6 == 1 ? "own" : "openai", "of " + i % 3));
        for (int i = 0; i < ids.size(); i++) {
            finished(i % 3 == 0 ? a : i % 3 == 1 ? b : Caller.DEFAULT_WORKSPACE, ids.get(i));
        }
        assertThat(ids.stream().distinct()).as("equal work is one job in a workspace, and never beyond").hasSize(4);
        assertThat(provider.calls()).hasSize(4).allSatisfy(call -> {
            var key = List.of(CANARY_A, CANARY_B, SERVERS)
                    .get(call.body().at("/messages/0/content").textValue().charAt(3) - '0');
            assertThat(call.header("authorization")).hasValue("Bearer " + key);
        });
    }

    @Test
    void aKeyIsNeverSeenAgain() {
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var level = root.getLevel();
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        root.addAppender(log);
        root.setLevel(Level.DEBUG);
        var seen = new StringBuilder();
        try {
            provider.openAi().always(Behaviour.error(401, "Incorrect API key provided: " + CANARY_A));
            seen.append(put(a, "openai", key(CANARY_A)));
            seen.append(server.as(a).put("/provider-keys/openai", key(CANARY_A).put("format", "anthropic")).text());
            seen.append(server.as(a).put("/provider-keys/new", key(CANARY_A)).expect(400).text());
            seen.append(server.as(a).get("/provider-keys").expect(200).text());
            seen.append(server.as(a).post("/provider-keys/openai/test").expect(200).text());
            seen.append(finished(a, submit(a, "openai", "x")).toString());
            seen.append(database());
        } finally {
            root.setLevel(level);
            root.detachAppender(log);
        }
        // At debug Jetty shows what it receives; the product keeps it at warn, whatever the level of the log.
        log.list.stream().filter(event -> !event.getLoggerName().startsWith("org.eclipse.jetty"))
                .forEach(event -> seen.append(event.getFormattedMessage()).append(event.getThrowableProxy()));
        assertThat(seen).contains("***").contains("AAAA").doesNotContain("canary-of-workspace");
    }

    /// All rows that hold anything about keys and jobs, and the trail.
    private String database() {
        return server.database().db().autocommit(handle -> handle.createQuery(
                """
                        select concat((select string_agg(t::text, '') from provider_key t), (select string_agg(t::text, '') from audit_event t),
                                      (select string_agg(t::text, '') from job_result t), (select string_agg(t::text, '') from job_attempt t))""")
                .mapTo(String.class).one());
    }

    @Test
    void workThatWasTakenInForAKeyIsNotDoneWithAnother() {
        put(a, "openai", key(CANARY_A));
        put(Caller.DEFAULT_WORKSPACE, "openai", key(CANARY_B));
        var late = List.of(submitLater(a), submitLater(Caller.DEFAULT_WORKSPACE));
        server.as(a).delete("/provider-keys/openai").expect(204);
        server.as(Caller.DEFAULT_WORKSPACE).delete("/provider-keys/openai").expect(204);
        for (var job : List.of(finished(a, late.get(0)), finished(Caller.DEFAULT_WORKSPACE, late.get(1)))) {
            assertThat(job.get("status").asText()).isEqualTo("failed");
            assertThat(job.get("errorCode").asText()).isEqualTo("not_configured");
            assertThat(job.get("error").asText()).contains("own key for the provider \"openai\"")
                    .contains("PUT /provider-keys/openai");
        }
        assertThat(provider.calls()).isEmpty();

        put(a, "openai", key(CANARY_B));
        server.as(a).post("/jobs/" + late.get(0) + "/retry").expect(202);
        assertThat(finished(a, late.get(0)).get("status").asText()).isEqualTo("completed");
    }

    @Test
    void aNewBaseUrlWipesTheKeyUnlessANewOneComesAlong() {
        var own = key(CANARY_A).put("format", "openai").put("baseUrl", provider.openAiUrl().toString())
                .put("defaultModel", "m");
        assertThat(put(a, "own", own).get("lastFour").asText()).isEqualTo("AAAA");
        assertThat(put(a, "own", Json.object().put("defaultModel", "n")).get("lastFour").asText()).isEqualTo("AAAA");

        var moved = put(a, "own", Json.object().put("baseUrl", provider.url() + "/v2"));
        assertThat(moved.get("lastFour").isNull()).isTrue();
        assertThat(moved.get("defaultModel").asText()).isEqualTo("n");
        server.as(a).post("/provider-keys/own/test").expect(409);
        server.as(a).post("/generate", JobClient.request("own", "m", "x")).expect(409);

        put(a, "own", key(CANARY_B).put("baseUrl", provider.openAiUrl().toString()));
        assertThat(server.as(a).post("/provider-keys/own/test").expect(200).json().get("ok").asBoolean()).isTrue();
        assertThat(provider.calls()).hasSize(1).allSatisfy(
                call -> assertThat(call.header("authorization")).hasValue("Bearer " + CANARY_B));
    }

    @Test
    void aKeyInAnotherRowOpensNothing() {
        put(a, "openai", key(CANARY_A));
        put(b, "openai", key(CANARY_B));
        put(b, "evil", key(CANARY_B).put("format", "openai").put("baseUrl", "http://127.0.0.1:1/v1"));
        server.database().db().autocommit(handle -> handle.execute("""
                update provider_key set updated_at = now() + interval '1 s',
                       sealed = (select sealed from provider_key where workspace_id = ?) where workspace_id = ?""", a,
                b));
        for (var name : List.of("openai", "evil")) {
            assertThat(
                    server.as(b).post("/provider-keys/" + name + "/test", Json.object().put("model", "m")).expect(409)
                            .errorMessage())
                    .contains("save it again");
        }
        server.database().db().autocommit(handle -> handle.execute("""
                update provider_key set base_url = 'http://127.0.0.1:1/v1', updated_at = now() + interval '2 s'
                 where workspace_id = ? and name = 'openai'""", a));
        server.as(a).post("/provider-keys/openai/test").expect(409);
        assertThat(provider.calls()).isEmpty();
    }

    @Test
    void theServersKeyServesTheDefaultWorkspaceAndThoseThatMayUseIt() {
        assertThat(server.as(a).post("/generate", JobClient.request("openai", "m", "x")).expect(409).errorMessage())
                .contains("openai");
        finished(Caller.DEFAULT_WORKSPACE, submit(Caller.DEFAULT_WORKSPACE, "openai", "x"));
        assertThat(ProviderKeys.allowServerKeys(server.database().as(DatabaseRole.AUTH), a, true)).isTrue();
        assertThat(ProviderKeys.allowServerKeys(server.database().as(DatabaseRole.AUTH), UUID.randomUUID(), true))
                .isFalse();
        await(() -> server.as(a).post("/generate", JobClient.request("openai", "m", "x")).status() == 202);
        server.as(b).post("/generate", JobClient.request("openai", "m", "x")).expect(409);
        finished(b, submit(b, "mock", "echo", "mock is for everybody"));
    }

    @Test
    void lanesOfAKeyAreItsWorkspacesAlone() {
        put(a, "openai", key(CANARY_A));
        finished(a, submit(a, "openai", "x"));
        finished(Caller.DEFAULT_WORKSPACE, submit(Caller.DEFAULT_WORKSPACE, "openai", "x"));
        var own = lane(a, a.toString());
        assertThat(lanes(b)).noneMatch(lane -> lane.get("keyScope").asText().equals(a.toString()));
        assertThat(lanes(Caller.DEFAULT_WORKSPACE)).hasSize(1);
        var pause = Json.object().put("paused", true);
        assertThat(server.as(b).put("/lanes/" + own, pause).expect(404).errorMessage())
                .isEqualTo(server.as(b).put("/lanes/9999", pause).expect(404).errorMessage()
                        .replace("9999", String.valueOf(own)));
        server.as(a).put("/lanes/" + own, pause).expect(200);
        int servers = lane(Caller.DEFAULT_WORKSPACE, "server");
        assertThat(server.as(a).put("/lanes/" + servers, pause).expect(403).errorMessage()).contains("server's keys");
        server.as(Caller.DEFAULT_WORKSPACE).put("/lanes/" + servers, pause).expect(200);
    }

    @Test
    void aHostNameOfTheInsideIsNotCalled() throws IOException {
        var inside = InetAddress.getLocalHost();
        restart(Map.of());
        try (var listener = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            var accepted = new AtomicInteger();
            Thread.ofVirtual().start(() -> accept(listener, accepted));
            put(a, "inside", key(CANARY_A).put("format", "openai").put("defaultModel", "m").put("baseUrl",
                    "http://" + inside.getHostName() + ":" + listener.getLocalPort() + "/v1"));
            var tried = server.as(a).post("/provider-keys/inside/test").expect(200).json();
            assertThat(tried.get("ok").asBoolean()).isFalse();
            assertThat(tried.get("message").asText()).contains("not on the public Internet")
                    .doesNotContain(inside.getHostAddress());
            assertThat(finished(a, submit(a, "inside", "x")).get("errorCode").asText()).isEqualTo("invalid_request");
            assertThat(accepted).hasValue(0);
        }
    }

    private static void accept(ServerSocket listener, AtomicInteger accepted) {
        try {
            while (true) {
                listener.accept().close();
                accepted.incrementAndGet();
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Test
    void noSpellingOfAnInsideAddressIsTaken() {
        restart(Map.of());
        var port = provider.url().getPort();
        var hosts = new ArrayList<>(List.of("localhost", "LOCALHOST", "x.localhost", "127.1", "127.0.1", "2130706433",
                "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.01", "0127.0.0.1", "0", "0.0.0.0",
                "127.0.0.2", "127.255.255.254", "127.0.0.1.", "localhost.", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]",
                "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
                "[fe80::1%25eth0]", "[fe80::1]", "[fd00:ec2::254]", "[fc00::1]", "[ff02::1]", "[2001:db8::1]",
                "[100::1]", "[fec0::1]", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
                "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1",
                "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1", "0.1.2.3",
                "foo.1", "example.0x1", "1.2.3", "256.256.256.256", "4294967297", "user@127.0.0.1", "a:b@127.0.0.1",
                "example.com@127.0.0.1", "127。0。0。1", "%31%32%37.0.0.1", "example.com\\@127.0.0.1"));
        assertThat(hosts).hasSizeGreaterThan(60);
        for (var host : hosts) {
            for (var url : List.of("http://" + host + ":" + port + "/v1", "https://" + host + "/v1")) {
                var answer = server.as(a).put("/provider-keys/evil", key(CANARY_A).put("format", "openai")
                        .put("defaultModel", "m").put("baseUrl", url));
                assertThat(answer.status()).as(url).isEqualTo(400);
                assertThat(answer.json().at("/error/details/fieldErrors/baseUrl").isEmpty()).as(url).isFalse();
            }
        }
        assertThat(provider.connections()).isZero();
    }

    @Test
    void whatIsWrongIsSaidAtOnce() {
        var answer = server.as(a).put("/provider-keys/x", Json.object().put("apiKey", "ä b").put("format", "soap")
                .put("baseUrl", "ftp://x").put("prices", "none").put("colour", "red")).expect(400);
        assertThat(answer.json().at("/error/details/fieldErrors").fieldNames()).toIterable()
                .containsExactlyInAnyOrder("apiKey", "format", "baseUrl", "prices", "colour");
        for (var name : List.of("mock", "UPPER", "a..b", "-x")) {
            server.as(a).put("/provider-keys/" + name, key(CANARY_A)).expect(400);
        }
        server.as(a).put("/provider-keys/own", key(CANARY_A).put("format", "openai")).expect(400);
        server.as(a).put("/provider-keys/openai", Json.object()).expect(400);
        server.as(a).delete("/provider-keys/none").expect(404);
        server.as(a).post("/provider-keys/none/test").expect(404);
    }

    private static ObjectNode key(String key) {
        return Json.object().put("apiKey", key);
    }

    private JsonNode put(UUID workspace, String name, ObjectNode key) {
        return server.as(workspace).put("/provider-keys/" + name, key).expect(200).json();
    }

    private String submit(UUID workspace, String providerName, String content) {
        return submit(workspace, providerName, "m", content);
    }

    private String submit(UUID workspace, String providerName, String model, String content) {
        return server.as(workspace).post("/generate", JobClient.request(providerName, model, content)).json()
                .get("jobId").asText();
    }

    private String submitLater(UUID workspace) {
        return server.as(workspace).post("/generate", JobClient.request("openai", "m", "later").put("runAt",
                Instant.now().plusMillis(1_500).toString())).expect(202).json().get("jobId").asText();
    }

    private JsonNode finished(UUID workspace, String id) {
        var job = server.as(workspace).get("/jobs/" + id + "?wait=60s").expect(200).json();
        assertThat(job.hasNonNull("finishedAt")).as(job.toPrettyString()).isTrue();
        return job;
    }

    private List<JsonNode> lanes(UUID workspace) {
        return server.as(workspace).get("/jobs/stats").expect(200).json().get("lanes").valueStream().toList();
    }

    private int lane(UUID workspace, String keyScope) {
        return lanes(workspace).stream().filter(lane -> lane.get("keyScope").asText().equals(keyScope)).findFirst()
                .orElseThrow().get("id").asInt();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within two seconds").isLessThan(end);
        }
    }
}
