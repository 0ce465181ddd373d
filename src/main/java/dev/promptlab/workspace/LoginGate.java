package dev.promptlab.workspace;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.web.Access;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Gatekeeper;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.account.AccountApi;
import dev.promptlab.workspace.account.CookieHolder;
import dev.promptlab.workspace.account.ExternalHolder;
import dev.promptlab.workspace.account.SessionCookie;
import dev.promptlab.workspace.account.TokenHolder;
import dev.promptlab.workspace.key.ApiKeys;
import dev.promptlab.workspace.key.KeyHolder;
import dev.promptlab.workspace.member.Memberships;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import org.jspecify.annotations.Nullable;

/// A server with login: finds out who shows a credential, for which workspace, and lets in whoever may do what the route asks
/// for. What it relies on is at most two seconds old, so that whatever is revoked stops working on every node. Thread-safe.
public final class LoginGate implements Gatekeeper {
    private static final String WORKSPACE = "X-Workspace-Id";
    private static final String BEARER = "Bearer ";
    /// For random ids and those of others alike.
    private static final String STRANGER = "you are not a member of this workspace";

    /// Who shows a credential that holds.
    private sealed interface Identity {
        record User(TokenHolder holder) implements Identity {}

        record Key(KeyHolder holder) implements Identity {}

        record External(ExternalHolder holder) implements Identity {}
    }

    private final AccountApi accounts;
    private final ApiKeys keys;
    private final Memberships memberships;

    public LoginGate(AccountApi accounts, ApiKeys keys, Memberships memberships) {
        this.accounts = accounts;
        this.keys = keys;
        this.memberships = memberships;
    }

    @Override
    public void admit(Context ctx, Access access) {
        if (access.equals(Access.PUBLIC)) {
            return;
        }
        var identity = identify(ctx);
        if (access.equals(Permission.ACCOUNT)) {
            person(identity).person().enter(ctx);
        } else {
            caller(identity, workspace(ctx)).enter(ctx, access);
        }
    }

    /// Pages cannot send headers with a WebSocket: there the address may name the workspace.
    private static @Nullable String workspace(Context ctx) {
        var named = ctx.header(WORKSPACE);
        return named != null || ctx.header("Upgrade") == null ? named : ctx.queryParam("workspace");
    }

    private Identity identify(Context ctx) {
        var key = ctx.header("X-API-Key");
        var authorization = ctx.header("Authorization");
        if (key != null && authorization != null) {
            throw new Failure.Unauthorized("send either X-API-Key or Authorization, not both");
        }
        if (key != null) {
            return key(key);
        }
        if (authorization != null) {
            return bearer(authorization);
        }
        return SessionCookie.of(ctx).map(cookie -> user(ctx, cookie)).orElseThrow(() -> new Failure.Unauthorized(
                "say who you are: send Authorization: Bearer with an access token (POST /auth/login) or an API key"));
    }

    private Identity bearer(String authorization) {
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw new Failure.Unauthorized(
                    "the header Authorization must be Bearer with an access token or an API key");
        }
        var credential = authorization.substring(BEARER.length()).strip();
        return ApiKeys.isKey(credential) ? key(credential) : token(credential);
    }

    private Identity key(String text) {
        return keys.find(text).map(Identity.Key::new)
                .orElseThrow(() -> new Failure.Unauthorized("this API key is not valid, or not any more"));
    }

    private Identity token(String text) {
        return accounts.accessTokens().verify(text).<Identity>map(Identity.User::new)
                .or(() -> accounts.externalTokens().flatMap(issuer -> issuer.verify(text)).map(Identity.External::new))
                .orElseThrow(() -> new Failure.Unauthorized(
                        "this access token is not valid, or not any more; POST /auth/refresh gives the next one"));
    }

    private Identity user(Context ctx, String cookie) {
        var found = accounts.sessions().find(cookie)
                .orElseThrow(() -> new Failure.Unauthorized("this session has ended; sign in again"));
        requireOwnPage(ctx, found);
        return new Identity.User(found.holder());
    }

    /// A browser sends cookies with requests that other sites make, too.
    private static void requireOwnPage(Context ctx, CookieHolder cookie) {
        boolean reads = Set.of(HandlerType.GET, HandlerType.HEAD).contains(ctx.method());
        if (!reads && !cookie.isCsrfToken(ctx.header("X-CSRF-Token"))) {
            throw new Failure.Forbidden("with a session cookie, changes need the header X-CSRF-Token;"
                    + " GET /auth/me tells its value");
        }
    }

    private static TokenHolder person(Identity identity) {
        return switch (identity) {
            case Identity.User(var holder) -> holder;
            case Identity.Key _ ->
                throw new Failure.Forbidden("this is for people who are signed in, not for API keys");
            case Identity.External _ ->
                throw new Failure.Forbidden("this is for accounts of this server, not for those of another issuer");
        };
    }

    private Caller caller(Identity identity, @Nullable String wanted) {
        return switch (identity) {
            case Identity.User(var holder) -> member(holder, wanted);
            case Identity.Key(var holder) -> keyHolder(holder, wanted);
            case Identity.External(var holder) -> external(holder, wanted);
        };
    }

    private Caller member(TokenHolder holder, @Nullable String wanted) {
        var workspaceId = wanted == null
                ? Optional.ofNullable(holder.workspaceId()).or(() -> memberships.first(holder.userId()))
                        .orElseThrow(() -> new Failure.Forbidden("you are not a member of any workspace;"
                                + " POST /workspaces makes one"))
                : Uuids.parse(wanted).orElseThrow(() -> new Failure.Forbidden(STRANGER));
        var role = memberships.role(holder.userId(), workspaceId)
                .orElseThrow(() -> new Failure.Forbidden(STRANGER));
        return new Caller(workspaceId, holder.email(), holder.userId(), null, role.permissions());
    }

    /// What the key may, as far as whoever made it still may it.
    private Caller keyHolder(KeyHolder holder, @Nullable String wanted) {
        requireSame(holder.workspaceId(), wanted);
        var permissions = EnumSet.copyOf(holder.scopes());
        if (holder.creatorId() == null) {
            requireOpen(holder.workspaceId());
        } else {
            permissions.retainAll(memberships.role(holder.creatorId(), holder.workspaceId())
                    .orElseThrow(() -> new Failure.Unauthorized("whoever made this API key has left the workspace"))
                    .permissions());
        }
        return new Caller(holder.workspaceId(), "API key " + holder.name(), holder.creatorId(), holder.keyId(),
                permissions);
    }

    /// Keys that such people made would outlive what their issuer says of them.
    private Caller external(ExternalHolder holder, @Nullable String wanted) {
        requireSame(holder.workspaceId(), wanted);
        requireOpen(holder.workspaceId());
        var permissions = EnumSet.copyOf(holder.role().permissions());
        permissions.remove(Permission.API_KEYS);
        return new Caller(holder.workspaceId(), holder.name(), null, null, permissions);
    }

    private static void requireSame(UUID workspaceId, @Nullable String wanted) {
        if (wanted != null && !Uuids.parse(wanted).equals(Optional.of(workspaceId))) {
            throw new Failure.Forbidden(STRANGER);
        }
    }

    private void requireOpen(UUID workspaceId) {
        if (!memberships.isOpen(workspaceId)) {
            throw new Failure.Forbidden(STRANGER);
        }
    }
}
