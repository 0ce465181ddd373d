package dev.promptlab.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/// Every key the product knows, with its default and what it means. The environment variable is the constant's name;
/// the flag (`--worker-concurrency`) and the key in the YAML file (`workerConcurrency`) follow from it.
public enum Setting {
    PORT("4000", "port to listen on; 0 takes a free one"),
    PROMPTLAB_HOST("127.0.0.1", "address to listen on"),
    PROMPTLAB_ROLES("api,worker", "what this process does"),
    DATABASE_URL(null,
            "postgresql://user:password@host:port/database?sslmode=...; without it an embedded PostgreSQL runs in the data folder"),
    REDIS_URL(null,
            "redis://:password@host:6379/0, rediss:// with TLS, several hosts for a Cluster, redis-sentinel://host:26379/0#master; shared by all processes"),
    PROMPTLAB_DATA_DIR("./.promptlab", "folder of the embedded PostgreSQL and of generated secrets"),
    PROMPTLAB_MASTER_KEY(null,
            "32 bytes in base64 that seal stored secrets; needed with DATABASE_URL, the same in every process; default: a generated one in the data folder"),
    PROMPTLAB_MASTER_KEY_FILE(null, "file that holds the master key, instead of PROMPTLAB_MASTER_KEY"),
    PROMPTLAB_AUTH(null,
            "local (no login, loopback only) or required; default: local on a loopback address, else required"),
    PROMPTLAB_SIGNUP("open",
            "who may make an account: open (everybody, each with a workspace) or invite (with an invitation into a workspace)"),
    PROMPTLAB_OIDC_ISSUER(null,
            "URL of an issuer outside of PromptLab (OpenID Connect) whose access tokens are taken as well"),
    PROMPTLAB_OIDC_AUDIENCE(null, "audience that the tokens of this issuer must be for"),
    PROMPTLAB_OIDC_WORKSPACE_CLAIM("workspace", "claim of these tokens that holds the id of the workspace"),
    PROMPTLAB_OIDC_ROLE_CLAIM("role", "claim of these tokens that holds owner, admin, member or viewer"),
    PROMPTLAB_HOSTS(null,
            "host names that requests may be addressed to, with commas between; default: any, without login those of the loopback"),
    PROMPTLAB_CORS_ORIGINS(null,
            "origins (https://app.example.com) whose pages may call this server, with commas between; default: only its own"),
    PROMPTLAB_TRUSTED_PROXIES(null,
            "addresses and networks (10.0.0.0/8) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed"),
    ANTHROPIC_API_KEY(null, "server-wide key for Anthropic"),
    ANTHROPIC_BASE_URL("https://api.anthropic.com", "where Anthropic's API is"),
    OPENAI_API_KEY(null, "server-wide key for OpenAI"),
    OPENAI_BASE_URL("https://api.openai.com/v1", "where OpenAI's API is, ending in /v1"),
    PROMPTLAB_DEFAULT_PROVIDER(null, "provider for requests that name none"),
    PROMPTLAB_ANTHROPIC_MODEL("claude-haiku-4-5", "model for requests to Anthropic that name none"),
    PROMPTLAB_OPENAI_MODEL("gpt-5-mini", "model for requests to OpenAI that name none"),
    PROMPTLAB_PROVIDER_TIMEOUT("30s", "hard deadline of one provider call, body included"),
    PROMPTLAB_MAX_ATTEMPTS("3", "calls per job, 1 to 20"),
    PROMPTLAB_RETRY_BACKOFF("1s,3s,10s", "waits between attempts, +-20 %; the last one repeats"),
    PROMPTLAB_WORKER_CONCURRENCY("64", "jobs in flight in this process, 1 to 10000"),
    PROMPTLAB_LANE_CONCURRENCY("64",
            "jobs in flight per provider endpoint, key and model over all processes, 1 to 10000"),
    PROMPTLAB_LEASE("30s",
            "how long a claimed job belongs to a process without a heartbeat; at least three heartbeats"),
    PROMPTLAB_HEARTBEAT(null, "pause between heartbeats; default: a third of the lease"),
    PROMPTLAB_SWEEP(null, "pause between looks for expired leases; default: a sixth of the lease"),
    PROMPTLAB_POLL_INTERVAL("1s", "longest time a due job waits unseen when every hint is lost"),
    PROMPTLAB_STOP_DELAY(null,
            "how long a stopping process still answers requests while /health/ready says 503; default: not at all"),
    PROMPTLAB_DRAIN_TIMEOUT("30s", "how long a stopping process may finish what it runs"),
    PROMPTLAB_RATE_LIMIT(null,
            "requests that change something, per API key, user or address in any stretch of this length; off: no limit; default: 100/1m, without login off"),
    PROMPTLAB_RATE_LIMIT_READS(null, "the same for requests that read; default: 1000/1m, without login off"),
    PROMPTLAB_CACHE_TTL("1h", "how long a result stays in the fast cache"),
    PROMPTLAB_RETENTION("off", "how long jobs are kept after their end, at least 1d; off: for ever"),
    PROMPTLAB_SNAPSHOT_LIMIT("50s",
            "how long a session may sit idle in a transaction, which slows every claim, before it is ended; off: it is only logged"),
    PROMPTLAB_MAX_BODY("1MiB", "largest request body"),
    PROMPTLAB_MAX_BATCH_BODY("64MiB", "largest body of a batch of jobs"),
    PROMPTLAB_CALLBACK_BACKOFF("10s,1m,5m,30m,2h,6h,12h",
            "waits before the repeated calls of a callback, +-20 %; one call after each, at most a day"),
    PROMPTLAB_EGRESS_ALLOW(null,
            "hosts, addresses and networks (10.0.0.0/8) that calls to URLs of users may reach although they are not public"),
    PROMPTLAB_CONFIG(null, "YAML file with settings and provider endpoints; default: promptlab.yaml if there"),
    PROMPTLAB_METRICS_PORT(null,
            "port for /metrics and /health alone, without login, in every role; 0 takes a free one; default: none"),
    OTEL_EXPORTER_OTLP_ENDPOINT(null,
            "base URL of a collector that traces are sent to over OTLP (http://localhost:4318); default: none are made"),
    PROMPTLAB_LOG_FORMAT(null, "text or json; default: text on a terminal"),
    PROMPTLAB_LOG_LEVEL("info", "error, warn, info, debug or trace");

    private final @Nullable String defaultValue;
    private final String meaning;

    Setting(@Nullable String defaultValue, String meaning) {
        this.defaultValue = defaultValue;
        this.meaning = meaning;
    }

    /// What holds when nobody sets it; null when nothing does or when it is derived.
    public @Nullable String defaultValue() {
        return defaultValue;
    }

    /// One line for people.
    public String meaning() {
        return meaning;
    }

    /// `--worker-concurrency`
    public String flag() {
        return "--" + shortName().replace('_', '-');
    }

    /// `workerConcurrency`
    public String yamlKey() {
        var words = shortName().split("_");
        return words[0] + Arrays.stream(words).skip(1)
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1)).reduce("", String::concat);
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Setting::name).toList();
    }

    private String shortName() {
        var name = name().toLowerCase(Locale.ROOT);
        return name.startsWith("promptlab_") ? name.substring("promptlab_".length()) : name;
    }
}
