package dev.promptlab.provider.key;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.provider.ProviderSource;
import dev.promptlab.provider.Providers;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.SealedColumn;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Saves the workspaces' own keys for providers and shows everything of them but the keys. Thread-safe.
public final class ProviderKeys {
    private static final Pattern NAME = Pattern.compile("(?=.{1,60}$)[a-z0-9]+([._-][a-z0-9]+)*");
    private static final List<String> BUILT_IN = List.of("anthropic", "openai");
    private static final int MAX_KEYS = 100;
    private static final int LAST = 4;
    /// Of a shorter key, four characters tell too much.
    private static final int TELLS_LITTLE = 12;

    private final Database db;
    private final DataKeys keys;
    private final KeyedProviders providers;

    /// @param db works for one workspace at a time
    /// @param providers of the same pool; hears of every change
    public ProviderKeys(Database db, DataKeys keys, KeyedProviders providers) {
        this.db = db;
        this.keys = keys;
        this.providers = providers;
    }

    /// For the rotation of the master key.
    public static List<SealedColumn> sealedColumns() {
        return List.of(new ProviderKeyStore());
    }

    /// Says whether a workspace may use the server's keys.
    ///
    /// @param operators may change every workspace
    /// @return whether there is such a workspace
    public static boolean allowServerKeys(Database operators, UUID workspaceId, boolean allowed) {
        return operators.transaction(tx -> {
            if (!ProviderKeyStore.allowServerKeys(tx, workspaceId, allowed)) {
                return false;
            }
            var operator = new Caller(workspaceId, "operator", null, null, Set.of());
            Audit.record(tx, operator, "workspace.server_keys", workspaceId.toString(),
                    Json.object().put("allowed", allowed));
            return true;
        });
    }

    /// By name.
    List<ProviderKey> list(UUID workspaceId) {
        return db.autocommit(workspaceId, handle -> ProviderKeyStore.list(handle, workspaceId));
    }

    ProviderKey require(UUID workspaceId, String name) {
        return db.autocommit(workspaceId, handle -> ProviderKeyStore.find(handle, workspaceId, name))
                .orElseThrow(() -> notFound(name));
    }

    URI baseUrl(ProviderKey key) {
        return providers.baseUrl(key);
    }

    /// The provider as it would be called now.
    Providers.Endpoint endpoint(ProviderKey key) {
        if (key.sealed() == null) {
            throw new Failure.Conflict("the provider key \"" + key.name()
                    + "\" was wiped when its base URL changed; send apiKey with PUT /provider-keys/" + key.name());
        }
        try {
            return providers.open(key);
        } catch (ProviderSource.NotConfiguredException e) {
            throw new Failure.Conflict(String.valueOf(e.getMessage()));
        }
    }

    /// Creates or changes; a new base URL without a new key wipes the key.
    ProviderKey put(Caller caller, String name, KeyChange change) {
        if (!NAME.matcher(name).matches() || name.equals(Providers.MOCK)) {
            throw Failure.Invalid.field("name",
                    "must be lower-case letters and digits with . _ - between them, at most 60, and not mock");
        }
        var saved = db.transaction(caller.workspaceId(), tx -> put(tx, caller, name, change));
        providers.forget(caller.workspaceId());
        return saved;
    }

    private ProviderKey put(Handle tx, Caller caller, String name, KeyChange change) {
        var before = ProviderKeyStore.lock(tx, caller.workspaceId(), name);
        if (before.isEmpty() && ProviderKeyStore.list(tx, caller.workspaceId()).size() >= MAX_KEYS) {
            throw new Failure.Conflict("a workspace has at most " + MAX_KEYS + " provider keys");
        }
        var next = next(tx, caller, name, change, before);
        var saved = ProviderKeyStore.put(tx, next);
        Audit.record(tx, caller, "provider_key.set", name, Json.object()
                .put("baseUrl", providers.baseUrl(saved).toString()).put("format", saved.format())
                .put("key", change.apiKey() != null ? "new" : saved.sealed() == null ? "wiped" : "kept"));
        return saved;
    }

    private ProviderKey next(Handle tx, Caller caller, String name, KeyChange change, Optional<ProviderKey> before) {
        var baseUrl = change.baseUrl() != null ? change.baseUrl() : before.map(ProviderKey::baseUrl).orElse(null);
        requireBaseUrl(name, baseUrl);
        var origin = Providers.origin(baseUrl == null ? providers.serverUrl(name) : baseUrl);
        var kept = before.filter(old -> old.origin().equals(origin)
                && Objects.equals(old.baseUrl(), baseUrl)).orElse(null);
        if (before.isEmpty() && change.apiKey() == null) {
            throw Failure.Invalid.field("apiKey", "is required");
        }
        var sealed = change.apiKey() == null ? kept == null ? null : kept.sealed()
                : keys.seal(tx, change.apiKey().value().getBytes(StandardCharsets.US_ASCII), caller.workspaceId(),
                        ProviderKey.purpose(origin));
        var lastFour = change.apiKey() == null ? kept == null ? null : kept.lastFour()
                : lastFour(change.apiKey());
        return new ProviderKey(caller.workspaceId(), name, format(name, change, before), baseUrl, origin, sealed,
                lastFour, or(change.defaultModel(), before.map(ProviderKey::defaultModel)),
                or(change.prices(), before.map(ProviderKey::prices)), Instant.EPOCH, Instant.EPOCH);
    }

    private static @Nullable String or(@Nullable String changed, Optional<String> before) {
        return changed == null ? before.orElse(null) : changed;
    }

    private static String format(String name, KeyChange change, Optional<ProviderKey> before) {
        if (BUILT_IN.contains(name)) {
            if (change.format() != null && !change.format().equals(name)) {
                throw Failure.Invalid.field("format", "is " + name + " for this name; choose another name");
            }
            return name;
        }
        return Optional.ofNullable(change.format()).or(() -> before.map(ProviderKey::format))
                .orElseThrow(() -> Failure.Invalid.field("format", "is required: anthropic or openai"));
    }

    /// The operator's own endpoints may ask for no key: nobody gets there by bringing one.
    private static void requireBaseUrl(String name, @Nullable URI baseUrl) {
        if (baseUrl == null && !BUILT_IN.contains(name)) {
            throw Failure.Invalid.field("baseUrl", "is required");
        }
    }

    private static String lastFour(Secret key) {
        var text = key.value();
        return text.length() < TELLS_LITTLE ? "" : text.substring(text.length() - LAST);
    }

    void delete(Caller caller, String name) {
        db.inTransaction(caller.workspaceId(), tx -> {
            if (!ProviderKeyStore.delete(tx, caller.workspaceId(), name)) {
                throw notFound(name);
            }
            Audit.record(tx, caller, "provider_key.remove", name, Json.object());
        });
        providers.forget(caller.workspaceId());
    }

    private static Failure.NotFound notFound(String name) {
        return new Failure.NotFound("there is no provider key \"" + name + "\" in this workspace");
    }
}
