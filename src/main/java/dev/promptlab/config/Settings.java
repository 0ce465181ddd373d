package dev.promptlab.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.promptlab.net.Network;
import org.jspecify.annotations.Nullable;

/// Everything that can be set, checked. Built by [SettingsLoader].
///
/// @param metricsPort where figures and health are shown to operators; null = only without login, beside the API
/// @param databaseUrl null = embedded PostgreSQL in `dataDir`
/// @param redisUrl null = without Redis
/// @param retention how long jobs are kept after their end; null = for ever
/// @param snapshotLimit how long a session may sit idle in a transaction before it is ended; null = it is only logged
/// @param callbackBackoff waits before the repeated calls of a callback, each used once
/// @param egressAllow hosts, addresses and networks that calls to URLs of users may reach although they are not public
/// @param masterKey 32 bytes in base64; null = the generated one in `dataDir`
/// @param tracesEndpoint base URL that takes traces over OTLP; null = none are made
/// @param stopDelay how long a stopping process still answers requests, for load balancers to look away
/// @param warnings lines to print at start
public record Settings(
        int port,
        @Nullable Integer metricsPort,
        String host,
        Edge edge,
        Set<Role> roles,
        @Nullable Secret databaseUrl,
        @Nullable Secret redisUrl,
        Path dataDir,
        Providers providers,
        Worker worker,
        Duration cacheTtl,
        @Nullable Duration retention,
        @Nullable Duration snapshotLimit,
        int maxBodyBytes,
        int maxBatchBodyBytes,
        Duration stopDelay,
        Duration drainTimeout,
        List<Duration> callbackBackoff,
        List<String> egressAllow,
        @Nullable Secret masterKey,
        Accounts accounts,
        Limits limits,
        @Nullable String tracesEndpoint,
        Logs logs,
        List<String> warnings) {

    /// Which requests are answered, and whose word about them counts.
    ///
    /// @param local without login: only requests that name the loopback, and none that pages of other origins sent
    /// @param hosts lower-case names that requests may be addressed to; empty = any, with `local` those of the loopback
    /// @param origins pages that may call from elsewhere, spelled as browsers do: `https://app.example.com`
    /// @param trustedProxies whose `X-Forwarded-...` headers are believed
    public record Edge(boolean local, Set<String> hosts, Set<String> origins, List<Network> trustedProxies) {
        public static final Edge LOCAL = new Edge(true, Set.of(), Set.of(), List.of());

        public Edge {
            hosts = Set.copyOf(hosts);
            origins = Set.copyOf(origins);
            trustedProxies = List.copyOf(trustedProxies);
        }
    }

    /// What a process does.
    public enum Role {
        API, WORKER
    }

    /// @param endpoints `anthropic` and `openai` always, named ones from the YAML file
    /// @param defaultProvider for requests that name none
    /// @param maxAttempts calls per job unless the request says otherwise
    /// @param backoff waits between attempts; the last one repeats
    public record Providers(
            List<Endpoint> endpoints,
            @Nullable String defaultProvider,
            Duration timeout,
            int maxAttempts,
            List<Duration> backoff) {
        public Providers {
            endpoints = List.copyOf(endpoints);
            backoff = List.copyOf(backoff);
        }
    }

    /// One place to call.
    ///
    /// @param format `openai` or `anthropic`
    /// @param apiKey null = not configured
    /// @param prices whose price list applies; null = by name or host
    /// @param streaming whether answers are asked for piece by piece
    public record Endpoint(
            String name,
            String format,
            URI baseUrl,
            @Nullable Secret apiKey,
            @Nullable String defaultModel,
            @Nullable String prices,
            boolean streaming) {
        /// One that streams.
        public Endpoint(String name, String format, URI baseUrl, @Nullable Secret apiKey, @Nullable String defaultModel,
                @Nullable String prices) {
            this(name, format, baseUrl, apiKey, defaultModel, prices, true);
        }
    }

    /// How a process works the queue.
    ///
    /// @param concurrency jobs in flight in this process
    /// @param laneConcurrency default cap of a lane over all processes
    /// @param lease how long a claimed job belongs to a process without a heartbeat; at least three heartbeats
    /// @param sweep pause between looks for expired leases
    /// @param pollInterval longest time a due job waits unseen when hints are lost
    public record Worker(
            int concurrency,
            int laneConcurrency,
            Duration lease,
            Duration heartbeat,
            Duration sweep,
            Duration pollInterval) {}

    /// Who may use the server.
    ///
    /// @param oidc whose access tokens are taken beside our own; null = nobody's
    public record Accounts(Auth auth, SignUp signUp, @Nullable Oidc oidc) {}

    /// Whether people sign in.
    public enum Auth {
        /// Nobody does: whoever reaches the server over the loopback is its owner.
        LOCAL,
        /// Every request shows who it comes from.
        REQUIRED
    }

    /// Who may make an account.
    public enum SignUp {
        /// Everybody; each gets a workspace.
        OPEN,
        /// Whoever has an invitation into a workspace.
        INVITE
    }

    /// An issuer outside of PromptLab.
    ///
    /// @param issuer as its tokens name it, a URL
    /// @param audience that its tokens for us are for
    /// @param workspaceClaim says which workspace the holder works in
    /// @param roleClaim says what the holder is there
    public record Oidc(String issuer, String audience, String workspaceClaim, String roleClaim) {}

    /// How many requests one caller may make; a workspace may get others.
    ///
    /// @param writes null = as many as they like
    /// @param reads null = as many as they like
    public record Limits(@Nullable Rate writes, @Nullable Rate reads) {}

    /// @param json one JSON object a line instead of text
    public record Logs(boolean json, String level) {}

    public Settings {
        roles = Set.copyOf(roles);
        callbackBackoff = List.copyOf(callbackBackoff);
        egressAllow = List.copyOf(egressAllow);
        warnings = List.copyOf(warnings);
    }

    /// Reads flags (by [Setting#flag]), environment, the YAML file and the defaults, in this order of precedence.
    ///
    /// @throws SettingsException with every problem at once
    public static Settings load(Map<Setting, String> flags, Map<String, String> environment) {
        return new SettingsLoader(flags, environment).load();
    }
}
