package dev.promptlab.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

class SettingsTest {
    private final Map<Setting, String> flags = new EnumMap<>(Setting.class);
    private final Map<String, String> environment = new HashMap<>();
    private Path file;

    SettingsTest(@TempDir Path folder) {
        this.file = folder.resolve("settings.yaml");
    }

    @BeforeEach
    void startFromAnEmptyFile() throws IOException {
        Files.createFile(file);
        environment.put("PROMPTLAB_CONFIG", file.toString());
    }

    @Test
    void nothingSetGivesTheDefaults() {
        var settings = load();
        assertThat(settings.port()).isEqualTo(4000);
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.roles()).containsExactlyInAnyOrder(Settings.Role.API, Settings.Role.WORKER);
        assertThat(settings.databaseUrl()).isNull();
        assertThat(settings.dataDir()).isEqualTo(Path.of("./.promptlab"));
        assertThat(settings.maxBodyBytes()).isEqualTo(1 << 20);
        assertThat(settings.warnings()).isEmpty();
        assertThat(settings.providers().backoff()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(3),
                Duration.ofSeconds(10));
        assertThat(settings.worker())
                .isEqualTo(new Settings.Worker(64, 64, Duration.ofSeconds(30), Duration.ofSeconds(10),
                        Duration.ofSeconds(5), Duration.ofSeconds(1)));
    }

    @Test
    void aFlagBeatsTheEnvironmentWhichBeatsTheFileWhichBeatsTheDefault() {
        write("workerConcurrency: 8\nlaneConcurrency: 8\nport: 8");
        environment.put("PROMPTLAB_WORKER_CONCURRENCY", "16");
        environment.put("PROMPTLAB_LANE_CONCURRENCY", "16");
        flags.put(Setting.PROMPTLAB_WORKER_CONCURRENCY, "32");
        var settings = load();
        assertThat(settings.worker().concurrency()).isEqualTo(32);
        assertThat(settings.worker().laneConcurrency()).isEqualTo(16);
        assertThat(settings.port()).isEqualTo(8);
        assertThat(settings.providers().maxAttempts()).isEqualTo(3);
    }

    @Test
    void aBlankValueCountsAsNotSet() {
        write("port: 8");
        environment.put("PORT", " 9 ");
        environment.put("DATABASE_URL", " ");
        flags.put(Setting.PORT, "");
        assertThat(load().port()).isEqualTo(9);
        assertThat(load().databaseUrl()).isNull();
    }

    @Test
    void heartbeatAndSweepFollowTheLease() {
        environment.put("PROMPTLAB_LEASE", "6s");
        assertThat(load().worker()).extracting(Settings.Worker::heartbeat, Settings.Worker::sweep)
                .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(1));
        environment.put("PROMPTLAB_HEARTBEAT", "500ms");
        environment.put("PROMPTLAB_SWEEP", "750ms");
        assertThat(load().worker()).extracting(Settings.Worker::heartbeat, Settings.Worker::sweep)
                .containsExactly(Duration.ofMillis(500), Duration.ofMillis(750));
    }

    @Test
    void aLeaseShorterThanThreeHeartbeatsIsRefused() {
        environment.put("PROMPTLAB_LEASE", "5s");
        environment.put("PROMPTLAB_HEARTBEAT", "2s");
        problems().containsExactly("PROMPTLAB_LEASE: 5s must be at least three times PROMPTLAB_HEARTBEAT (2s)");
    }

    @ParameterizedTest
    @CsvSource({
            "PROMPTLAB_WORKER_CONCURENCY, PROMPTLAB_WORKER_CONCURRENCY",
            "PROMPTLAB_PORT, PORT",
            "PROMPTLAB_DATABASE_URL, DATABASE_URL",
    })
    void anUnknownVariableNamesTheNearest(String wrong, String meant) {
        environment.put(wrong, "1");
        problems().containsExactly("unknown environment variable " + wrong + "; did you mean \"" + meant + "\"?");
    }

    @Test
    void variablesOfOtherProgramsAreNoBusinessOfOurs() {
        environment.putAll(Map.of("PATH", "/bin", "LEASE", "nonsense", "promptlab_lease", "nonsense"));
        assertThat(load().worker().lease()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void allProblemsAreSaidAtOnce() {
        write("prot: 1\nport: {a: 1}");
        environment.putAll(Map.of("PROMPTLAB_LEASE", "30", "PROMPTLAB_HEARTBEAT", "10s", "PROMPTLAB_ROLES",
                "api,wroker",
                "PROMPTLAB_AUTH", "none", "DATABASE_URL", "mysql://u:hunter2@h/d",
                "PROMPTLAB_LOG_LEVEL", "loud", "PROMPTLAB_LOG_FORMAT", "xml", "PROMPTLAB_DEFAULT_PROVIDER", "opnai"));
        problems().satisfiesExactlyInAnyOrder(
                line -> assertThat(line).endsWith("unknown key \"prot\"; did you mean \"port\"?"),
                line -> assertThat(line).endsWith("port must be a single value"),
                line -> assertThat(line).isEqualTo(
                        "PROMPTLAB_LEASE: must be a duration such as 500ms, 5s, 2m or 1h, is \"30\""),
                line -> assertThat(line)
                        .isEqualTo("PROMPTLAB_ROLES: must be api, worker or api,worker; has \"wroker\""),
                line -> assertThat(line).isEqualTo("PROMPTLAB_AUTH: must be local or required, is \"none\""),
                line -> assertThat(line).startsWith("DATABASE_URL must look like").doesNotContain("hunter2"),
                line -> assertThat(line).startsWith("PROMPTLAB_LOG_LEVEL: must be error, warn, info, debug or trace"),
                line -> assertThat(line).startsWith("PROMPTLAB_LOG_FORMAT: must be text or json"),
                line -> assertThat(line).endsWith("no provider \"opnai\"; did you mean \"openai\"?"));
    }

    @ParameterizedTest
    @CsvSource({
            "PORT, -1", "PORT, 65536", "PORT, http", "PROMPTLAB_WORKER_CONCURRENCY, 0",
            "PROMPTLAB_LANE_CONCURRENCY, 10001",
            "PROMPTLAB_MAX_ATTEMPTS, 21", "PROMPTLAB_POLL_INTERVAL, 0s", "PROMPTLAB_CACHE_TTL, 1 h",
            "PROMPTLAB_RETRY_BACKOFF, '1s,,3s'", "PROMPTLAB_MAX_BODY, 1MB", "PROMPTLAB_MAX_BODY, 0KiB",
            "PROMPTLAB_MAX_BODY, 2000MiB", "OPENAI_BASE_URL, api.openai.com", "ANTHROPIC_BASE_URL, ftp://example.com",
            "PROMPTLAB_HOST, 'no host'", "PROMPTLAB_ROLES, 'api,'",
            "PROMPTLAB_SIGNUP, closed", "PROMPTLAB_EGRESS_ALLOW, 10.0.0.0/40",
            "PROMPTLAB_MASTER_KEY, short",
            "PROMPTLAB_MASTER_KEY, AAAA",
            "PROMPTLAB_MASTER_KEY_FILE, /nowhere/key",
            "PROMPTLAB_EGRESS_ALLOW, 'a.example,,b.example'", "PROMPTLAB_TRUSTED_PROXIES, proxy.example",
            "PROMPTLAB_TRUSTED_PROXIES, 10.0.0.0/33", "PROMPTLAB_TRUSTED_PROXIES, 127.1",
            "PROMPTLAB_HOSTS, '*.example'",
            "PROMPTLAB_HOSTS, 'https://a.example'", "PROMPTLAB_HOSTS, 'a.example:443'", "PROMPTLAB_HOSTS, 0x7f.1",
            "PROMPTLAB_CORS_ORIGINS, '*'", "PROMPTLAB_CORS_ORIGINS, null", "PROMPTLAB_CORS_ORIGINS, a.example",
            "PROMPTLAB_CORS_ORIGINS, 'https://a.example/'", "PROMPTLAB_CORS_ORIGINS, 'https://*.example'",
            "PROMPTLAB_CORS_ORIGINS, 'https://u@a.example'", "PROMPTLAB_CORS_ORIGINS, 'ftp://a.example'",
            "PROMPTLAB_CORS_ORIGINS, 'https://a.example?x'",
    })
    void aValueOutsideItsRangeIsNamedWithItsKey(String key, String value) {
        environment.put(key, value);
        problems().singleElement().asString().startsWith(key + ": ");
    }

    @Test
    void peopleSignInUnlessOnlyThisMachineReachesTheServer() {
        assertThat(load().accounts())
                .isEqualTo(new Settings.Accounts(Settings.Auth.LOCAL, Settings.SignUp.OPEN, null));
        environment.put("PROMPTLAB_HOST", "0.0.0.0");
        assertThat(load().accounts().auth()).isEqualTo(Settings.Auth.REQUIRED);
        environment.put("PROMPTLAB_AUTH", "local");
        problems().singleElement().asString().startsWith("PROMPTLAB_HOST: \"0.0.0.0\" is not a loopback address");
        environment.putAll(Map.of("PROMPTLAB_AUTH", "required", "PROMPTLAB_HOST", "127.0.0.1", "PROMPTLAB_SIGNUP",
                "invite"));
        assertThat(load().accounts())
                .isEqualTo(new Settings.Accounts(Settings.Auth.REQUIRED, Settings.SignUp.INVITE, null));
    }

    @Test
    void anIssuerIsAnHttpsUrlWithAnAudience() {
        environment.putAll(Map.of("PROMPTLAB_AUTH", "required", "PROMPTLAB_OIDC_ISSUER", "https://id.example.com/a",
                "PROMPTLAB_OIDC_AUDIENCE", "promptlab"));
        assertThat(load().accounts().oidc())
                .isEqualTo(new Settings.Oidc("https://id.example.com/a", "promptlab", "workspace", "role"));
        environment.put("PROMPTLAB_OIDC_ISSUER", "http://id.example.com/a");
        problems().singleElement().asString().startsWith("PROMPTLAB_OIDC_ISSUER: must be an https URL");
        environment.remove("PROMPTLAB_OIDC_AUDIENCE");
        problems().singleElement().asString().contains("set both or none");
    }

    @Test
    void theEdgeIsBroughtToTheSpellingThatRequestsHave() {
        environment.putAll(Map.of("PROMPTLAB_HOSTS", "API.example.com, 2001:DB8::1,192.0.2.1", "PROMPTLAB_CORS_ORIGINS",
                "https://App.Example.com:443,http://localhost:5173", "PROMPTLAB_TRUSTED_PROXIES",
                "10.0.0.0/8,fd00::/8,192.0.2.7"));
        var edge = load().edge();
        assertThat(edge.local()).isTrue();
        assertThat(edge.hosts()).containsExactlyInAnyOrder("api.example.com", "[2001:db8::1]", "192.0.2.1");
        assertThat(edge.origins()).containsExactlyInAnyOrder("https://app.example.com", "http://localhost:5173");
        assertThat(edge.trustedProxies()).extracting(Object::toString).containsExactly("10.0.0.0/8", "fd00::/8",
                "192.0.2.7/32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "::1", "127.9.9.9"})
    void everyLoopbackAddressWillDo(String host) {
        environment.put("PROMPTLAB_HOST", host);
        assertThat(load().host()).isEqualTo(host);
    }

    @Test
    void oneRoleAloneNeedsASharedDatabase() {
        environment.put("PROMPTLAB_ROLES", "worker");
        problems().singleElement().asString().contains("needs DATABASE_URL");
        environment.put("DATABASE_URL", "postgres://app:secret@db/promptlab");
        assertThat(load().roles()).containsExactly(Settings.Role.WORKER);
    }

    @Test
    void theMasterKeyComesFromTheEnvironmentOrAFileAndNotBoth() throws IOException {
        var key = "dGVzdHMgb25seTogMzIgYnl0ZXMgb2YgYSBrZXkgISE=";
        environment.put("PROMPTLAB_MASTER_KEY", key);
        assertThat(load().masterKey()).isEqualTo(new Secret(key));
        assertThat(load().toString()).doesNotContain(key);

        environment.put("PROMPTLAB_MASTER_KEY_FILE",
                Files.writeString(file.resolveSibling("key"), key + "\n").toString());
        problems().singleElement().asString().endsWith("set one of them");

        environment.remove("PROMPTLAB_MASTER_KEY");
        assertThat(load().masterKey()).isEqualTo(new Secret(key));
    }

    @Test
    void secretsDoNotPrint() {
        environment.put("DATABASE_URL", "postgresql://app:hunter2@db/promptlab");
        environment.put("ANTHROPIC_API_KEY", "sk-ant-hunter2");
        write("providers: {local: {baseUrl: 'http://localhost:11434/v1', apiKeyEnv: LOCAL_KEY}}");
        environment.put("LOCAL_KEY", "local-hunter2");
        assertThat(load().toString()).doesNotContain("hunter2").contains("***");
    }

    @Test
    void theFileAddsEndpoints() {
        write("""
                maxBody: 2MiB
                retryBackoff: [1s, 2s]
                providers:
                  local:
                    baseUrl: http://localhost:11434/v1
                    defaultModel: llama
                  claude-eu:
                    format: anthropic
                    baseUrl: https://eu.example.com
                    apiKeyEnv: EU_KEY
                    prices: anthropic
                """);
        environment.put("EU_KEY", "k");
        environment.put("PROMPTLAB_DEFAULT_PROVIDER", "local");
        var settings = load();
        assertThat(settings.maxBodyBytes()).isEqualTo(2 << 20);
        assertThat(settings.providers().backoff()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(settings.providers().endpoints()).endsWith(
                new Settings.Endpoint("local", "openai", URI.create("http://localhost:11434/v1"), new Secret(""),
                        "llama",
                        null),
                new Settings.Endpoint("claude-eu", "anthropic", URI.create("https://eu.example.com"), new Secret("k"),
                        null, "anthropic"));
    }

    @Test
    void anEndpointWithoutItsKeyIsNotConfiguredAndSaysSo() {
        write("providers: {eu: {baseUrl: 'https://eu.example.com', apiKeyEnv: EU_KEY}}");
        var settings = load();
        assertThat(settings.providers().endpoints().getLast().apiKey()).isNull();
        assertThat(settings.warnings()).singleElement().asString().contains("EU_KEY");
    }

    @Test
    void badEndpointsAreNamedByTheirPath() {
        write("providers: {openai: {baseUrl: 'https://a.example'}, b: {url: 'https://b.example', format: grpc}}");
        problems().satisfiesExactlyInAnyOrder(
                line -> assertThat(line).startsWith("providers.openai: the name must be"),
                line -> assertThat(line).startsWith("providers.b: unknown key \"url\""),
                line -> assertThat(line).startsWith("providers.b.format: must be openai or anthropic, is \"grpc\""),
                line -> assertThat(line).startsWith("providers.b.baseUrl: must be an http or https URL"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"- a list", "just text", "a: [", "port: 1\nport: 2", "providers: [a]",
            "config: other.yaml"})
    void aFileThatCannotBeMeantIsRefusedByName(String content) {
        write(content);
        problems().singleElement().asString().startsWith(file.toString());
    }

    @Test
    void aNamedFileMustBeThere() {
        environment.put("PROMPTLAB_CONFIG", file + ".missing");
        problems().singleElement().asString().contains(".missing: cannot be read");
    }

    @Test
    void anEmptyListOfProvidersIsFine() {
        write("providers:\nport:");
        assertThat(load().port()).isEqualTo(4000);
    }

    @Test
    void limitsAreOffWithoutLoginUnlessTheyAreSet() {
        assertThat(load().limits()).isEqualTo(new Settings.Limits(null, null));
        environment.put("PROMPTLAB_RATE_LIMIT_READS", "5/10s");
        assertThat(load().limits()).isEqualTo(new Settings.Limits(null, new Rate(5, Duration.ofSeconds(10))));
        environment.put("PROMPTLAB_AUTH", "required");
        environment.put("PROMPTLAB_RATE_LIMIT_READS", "off");
        assertThat(load().limits()).isEqualTo(new Settings.Limits(new Rate(100, Duration.ofMinutes(1)), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"100", "0/1m", "-1/1m", "1000001/1m", "5/50ms", "5/2h", "5/1m/1m", "a/b", "/", "on"})
    void whatIsNoLimitIsRefused(String text) {
        environment.put("PROMPTLAB_RATE_LIMIT", text);
        assertThatThrownBy(this::load)
                .hasMessageContaining("PROMPTLAB_RATE_LIMIT: must be off or a number of requests");
    }

    private void write(String yaml) {
        try {
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Settings load() {
        return Settings.load(flags, environment);
    }

    private ListAssert<String> problems() {
        var thrown = assertThatThrownBy(this::load).asInstanceOf(type(SettingsException.class)).actual();
        assertThat(thrown).hasMessage(String.join(System.lineSeparator(), thrown.problems()));
        return assertThat(List.copyOf(thrown.problems()));
    }
}
