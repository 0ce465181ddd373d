package dev.promptlab.provider.key;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Settings;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.egress.PinnedHttp;
import dev.promptlab.provider.HttpCalls;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.provider.Providers;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Role;
import dev.promptlab.workspace.access.WorkspaceData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyedProvidersTest {
    private static final UUID WORKSPACE = UUID.fromString("01920000-0000-7000-8000-00000000000a");
    private static final Caller ADMIN = new Caller(WORKSPACE, "admin", UUID.randomUUID(), null,
            Role.ADMIN.permissions());

    private TestDatabase database;
    private Providers server;
    private PinnedHttp http;
    private ProviderKeys keys;
    private KeyedProviders api;
    private KeyedProviders worker;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        database = TestDatabase.create();
        database.db().autocommit(
                handle -> handle.execute("insert into workspace (id, name) values (?, 'A')", WORKSPACE));
        var file = Files.writeString(folder.resolve("promptlab.yaml"), """
                providers:
                  inside:
                    format: openai
                    baseUrl: http://127.0.0.1:9/v1
                    apiKeyEnv: INSIDE_KEY
                """);
        var settings = Settings.load(Map.of(), Map.of("PROMPTLAB_CONFIG", file.toString(), "INSIDE_KEY", "x",
                "OPENAI_API_KEY", "sk-servers-2", "ANTHROPIC_API_KEY", "sk-servers", "PROMPTLAB_DEFAULT_PROVIDER",
                "anthropic"));
        server = Providers.of(settings.providers(), PriceTable.load());
        http = new PinnedHttp(OutgoingUrls.allowing(List.of()));
        var dataKeys = TestServer.dataKeys(database);
        api = new KeyedProviders(database.as(DatabaseRole.API), dataKeys, server, HttpCalls.guarded(http));
        worker = new KeyedProviders(database.as(DatabaseRole.WORKER), dataKeys, server, HttpCalls.guarded(http));
        keys = new ProviderKeys(database.as(DatabaseRole.API), dataKeys, api);
    }

    @AfterEach
    void close() {
        http.close();
        server.close();
        database.close();
    }

    @Test
    void aWorkspaceWithoutKeysHasTheMockAndDoesNotLearnOfTheOperatorsEndpoints() {
        var offer = api.offer(WORKSPACE);
        assertThat(offer.configured()).containsExactly("mock");
        assertThat(offer.known()).containsExactly("anthropic", "openai", "mock");
        assertThat(offer.defaultProvider()).isEmpty();
        assertThat(api.offer(Caller.DEFAULT_WORKSPACE).configured()).containsExactly("anthropic", "openai", "inside",
                "mock");
    }

    @Test
    void anOwnKeyComesBeforeTheServersAndHasAScopeOfItsOwn() {
        put("anthropic", Json.object().put("apiKey", "sk-own-key-1"));
        var endpoint = api.offer(WORKSPACE).find("anthropic").orElseThrow();
        assertThat(endpoint.keyScope()).isEqualTo(WORKSPACE.toString());
        assertThat(endpoint.origin()).isEqualTo("https://api.anthropic.com");
        assertThat(endpoint.priceList()).isEqualTo("anthropic");
        assertThat(api.offer(WORKSPACE).defaultProvider()).hasValue("anthropic");
        assertThat(worker.require(WORKSPACE, "anthropic", WORKSPACE.toString()).keyScope())
                .isEqualTo(WORKSPACE.toString());
        assertThat(worker.require(WORKSPACE, "anthropic", "server").keyScope()).isEqualTo("server");
    }

    @Test
    void aChangeIsSeenByOtherProcessesWithinTwoSeconds() {
        assertThatThrownBy(() -> worker.require(WORKSPACE, "anthropic", WORKSPACE.toString()))
                .isInstanceOf(ProviderSource.NotConfiguredException.class);
        put("anthropic", Json.object().put("apiKey", "sk-own-key-1"));
        var first = worker.require(WORKSPACE, "anthropic", WORKSPACE.toString());
        assertThat(worker.require(WORKSPACE, "anthropic", WORKSPACE.toString())).as("one provider for one key")
                .isSameAs(first);
        put("anthropic", Json.object().put("apiKey", "sk-own-key-2"));
        long changedAt = System.nanoTime();
        while (worker.require(WORKSPACE, "anthropic", WORKSPACE.toString()).provider().equals(first.provider())) {
            assertThat(Duration.ofNanos(System.nanoTime() - changedAt)).isLessThan(Duration.ofSeconds(2));
            Thread.onSpinWait();
        }
    }

    @Test
    void anEndpointOfTheOperatorsIsNotReachedWithAKeyOfOnesOwn() {
        assertThatThrownBy(() -> put("inside", Json.object().put("apiKey", "whatever-1").put("format", "openai")))
                .isInstanceOf(Failure.Invalid.class).hasMessageContaining("baseUrl");
    }

    @Test
    void aWipedKeyIsNotReplacedByTheServers() {
        ProviderKeys.allowServerKeys(database.as(DatabaseRole.AUTH), WORKSPACE, true);
        put("anthropic", Json.object().put("apiKey", "sk-own-key-1"));
        put("anthropic", Json.object().put("baseUrl", "https://gateway.example"));
        assertThat(api.offer(WORKSPACE).find("anthropic")).isEmpty();
        assertThat(api.offer(WORKSPACE).configured()).doesNotContain("anthropic");
    }

    @Test
    void theRolesMayDoNoMoreThanTheyNeed() {
        put("anthropic", Json.object().put("apiKey", "sk-own-key-1"));
        for (var sql : Set.of("update provider_key set name = 'x'", "delete from provider_key",
                "select 1 from api_key", "select 1 from api_key_pepper", "select server_keys_allowed from workspace")) {
            assertThatThrownBy(() -> database.as(DatabaseRole.WORKER).autocommit(handle -> handle.execute(sql)))
                    .as(sql).hasMessageContaining("permission denied");
        }
        for (var sql : Set.of("select 1 from provider_key", "delete from api_key", "update api_key set hash = hash",
                "select 1 from api_key_pepper")) {
            assertThatThrownBy(() -> database.as(DatabaseRole.AUTH).autocommit(handle -> handle.execute(sql))).as(sql)
                    .hasMessageContaining("permission denied");
        }
        int seen = database.as(DatabaseRole.API).autocommit(UUID.randomUUID(), handle -> handle
                .createQuery("select count(*) from provider_key").mapTo(Integer.class).one());
        assertThat(seen).as("rows of another workspace").isZero();
        assertThatThrownBy(() -> database.as(DatabaseRole.API)
                .autocommit(handle -> handle.execute("update workspace set server_keys_allowed = true")))
                .hasMessageContaining("permission denied");
    }

    @Test
    void theyLeaveWithAnExportAndGoWithTheirWorkspace() {
        put("anthropic", Json.object().put("apiKey", "sk-own-key-canary"));
        var data = new ProviderKeyData(database.as(DatabaseRole.API));
        var lines = new ArrayList<String>();
        data.export(WORKSPACE, (kind, content) -> lines.add(kind + content));
        assertThat(lines).hasSize(1).allMatch(line -> line.startsWith("providerKey{") && !line.contains("canary"));
        var removal = database.as(DatabaseRole.API).transaction(WORKSPACE, tx -> data.removeSome(tx, WORKSPACE, 10));
        assertThat(removal).isEqualTo(WorkspaceData.Removal.DONE);
        assertThat(api.offer(WORKSPACE).known()).contains("anthropic");
        assertThat(keys.list(WORKSPACE)).isEmpty();
    }

    private ProviderKey put(String name, ObjectNode body) {
        var change = KeyChange.read(body, OutgoingUrls.allowing(List.of()), server.priceLists());
        var saved = keys.put(ADMIN, name, change);
        assertThat(keys.baseUrl(saved)).isInstanceOf(URI.class);
        return saved;
    }
}
