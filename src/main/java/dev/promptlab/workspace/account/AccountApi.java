package dev.promptlab.workspace.account;

import java.time.Clock;
import java.util.List;
import java.util.Optional;

import dev.promptlab.config.Settings;
import dev.promptlab.config.Settings.Auth;
import dev.promptlab.db.Database;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.secret.DataKeys;
import org.jspecify.annotations.Nullable;

/// Accounts as a server has them, put together. Thread-safe.
public final class AccountApi implements AutoCloseable {
    private final Sessions sessions;
    private final AccessTokens accessTokens;
    private final SetupTokens setupTokens;
    private final @Nullable ExternalTokens externalTokens;
    private final AccountRoutes routes;

    /// @param db a pool of the role `promptlab_auth`
    public AccountApi(Database db, DataKeys dataKeys, UserWorkspaces workspaces, Settings.Accounts settings) {
        var keys = new SigningKeys(db, dataKeys);
        this.sessions = new Sessions(db);
        this.accessTokens = new AccessTokens(keys, sessions, Clock.systemUTC());
        this.setupTokens = new SetupTokens(db, workspaces);
        this.externalTokens = settings.oidc() == null ? null : new ExternalTokens(settings.oidc());
        var accounts = new Accounts(db, sessions, new Passwords(), setupTokens, workspaces, settings.signUp());
        this.routes = new AccountRoutes(settings.auth(), accounts, sessions, accessTokens, keys);
        if (settings.auth() == Auth.REQUIRED) {
            keys.makeFirst();
        }
    }

    public List<Route> routes() {
        return routes.routes();
    }

    public AccessTokens accessTokens() {
        return accessTokens;
    }

    public Sessions sessions() {
        return sessions;
    }

    /// Empty when no issuer is set.
    public Optional<ExternalTokens> externalTokens() {
        return Optional.ofNullable(externalTokens);
    }

    public SetupTokens setupTokens() {
        return setupTokens;
    }

    @Override
    public void close() {
        if (externalTokens != null) {
            externalTokens.close();
        }
    }
}
