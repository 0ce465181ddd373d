package dev.promptlab.config;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.egress.OutgoingUrls;
import dev.promptlab.net.Network;
import dev.promptlab.redis.RedisUrl;
import org.jspecify.annotations.Nullable;

/// Turns flags, environment and YAML file into [Settings], collecting every problem before it gives up.
final class SettingsLoader {
    private static final Set<String> ENDPOINT_KEYS = Set.of("format", "baseUrl", "apiKeyEnv", "defaultModel", "prices",
            "privateNetwork", "streaming");
    private static final String API_KEY = "PROMPTLAB_API_KEY";
    private static final Pattern ENDPOINT_NAME = Pattern.compile("[a-z0-9]+([._-][a-z0-9]+)*");
    private static final Duration MIN_RETENTION = Duration.ofDays(1);
    private static final Duration MIN_SNAPSHOT_LIMIT = Duration.ofSeconds(1);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(KiB|MiB)");

    private static final int MASTER_KEY_BYTES = 32;

    private static final YAMLMapper YAML = YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<Setting, String> flags;
    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private JsonNode file = YAML.createObjectNode();

    SettingsLoader(Map<Setting, String> flags, Map<String, String> environment) {
        this.flags = flags;
        this.environment = environment;
    }

    Settings load() {
        readFile();
        refuseUnknownVariables();
        var settings = new Settings(
                number(Setting.PORT, 0, 65_535), metricsPort(), host(), edge(), roles(),
                url(Setting.DATABASE_URL, DatabaseUrl::parse),
                url(Setting.REDIS_URL, RedisUrl::parse),
                Path.of(required(Setting.PROMPTLAB_DATA_DIR)), providers(), worker(),
                duration(Setting.PROMPTLAB_CACHE_TTL), durationOrOff(Setting.PROMPTLAB_RETENTION, MIN_RETENTION),
                durationOrOff(Setting.PROMPTLAB_SNAPSHOT_LIMIT, MIN_SNAPSHOT_LIMIT), bytes(Setting.PROMPTLAB_MAX_BODY),
                bytes(Setting.PROMPTLAB_MAX_BATCH_BODY),
                durationOr(Setting.PROMPTLAB_STOP_DELAY, Duration.ZERO),
                duration(Setting.PROMPTLAB_DRAIN_TIMEOUT), durations(Setting.PROMPTLAB_CALLBACK_BACKOFF),
                egressAllow(), masterKey(), accounts(), limits(), tracesEndpoint(), logs(), warnings);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return settings;
    }

    private void readFile() {
        var named = text(Setting.PROMPTLAB_CONFIG);
        var path = Path.of(named == null ? "promptlab.yaml" : named);
        if (named == null && !Files.exists(path)) {
            return;
        }
        try {
            var tree = YAML.readTree(path.toFile());
            if (tree.isObject()) {
                file = tree;
                checkFile(path);
            } else if (!tree.isMissingNode() && !tree.isNull()) {
                problems.add(path + ": must be a mapping of settings");
            }
        } catch (IOException e) {
            problems.add(path + ": cannot be read: " + firstLine(e));
        }
    }

    private void checkFile(Path path) {
        var known = Arrays.stream(Setting.values()).filter(setting -> setting != Setting.PROMPTLAB_CONFIG)
                .map(Setting::yamlKey).collect(Collectors.toSet());
        known.add("providers");
        for (var entry : file.properties()) {
            var key = entry.getKey();
            if (!known.contains(key)) {
                problems.add(path + ": unknown key \"" + key + "\"" + Nearest.hint(key, known));
            } else if (!entry.getValue().isNull() && key.equals("providers") != entry.getValue().isObject()) {
                problems.add(path + ": " + key + " must be "
                        + (key.equals("providers") ? "a mapping of provider names" : "a single value"));
            }
        }
    }

    /// But for the key with which commands ask a server.
    private void refuseUnknownVariables() {
        environment.keySet().stream().filter(key -> key.startsWith("PROMPTLAB_"))
                .filter(key -> !Setting.names().contains(key) && !key.equals(API_KEY)).sorted()
                .forEach(key -> problems.add("unknown environment variable " + key + meant(key)));
    }

    /// `PROMPTLAB_PORT` is `PORT`, although `PROMPTLAB_HOST` has fewer edits.
    private static String meant(String variable) {
        var bare = variable.substring("PROMPTLAB_".length());
        return Nearest.hint(Setting.names().contains(bare) ? bare : variable, Setting.names());
    }

    private @Nullable Integer metricsPort() {
        return text(Setting.PROMPTLAB_METRICS_PORT) == null ? null : number(Setting.PROMPTLAB_METRICS_PORT, 0, 65_535);
    }

    private String host() {
        var host = required(Setting.PROMPTLAB_HOST);
        try {
            boolean loopback = InetAddress.getByName(host).isLoopbackAddress();
            if (!loopback && "local".equals(text(Setting.PROMPTLAB_AUTH))) {
                problems.add("PROMPTLAB_HOST: \"" + host + "\" is not a loopback address, and with PROMPTLAB_AUTH=local"
                        + " everybody who reaches it could use your provider keys; set PROMPTLAB_AUTH=required");
            }
        } catch (UnknownHostException e) {
            problems.add("PROMPTLAB_HOST: there is no address \"" + host + "\"");
        }
        return host;
    }

    private Settings.Accounts accounts() {
        var auth = text(Setting.PROMPTLAB_AUTH) == null
                ? isLoopback(required(Setting.PROMPTLAB_HOST)) ? Settings.Auth.LOCAL : Settings.Auth.REQUIRED
                : oneOf(Setting.PROMPTLAB_AUTH,
                        Map.of("local", Settings.Auth.LOCAL, "required", Settings.Auth.REQUIRED));
        var signUp = oneOf(Setting.PROMPTLAB_SIGNUP,
                Map.of("open", Settings.SignUp.OPEN, "invite", Settings.SignUp.INVITE));
        var oidc = oidc();
        if (oidc != null && auth == Settings.Auth.LOCAL) {
            warnings.add("PROMPTLAB_OIDC_ISSUER is set and has no effect with PROMPTLAB_AUTH=local");
        }
        return new Settings.Accounts(auth, signUp, oidc);
    }

    private Settings.@Nullable Oidc oidc() {
        var issuer = text(Setting.PROMPTLAB_OIDC_ISSUER);
        var audience = text(Setting.PROMPTLAB_OIDC_AUDIENCE);
        if (issuer == null && audience == null) {
            return null;
        }
        if (issuer == null || audience == null) {
            problems.add("PROMPTLAB_OIDC_ISSUER and PROMPTLAB_OIDC_AUDIENCE: set both or none");
            return null;
        }
        var url = uri(Setting.PROMPTLAB_OIDC_ISSUER);
        if ("http".equals(url.getScheme()) && !isLoopback(url.getHost())) {
            problems.add("PROMPTLAB_OIDC_ISSUER: must be an https URL, is \"" + issuer + "\"");
        }
        return new Settings.Oidc(issuer, audience, required(Setting.PROMPTLAB_OIDC_WORKSPACE_CLAIM),
                required(Setting.PROMPTLAB_OIDC_ROLE_CLAIM));
    }

    private <T> T oneOf(Setting setting, Map<String, T> values) {
        var words = values.keySet().stream().sorted().collect(Collectors.joining(" or "));
        return parsed(setting, values.values().iterator().next(), words, values::get);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private Settings.Limits limits() {
        return new Settings.Limits(rate(Setting.PROMPTLAB_RATE_LIMIT, "100/1m"),
                rate(Setting.PROMPTLAB_RATE_LIMIT_READS, "1000/1m"));
    }

    private @Nullable Rate rate(Setting setting, String otherwise) {
        var given = text(setting);
        var text = given == null ? isLocal() ? "off" : otherwise : given;
        var rate = Rate.parse(text);
        if (rate.isEmpty() && !text.equals("off")) {
            problems.add(setting + ": must be off or " + Rate.FORM + ", is \"" + text + "\"");
        }
        return rate.orElse(null);
    }

    private boolean isLocal() {
        var auth = text(Setting.PROMPTLAB_AUTH);
        return auth == null ? isLoopback(required(Setting.PROMPTLAB_HOST)) : auth.equals("local");
    }

    private Settings.Edge edge() {
        return new Settings.Edge(isLocal(),
                Set.copyOf(entries(Setting.PROMPTLAB_HOSTS, EdgeNames::host)),
                Set.copyOf(entries(Setting.PROMPTLAB_CORS_ORIGINS, EdgeNames::origin)),
                entries(Setting.PROMPTLAB_TRUSTED_PROXIES, Network::parse));
    }

    /// @param parser throws [IllegalArgumentException] with what is wrong with an entry
    private <T> List<T> entries(Setting setting, Function<String, T> parser) {
        var text = text(setting);
        try {
            return text == null ? List.of() : Stream.of(text.split(",", -1)).map(String::strip).map(parser).toList();
        } catch (IllegalArgumentException e) {
            problems.add(setting + ": " + e.getMessage());
            return List.of();
        }
    }

    private Set<Settings.Role> roles() {
        var roles = EnumSet.noneOf(Settings.Role.class);
        for (var word : required(Setting.PROMPTLAB_ROLES).split(",", -1)) {
            switch (word.strip()) {
                case "api" -> roles.add(Settings.Role.API);
                case "worker" -> roles.add(Settings.Role.WORKER);
                default -> {
                    problems.add("PROMPTLAB_ROLES: must be api, worker or api,worker; has \"" + word.strip() + "\"");
                    return EnumSet.allOf(Settings.Role.class);
                }
            }
        }
        if (roles.size() == 1 && text(Setting.DATABASE_URL) == null) {
            problems.add(
                    "PROMPTLAB_ROLES: one role alone needs DATABASE_URL, since the embedded PostgreSQL serves one process");
        }
        return roles;
    }

    /// @param parser throws [IllegalArgumentException] with what is wrong with it
    private @Nullable Secret url(Setting setting, Consumer<String> parser) {
        var url = secret(setting);
        if (url != null) {
            try {
                parser.accept(url.value());
            } catch (IllegalArgumentException e) {
                problems.add(e.getMessage());
            }
        }
        return url;
    }

    private Settings.Providers providers() {
        var endpoints = new ArrayList<Settings.Endpoint>();
        endpoints.add(new Settings.Endpoint("anthropic", "anthropic", uri(Setting.ANTHROPIC_BASE_URL),
                secret(Setting.ANTHROPIC_API_KEY), required(Setting.PROMPTLAB_ANTHROPIC_MODEL), null));
        endpoints.add(new Settings.Endpoint("openai", "openai", uri(Setting.OPENAI_BASE_URL),
                secret(Setting.OPENAI_API_KEY), required(Setting.PROMPTLAB_OPENAI_MODEL), null));
        for (var entry : file.path("providers").properties()) {
            endpoints.add(endpoint(entry.getKey(), entry.getValue()));
        }
        var names = endpoints.stream().map(Settings.Endpoint::name).collect(Collectors.toSet());
        names.add("mock");
        var defaultProvider = text(Setting.PROMPTLAB_DEFAULT_PROVIDER);
        if (defaultProvider != null && !names.contains(defaultProvider)) {
            problems.add("PROMPTLAB_DEFAULT_PROVIDER: there is no provider \"" + defaultProvider + "\""
                    + Nearest.hint(defaultProvider, names));
        }
        return new Settings.Providers(endpoints, defaultProvider, duration(Setting.PROMPTLAB_PROVIDER_TIMEOUT),
                number(Setting.PROMPTLAB_MAX_ATTEMPTS, 1, 20), durations(Setting.PROMPTLAB_RETRY_BACKOFF));
    }

    private Settings.Endpoint endpoint(String name, JsonNode node) {
        var where = "providers." + name;
        if (!ENDPOINT_NAME.matcher(name).matches() || Set.of("anthropic", "openai", "mock").contains(name)) {
            problems.add(where + ": the name must be lower-case letters and digits joined by . _ or -,"
                    + " and none of anthropic, openai, mock");
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!ENDPOINT_KEYS.contains(key)) {
                problems.add(where + ": unknown key \"" + key + "\"" + Nearest.hint(key, ENDPOINT_KEYS));
            }
        });
        var format = node.path("format").asText("openai");
        if (!Set.of("openai", "anthropic").contains(format)) {
            problems.add(where + ".format: must be openai or anthropic, is \"" + format + "\"");
        }
        if (!node.path("privateNetwork").isMissingNode() && !node.path("privateNetwork").isBoolean()) {
            problems.add(
                    where + ".privateNetwork: must be true or false (endpoints of this file may be private anyway)");
        }
        if (!node.path("streaming").isMissingNode() && !node.path("streaming").isBoolean()) {
            problems.add(
                    where + ".streaming: must be true or false (false = the endpoint cannot answer piece by piece)");
        }
        var keyVariable = node.path("apiKeyEnv").asText("");
        var key = keyVariable.isEmpty() ? "" : environment.getOrDefault(keyVariable, "");
        if (!keyVariable.isEmpty() && key.isEmpty()) {
            warnings.add(where + ": the environment has no " + keyVariable + ", so this provider is not configured");
        }
        return new Settings.Endpoint(name, format, uri(where + ".baseUrl", node.path("baseUrl").asText("")),
                !keyVariable.isEmpty() && key.isEmpty() ? null : new Secret(key),
                node.path("defaultModel").textValue(), node.path("prices").textValue(),
                node.path("streaming").asBoolean(true));
    }

    private Settings.Worker worker() {
        int before = problems.size();
        var lease = duration(Setting.PROMPTLAB_LEASE);
        var heartbeat = durationOr(Setting.PROMPTLAB_HEARTBEAT, lease.dividedBy(3));
        if (problems.size() == before && heartbeat.multipliedBy(3).compareTo(lease) > 0) {
            problems.add("PROMPTLAB_LEASE: " + Durations.format(lease)
                    + " must be at least three times PROMPTLAB_HEARTBEAT ("
                    + Durations.format(heartbeat) + ")");
        }
        return new Settings.Worker(number(Setting.PROMPTLAB_WORKER_CONCURRENCY, 1, 10_000),
                number(Setting.PROMPTLAB_LANE_CONCURRENCY, 1, 10_000), lease, heartbeat,
                durationOr(Setting.PROMPTLAB_SWEEP, lease.dividedBy(6)), duration(Setting.PROMPTLAB_POLL_INTERVAL));
    }

    private List<String> egressAllow() {
        var text = text(Setting.PROMPTLAB_EGRESS_ALLOW);
        var entries = text == null ? List.<String>of() : List.of(text.split(",", -1));
        try {
            OutgoingUrls.allowing(entries);
        } catch (IllegalArgumentException e) {
            problems.add("PROMPTLAB_EGRESS_ALLOW: " + e.getMessage()
                    + "; it takes host names, addresses and networks such as 10.0.0.0/8, with commas between");
        }
        return entries;
    }

    private @Nullable Secret masterKey() {
        var key = secret(Setting.PROMPTLAB_MASTER_KEY);
        var file = text(Setting.PROMPTLAB_MASTER_KEY_FILE);
        if (file == null) {
            return key == null ? null : masterKey(Setting.PROMPTLAB_MASTER_KEY, key.value());
        }
        if (key != null) {
            problems.add("PROMPTLAB_MASTER_KEY_FILE: is set together with PROMPTLAB_MASTER_KEY; set one of them");
            return null;
        }
        try {
            return masterKey(Setting.PROMPTLAB_MASTER_KEY_FILE, Files.readString(Path.of(file)).strip());
        } catch (IOException | InvalidPathException e) {
            problems.add("PROMPTLAB_MASTER_KEY_FILE: cannot be read: " + firstLine(e));
            return null;
        }
    }

    private @Nullable Secret masterKey(Setting setting, String base64) {
        try {
            if (Base64.getDecoder().decode(base64).length == MASTER_KEY_BYTES) {
                return new Secret(base64);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        problems.add(setting + ": must hold 32 bytes in base64, such as openssl rand -base64 32 makes");
        return null;
    }

    private @Nullable String tracesEndpoint() {
        var text = text(Setting.OTEL_EXPORTER_OTLP_ENDPOINT);
        if (text != null && !text.matches("https?://[^\\s/]+.*")) {
            problems.add(
                    "OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL such as http://localhost:4318, is \"" + text + "\"");
        }
        return text;
    }

    private Settings.Logs logs() {
        var format = text(Setting.PROMPTLAB_LOG_FORMAT);
        if (format != null && !Set.of("text", "json").contains(format)) {
            problems.add("PROMPTLAB_LOG_FORMAT: must be text or json, is \"" + format + "\"");
        }
        var level = required(Setting.PROMPTLAB_LOG_LEVEL).toLowerCase(Locale.ROOT);
        if (!Set.of("error", "warn", "info", "debug", "trace").contains(level)) {
            problems.add("PROMPTLAB_LOG_LEVEL: must be error, warn, info, debug or trace, is \"" + level + "\"");
        }
        return new Settings.Logs(format == null ? !onTerminal() : format.equals("json"), level);
    }

    @SuppressWarnings("SystemConsoleNull") // JDK 25 went back to null without a terminal
    private static boolean onTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /// Blank counts as not set, as empty variables of compose files do.
    private @Nullable String text(Setting setting) {
        var node = file.path(setting.yamlKey());
        return Stream.of(flags.getOrDefault(setting, ""), environment.getOrDefault(setting.name(), ""),
                node.isArray() ? join(node) : node.asText("")).filter(given -> !given.isBlank()).map(String::strip)
                .findFirst().orElse(setting.defaultValue());
    }

    private static String join(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).collect(Collectors.joining(","));
    }

    private String required(Setting setting) {
        var text = text(setting);
        if (text == null) {
            throw new IllegalStateException(setting + " has no default (bug)");
        }
        return text;
    }

    private @Nullable Secret secret(Setting setting) {
        var text = text(setting);
        return text == null ? null : new Secret(text);
    }

    private <T> T parsed(Setting setting, T onError, String expected, Function<String, @Nullable T> parser) {
        var text = required(setting);
        var value = parser.apply(text);
        if (value == null) {
            problems.add(setting + ": must be " + expected + ", is \"" + text + "\"");
            return onError;
        }
        return value;
    }

    private int number(Setting setting, int min, int max) {
        return parsed(setting, min, "a whole number from " + min + " to " + max, text -> {
            boolean digits = text.matches("\\d{1,9}");
            return digits && Integer.parseInt(text) >= min && Integer.parseInt(text) <= max ? Integer.valueOf(text)
                    : null;
        });
    }

    private Duration duration(Setting setting) {
        return parsed(setting, Duration.ofSeconds(1), "a duration such as 500ms, 5s, 2m or 1h",
                text -> Durations.parse(text).filter(Duration::isPositive).orElse(null));
    }

    private Duration durationOr(Setting setting, Duration otherwise) {
        return text(setting) == null ? otherwise : duration(setting);
    }

    private @Nullable Duration durationOrOff(Setting setting, Duration least) {
        if ("off".equals(text(setting)) || (text(setting) == null && "off".equals(setting.defaultValue()))) {
            return null;
        }
        var duration = duration(setting);
        if (duration.compareTo(least) < 0) {
            problems.add(setting + ": must be off or at least " + Durations.format(least) + ", is "
                    + Durations.format(duration));
        }
        return duration;
    }

    private List<Duration> durations(Setting setting) {
        return parsed(setting, List.of(Duration.ofSeconds(1)), "durations such as 1s,3s,10s", text -> {
            var parts = Arrays.stream(text.split(",", -1)).map(Durations::parse).toList();
            return parts.stream().allMatch(Optional::isPresent)
                    ? parts.stream().map(Optional::orElseThrow).toList()
                    : null;
        });
    }

    private int bytes(Setting setting) {
        return parsed(setting, 1, "a size such as 512KiB or 1MiB", text -> {
            var match = SIZE.matcher(text);
            if (!match.matches()) {
                return null;
            }
            var size = new BigDecimal(match.group(1))
                    .multiply(new BigDecimal(match.group(2).equals("KiB") ? 1 << 10 : 1 << 20));
            return size.signum() > 0 && size.compareTo(new BigDecimal(1 << 30)) <= 0 ? size.intValue() : null;
        });
    }

    private URI uri(Setting setting) {
        return uri(setting.name(), required(setting));
    }

    private URI uri(String where, String text) {
        try {
            var uri = URI.create(text);
            if (Set.of("http", "https").contains(String.valueOf(uri.getScheme())) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        problems.add(where + ": must be an http or https URL, is \"" + text + "\"");
        return URI.create("http://invalid");
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
    }
}
