package dev.promptlab.workspace.account;

import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings.Auth;
import dev.promptlab.db.StorableText;
import dev.promptlab.web.Access;
import dev.promptlab.web.ClientAddress;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;
import dev.promptlab.web.Uuids;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Person;
import dev.promptlab.workspace.access.Role;
import dev.promptlab.workspace.account.Accounts.SignedIn;
import dev.promptlab.workspace.account.UserWorkspaces.Membership;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// `/auth/...`: signing up, in and out, and one's own sessions; and the keys that access tokens are verified with.
final class AccountRoutes {
    private static final int MAX_TOKEN = 200;
    private static final int MAX_USER_AGENT = 200;

    /// Of a server without login.
    private static final Membership THE_ONLY_ONE = new Membership(Caller.DEFAULT_WORKSPACE, "Default",
            Role.OWNER.code());

    private final Auth auth;
    private final Accounts accounts;
    private final Sessions sessions;
    private final AccessTokens tokens;
    private final SigningKeys keys;

    AccountRoutes(Auth auth, Accounts accounts, Sessions sessions, AccessTokens tokens, SigningKeys keys) {
        this.auth = auth;
        this.accounts = accounts;
        this.sessions = sessions;
        this.tokens = tokens;
        this.keys = keys;
    }

    List<Route> routes() {
        return List.of(Route.post("/auth/register", Access.PUBLIC, this::register),
                Route.post("/auth/login", Access.PUBLIC, this::login),
                Route.post("/auth/refresh", Access.PUBLIC, this::refresh),
                Route.post("/auth/logout", Permission.ACCOUNT, this::logout),
                Route.post("/auth/logout-all", Permission.ACCOUNT, this::logoutAll),
                Route.get("/auth/me", Permission.ACCOUNT, this::me),
                Route.put("/auth/me", Permission.ACCOUNT, this::rename),
                Route.post("/auth/password", Permission.ACCOUNT, this::changePassword),
                Route.get("/auth/sessions", Permission.ACCOUNT, this::list),
                Route.delete("/auth/sessions/{id}", Permission.ACCOUNT, this::revoke),
                Route.get("/.well-known/jwks.json", Access.PUBLIC, this::keys));
    }

    private void register(Context ctx) {
        requireLogin();
        var fields = Fields.of(Http.body(ctx));
        var request = NewUser.read(fields);
        var kind = kind(fields);
        fields.check();
        answer(ctx, 201, accounts.register(request, client(ctx, kind)), kind, null);
    }

    private void login(Context ctx) {
        requireLogin();
        var fields = Fields.of(Http.body(ctx));
        var credentials = Credentials.read(fields);
        var kind = kind(fields);
        var workspaceId = fields.uuid("workspaceId");
        fields.check();
        answer(ctx, 200, accounts.signIn(credentials, client(ctx, kind)), kind, workspaceId);
    }

    private void refresh(Context ctx) {
        requireLogin();
        var fields = Fields.of(Http.body(ctx));
        var token = new Secret(fields.requiredText("refreshToken", MAX_TOKEN));
        var workspaceId = fields.uuid("workspaceId");
        fields.check();
        answer(ctx, 200, accounts.refresh(token, address(ctx)), Client.Kind.TOKEN, workspaceId);
    }

    private void requireLogin() {
        if (auth == Auth.LOCAL) {
            throw new Failure.Conflict(
                    "this server runs without login: everybody who reaches it is the owner of its one"
                            + " workspace; set PROMPTLAB_AUTH=required for accounts");
        }
    }

    private static Client.Kind kind(Fields fields) {
        return fields.flag("cookie") ? Client.Kind.COOKIE : Client.Kind.TOKEN;
    }

    private static Client client(Context ctx, Client.Kind kind) {
        var agent = StorableText.of(ctx.userAgent());
        return new Client(address(ctx),
                agent == null || agent.length() <= MAX_USER_AGENT ? agent : agent.substring(0, MAX_USER_AGENT), kind);
    }

    private static String address(Context ctx) {
        return ClientAddress.of(ctx);
    }

    private void answer(Context ctx, int status, SignedIn signedIn, Client.Kind kind, @Nullable UUID workspaceId) {
        var token = tokens.issue(signedIn.user(), signedIn.session().id(), workspaceId);
        var json = Json.object().put("token", token.token().value()).put("expiresAt", Json.time(token.expiresAt()));
        var secret = signedIn.session().secret();
        switch (kind) {
            case TOKEN -> json.put("refreshToken", secret.value());
            case COOKIE -> {
                SessionCookie.set(ctx, secret, Sessions.LIFE);
                json.put("csrfToken", Sessions.csrfToken(secret));
            }
        }
        json.put("refreshExpiresAt", Json.time(signedIn.session().endsAt()));
        Http.answer(ctx, status, json.set("user", json(signedIn.user())));
    }

    private static ObjectNode json(User user) {
        return Json.object().put("id", user.id().toString()).put("email", user.email()).put("name", user.name());
    }

    private void logout(Context ctx) {
        var person = Person.of(ctx);
        sessions.revoke(person.userId(), person.sessionId());
        SessionCookie.clear(ctx);
        ctx.status(204);
    }

    private void logoutAll(Context ctx) {
        sessions.revokeAll(Person.of(ctx).userId());
        SessionCookie.clear(ctx);
        ctx.status(204);
    }

    private void me(Context ctx) {
        answerMe(ctx, Person.of(ctx));
    }

    private void rename(Context ctx) {
        requireLogin();
        var person = Person.of(ctx);
        var fields = Fields.of(Http.body(ctx));
        var name = fields.requiredText("name", NewUser.MAX_NAME).strip();
        fields.check();
        accounts.rename(person.userId(), name);
        answerMe(ctx, new Person(person.userId(), person.email(), name, person.sessionId()));
    }

    private void answerMe(Context ctx, Person person) {
        var json = Json.object();
        json.set("user", json(new User(person.userId(), person.email(), person.name())));
        var list = json.putArray("workspaces");
        for (var workspace : workspaces(person)) {
            list.addObject().put("id", workspace.workspaceId().toString()).put("name", workspace.name())
                    .put("role", workspace.role());
        }
        json.put("csrfToken", csrfToken(ctx, person));
        Http.answer(ctx, 200, json);
    }

    private List<Membership> workspaces(Person person) {
        return person.equals(Person.LOCAL) ? List.of(THE_ONLY_ONE) : accounts.workspaces(person.userId());
    }

    /// For whoever came with a cookie; null for others.
    private @Nullable String csrfToken(Context ctx, Person person) {
        return SessionCookie.of(ctx).flatMap(sessions::find)
                .filter(cookie -> cookie.holder().sessionId().equals(person.sessionId()))
                .map(CookieHolder::csrfToken).orElse(null);
    }

    private void changePassword(Context ctx) {
        requireLogin();
        var person = Person.of(ctx);
        var fields = Fields.of(Http.body(ctx));
        var current = Credentials.password(fields, "currentPassword");
        var password = new Secret(Credentials.newPassword(fields, "newPassword", person.email()));
        fields.check();
        accounts.changePassword(person.userId(), person.sessionId(), current, password, address(ctx));
        ctx.status(204);
    }

    private void list(Context ctx) {
        var person = Person.of(ctx);
        var json = Json.array();
        for (var session : sessions.list(person.userId())) {
            json.addObject().put("id", session.id().toString())
                    .put("current", session.id().equals(person.sessionId()))
                    .put("kind", session.client().kind() == Client.Kind.COOKIE ? "cookie" : "token")
                    .put("address", session.client().address()).put("userAgent", session.client().userAgent())
                    .put("createdAt", Json.time(session.createdAt())).put("usedAt", Json.time(session.usedAt()))
                    .put("expiresAt", Json.time(session.endsAt()));
        }
        Http.answer(ctx, 200, json);
    }

    private void revoke(Context ctx) {
        var text = ctx.pathParam("id");
        var id = Uuids.parse(text);
        if (id.isEmpty() || !sessions.revoke(Person.of(ctx).userId(), id.get())) {
            throw new Failure.NotFound("you have no session \"" + text + "\"");
        }
        ctx.status(204);
    }

    private void keys(Context ctx) {
        var json = Json.object();
        var list = json.putArray("keys");
        keys.published().forEach(key -> list.add(Json.parse(key.toPublicJWK().toJSONString())));
        ctx.header("Cache-Control", "public, max-age=300");
        Http.answer(ctx, 200, json);
    }
}
