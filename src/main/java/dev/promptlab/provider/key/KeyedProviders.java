package dev.promptlab.provider.key;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.provider.HttpCalls;
import dev.promptlab.provider.Offer;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.provider.Providers;
import dev.promptlab.provider.Providers.Endpoint;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.MasterKey;

import static java.util.Objects.requireNonNull;

/// The workspaces' own keys before the server's. A workspace's own key for a provider wins; the server's serves the default
/// workspace and those that the operator allows. What is said here is at most a second old. Thread-safe.
public final class KeyedProviders implements ProviderSource {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMinutes(10);
    private static final int MAX_REMEMBERED = 10_000;

    /// One key as it was saved once.
    private record Revision(UUID workspaceId, String name, Instant updatedAt) {}

    private final Database db;
    private final DataKeys keys;
    private final Providers server;
    private final HttpCalls guarded;
    private final LoadingCache<UUID, Map<String, ProviderKey>> own;
    private final LoadingCache<UUID, Boolean> allowed;
    private final Cache<Revision, Endpoint> opened = Caffeine.newBuilder().expireAfterAccess(IDLE)
            .maximumSize(MAX_REMEMBERED).build();

    /// @param db may read provider keys
    /// @param guarded for base URLs that users entered
    public KeyedProviders(Database db, DataKeys keys, Providers server, HttpCalls guarded) {
        this.db = db;
        this.keys = keys;
        this.server = server;
        this.guarded = guarded;
        this.own = Caffeine.newBuilder().expireAfterWrite(FRESH).maximumSize(MAX_REMEMBERED).build(this::load);
        this.allowed = Caffeine.newBuilder().expireAfterWrite(FRESH).maximumSize(MAX_REMEMBERED)
                .build(id -> db.autocommit(id, handle -> ProviderKeyStore.mayUseServerKeys(handle, id)));
    }

    private Map<String, ProviderKey> load(UUID workspaceId) {
        var found = new LinkedHashMap<String, ProviderKey>();
        db.autocommit(workspaceId, handle -> ProviderKeyStore.list(handle, workspaceId))
                .forEach(key -> found.put(key.name(), key));
        return found;
    }

    /// What this process remembers of a workspace is old.
    void forget(UUID workspaceId) {
        own.invalidate(workspaceId);
        allowed.invalidate(workspaceId);
    }

    /// Whether the server's keys are for this workspace.
    boolean mayUseServerKeys(UUID workspaceId) {
        return workspaceId.equals(Caller.DEFAULT_WORKSPACE) || allowed.get(workspaceId);
    }

    @Override
    public Endpoint require(UUID workspaceId, String name, String keyScope) {
        if (keyScope.equals(Providers.SERVER_KEY)) {
            return server.require(workspaceId, name, keyScope);
        }
        if (!keyScope.equals(workspaceId.toString())) {
            throw new IllegalStateException("a job in the lane of another workspace's key (bug)");
        }
        return open(usable(workspaceId, name).or(() -> {
            own.invalidate(workspaceId); // it may have been saved within the last second
            return usable(workspaceId, name);
        }).orElseThrow(() -> new NotConfiguredException("this workspace's own key for the provider \"" + name
                + "\" was removed after the job was submitted; save one with PUT /provider-keys/" + name
                + " and retry the job, or submit it anew")));
    }

    private Optional<ProviderKey> usable(UUID workspaceId, String name) {
        return Optional.ofNullable(own.get(workspaceId).get(name)).filter(key -> key.sealed() != null);
    }

    /// @throws NotConfiguredException when the key does not belong to the base URL of today
    Endpoint open(ProviderKey key) {
        return opened.get(new Revision(key.workspaceId(), key.name(), key.updatedAt()), _ -> build(key));
    }

    private Endpoint build(ProviderKey key) {
        var base = baseUrl(key);
        var settings = server.setting(key.name());
        var model = Optional.ofNullable(key.defaultModel()).or(() -> settings.map(Settings.Endpoint::defaultModel));
        var endpoint = new Settings.Endpoint(key.name(), key.format(), base, secret(key, Providers.origin(base)),
                model.orElse(null), key.prices(), settings.map(Settings.Endpoint::streaming).orElse(true));
        return server.withKeyOf(key.workspaceId(), endpoint,
                key.baseUrl() == null ? Optional.empty() : Optional.of(guarded));
    }

    /// Where a key is sent.
    URI baseUrl(ProviderKey key) {
        return key.baseUrl() != null ? key.baseUrl() : serverUrl(key.name());
    }

    /// Where the settings say that a provider is.
    URI serverUrl(String name) {
        return server.setting(name).map(Settings.Endpoint::baseUrl)
                .orElseThrow(() -> new IllegalStateException("the settings always know " + name + " (bug)"));
    }

    /// Bound to where it will be sent, not to where its row says that it was to be sent.
    private Secret secret(ProviderKey key, String origin) {
        try {
            return new Secret(new String(keys.open(requireNonNull(key.sealed()), key.workspaceId(),
                    ProviderKey.purpose(origin)), StandardCharsets.US_ASCII));
        } catch (MasterKey.WrongKeyException e) {
            throw new NotConfiguredException("this workspace's own key for the provider \"" + key.name()
                    + "\" was saved for " + key.origin() + " and cannot be used for " + origin
                    + "; save it again with PUT /provider-keys/" + key.name());
        }
    }

    @Override
    public Offer offer(UUID workspaceId) {
        return new Mine(workspaceId);
    }

    /// Own keys first, then the server's, as far as they are for this workspace.
    private final class Mine implements Offer {
        private final UUID workspaceId;

        Mine(UUID workspaceId) {
            this.workspaceId = workspaceId;
        }

        @Override
        public Optional<Endpoint> find(String name) {
            return ownEndpoint(name).or(() -> serverEndpoint(name)).or(() -> {
                own.invalidate(workspaceId); // before somebody is refused, the latest counts
                return ownEndpoint(name);
            });
        }

        private Optional<Endpoint> ownEndpoint(String name) {
            return usable(workspaceId, name).map(KeyedProviders.this::open);
        }

        /// Never where the workspace has a key of its own that was wiped.
        private Optional<Endpoint> serverEndpoint(String name) {
            return server.find(name).filter(_ -> isOffered(name) && !own.get(workspaceId).containsKey(name));
        }

        private boolean isOffered(String name) {
            return name.equals(Providers.MOCK) || mayUseServerKeys(workspaceId);
        }

        @Override
        public List<String> configured() {
            return names(own.get(workspaceId).values().stream().filter(key -> key.sealed() != null),
                    server.configured().stream().filter(name -> serverEndpoint(name).isPresent()));
        }

        /// The names of the operator's own endpoints are not everybody's business.
        @Override
        public List<String> known() {
            Predicate<String> common = name -> List.of("anthropic", "openai").contains(name);
            return names(own.get(workspaceId).values().stream(),
                    server.known().stream().filter(common.or(this::isOffered)));
        }

        private List<String> names(Stream<ProviderKey> keys, Stream<String> others) {
            var names = Stream.concat(keys.map(ProviderKey::name), others).distinct().toList();
            return Stream.concat(names.stream().filter(name -> !name.equals(Providers.MOCK)),
                    names.stream().filter(Providers.MOCK::equals)).toList();
        }

        /// The operator's choice counts where it can be called.
        @Override
        public Optional<String> defaultProvider() {
            return server.defaultProvider()
                    .filter(name -> mayUseServerKeys(workspaceId) || configured().contains(name));
        }
    }
}
