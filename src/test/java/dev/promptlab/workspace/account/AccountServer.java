package dev.promptlab.workspace.account;

import java.util.Optional;

import dev.promptlab.config.Settings;
import dev.promptlab.config.Settings.Auth;
import dev.promptlab.config.Settings.SignUp;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Access;
import dev.promptlab.web.Failure;
import dev.promptlab.web.WebServer;
import dev.promptlab.workspace.LocalGate;
import dev.promptlab.workspace.access.Permission;
import io.javalin.http.Context;

/// One process that serves accounts and nothing else, with workspaces in memory.
final class AccountServer implements AutoCloseable {
    private final AccountApi accounts;
    private final WebServer web;

    private AccountServer(AccountApi accounts, WebServer web) {
        this.accounts = accounts;
        this.web = web;
    }

    static AccountServer start(TestDatabase database, Auth auth, SignUp signUp, UserWorkspaces workspaces) {
        var accounts = new AccountApi(database.as(DatabaseRole.AUTH), TestServer.dataKeys(database), workspaces,
                new Settings.Accounts(auth, signUp, null));
        return new AccountServer(accounts, WebServer.start("127.0.0.1", 0, 1 << 20,
                auth == Auth.LOCAL ? new LocalGate() : (ctx, access) -> admit(accounts, ctx, access),
                accounts.routes()));
    }

    /// As the gate of the product does for people.
    private static void admit(AccountApi accounts, Context ctx, Access access) {
        if (access == Permission.ACCOUNT) {
            var holder = ofToken(accounts, ctx).or(() -> ofCookie(accounts, ctx));
            holder.orElseThrow(() -> new Failure.Unauthorized("sign in")).person().enter(ctx);
        }
    }

    private static Optional<TokenHolder> ofToken(AccountApi accounts, Context ctx) {
        return Optional.ofNullable(ctx.header("Authorization")).filter(header -> header.startsWith("Bearer "))
                .flatMap(header -> accounts.accessTokens().verify(header.substring("Bearer ".length())));
    }

    private static Optional<TokenHolder> ofCookie(AccountApi accounts, Context ctx) {
        var cookie = SessionCookie.of(ctx).flatMap(accounts.sessions()::find);
        boolean reads = ctx.method().name().equals("GET") || ctx.method().name().equals("HEAD");
        if (cookie.isPresent() && !reads && !cookie.get().isCsrfToken(ctx.header("X-CSRF-Token"))) {
            throw new Failure.Forbidden("send the header X-CSRF-Token");
        }
        return cookie.map(CookieHolder::holder);
    }

    ApiClient api() {
        return ApiClient.of("http://127.0.0.1:" + web.port());
    }

    AccountApi accounts() {
        return accounts;
    }

    @Override
    public void close() {
        web.close();
        accounts.close();
    }
}
