package dev.promptlab.workspace.key;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Role;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Makes keys, shows them, renames and revokes them. Members see and change their own, admins those of everybody. Thread-safe.
public final class IssuedKeys {
    static final int MAX_NAME = 100;
    private static final String WHAT = "API key";

    /// What a key never has: those are a person's.
    private static final Set<Permission> NEVER = Set.of(Permission.ACCOUNT, Permission.WORKSPACE_OWN);

    /// What somebody asks for.
    ///
    /// @param scopes null = all that its maker may and a key may have
    /// @param expiresAt null = never, or when the key does that its maker showed
    record Wanted(String name, @Nullable Set<Permission> scopes, @Nullable Instant expiresAt) {}

    /// A new key.
    ///
    /// @param secret the key itself, shown this once
    record Issued(Secret secret, ApiKey key) {}

    private final Database db;
    private final Pepper pepper;

    /// @param db works for one workspace at a time
    public IssuedKeys(Database db, Pepper pepper) {
        this.db = db;
        this.pepper = pepper;
    }

    /// @throws Failure.Invalid when the key would have more than its maker, or live longer than the key that its maker showed
    Issued create(Caller caller, Wanted wanted) {
        if (caller.userId() == null && caller.apiKeyId() == null && !caller.equals(Caller.LOCAL)) {
            throw new Failure.Forbidden("API keys belong to accounts of this server; you are signed in without one");
        }
        var scopes = scopes(caller, wanted);
        return db.transaction(caller.workspaceId(), tx -> insert(tx, caller, wanted.name(), scopes,
                expiry(tx, caller, wanted.expiresAt())));
    }

    /// A key of nobody's, bounded by its scopes alone, for the operator of the server.
    ///
    /// @param role whose permissions it gets, as far as a key may have them
    /// @return the key itself, shown this once
    public Secret createForOperator(UUID workspaceId, String name, Role role) {
        var operator = new Caller(workspaceId, "operator", null, null, role.permissions());
        return db.transaction(workspaceId, tx -> {
            if (!ApiKeyStore.workspaceExists(tx, workspaceId)) {
                throw new Failure.NotFound("there is no workspace " + workspaceId);
            }
            return insert(tx, operator, name, grantable(operator), null);
        }).secret();
    }

    private static Set<Permission> scopes(Caller caller, Wanted wanted) {
        var grantable = grantable(caller);
        if (wanted.scopes() == null) {
            return grantable;
        }
        var missing = wanted.scopes().stream().filter(scope -> !grantable.contains(scope)).map(Permission::code)
                .sorted().toList();
        if (!missing.isEmpty()) {
            throw Failure.Invalid.field("scopes", "must be among what you may do yourself and a key may have, not "
                    + String.join(", ", missing));
        }
        return wanted.scopes();
    }

    private static Set<Permission> grantable(Caller caller) {
        var grantable = EnumSet.copyOf(caller.permissions());
        grantable.removeAll(NEVER);
        return grantable;
    }

    private static @Nullable Instant expiry(Handle tx, Caller caller, @Nullable Instant wanted) {
        if (caller.apiKeyId() == null) {
            return wanted;
        }
        var parent = ApiKeyStore.lock(tx, caller.workspaceId(), caller.apiKeyId())
                .orElseThrow(() -> new Failure.Forbidden("this API key was revoked a moment ago"));
        var latest = parent.expiresAt();
        if (wanted != null && latest != null && wanted.isAfter(latest)) {
            throw Failure.Invalid.field("expiresAt", "must not be after the end of the API key that you use, "
                    + Json.time(latest));
        }
        return wanted == null ? latest : wanted;
    }

    private Issued insert(Handle tx, Caller caller, String name, Set<Permission> scopes, @Nullable Instant expiresAt) {
        var secret = KeyText.random();
        var key = ApiKeyStore
                .insert(tx, new ApiKeyStore.NewKey(Ids.next(), caller.workspaceId(), name, pepper.hash(secret.value()),
                        KeyText.lastFour(secret), scopes, caller.userId(), caller.name(), caller.apiKeyId(),
                        expiresAt))
                .orElseThrow(() -> Failure.Invalid.field("expiresAt", "must be in the future"));
        var details = Json.object().put("name", name);
        key.scopes().forEach(details.putArray("scopes")::add);
        Audit.record(tx, caller, "api_key.create", key.id().toString(), details);
        return new Issued(secret, key);
    }

    List<ApiKey> list(Caller caller, boolean revoked, @Nullable UUID before, int limit) {
        return db.autocommit(caller.workspaceId(),
                handle -> ApiKeyStore.list(handle, sight(caller), revoked, before, limit));
    }

    ApiKey require(Caller caller, UUID id) {
        return db.autocommit(caller.workspaceId(), handle -> require(handle, caller, id));
    }

    ApiKey rename(Caller caller, UUID id, String name) {
        return db.transaction(caller.workspaceId(), tx -> {
            var before = require(tx, caller, id);
            ApiKeyStore.rename(tx, caller.workspaceId(), id, name);
            Audit.record(tx, caller, "api_key.rename", id.toString(),
                    Json.object().put("from", before.name()).put("to", name));
            return require(tx, caller, id);
        });
    }

    /// Again changes nothing.
    void revoke(Caller caller, UUID id) {
        db.inTransaction(caller.workspaceId(), tx -> {
            var key = require(tx, caller, id);
            ApiKeyStore.lockForRevocation(tx, caller.workspaceId(), id);
            for (var revoked : ApiKeyStore.revoke(tx, caller.workspaceId(), id)) {
                var details = Json.object();
                Audit.record(tx, caller, "api_key.revoke", revoked.toString(),
                        revoked.equals(id) ? details.put("name", key.name()) : details.put("madeWith", id.toString()));
            }
        });
    }

    private static ApiKey require(Handle handle, Caller caller, UUID id) {
        return ApiKeyStore.find(handle, sight(caller), id).orElseThrow(() -> Http.notFound(WHAT, id));
    }

    private static ApiKeyStore.Sight sight(Caller caller) {
        return new ApiKeyStore.Sight(caller.workspaceId(), caller.may(Permission.WORKSPACE_ADMIN), caller.userId(),
                caller.apiKeyId());
    }
}
