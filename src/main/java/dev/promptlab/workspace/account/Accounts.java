package dev.promptlab.workspace.account;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings.SignUp;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.web.Failure;
import dev.promptlab.workspace.account.SignInLimits.Attempt;
import dev.promptlab.workspace.account.UserStore.WithPassword;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signing up, in and out. Passwords are hashed outside of transactions. Thread-safe.
final class Accounts {
    private static final Logger log = LoggerFactory.getLogger(Accounts.class);

    /// Somebody who is signed in now.
    record SignedIn(User user, Sessions.Opened session) {}

    private final Database db;
    private final Sessions sessions;
    private final Passwords passwords;
    private final SignInLimits limits;
    private final SetupTokens setupTokens;
    private final UserWorkspaces workspaces;
    private final SignUp signUp;

    Accounts(Database db, Sessions sessions, Passwords passwords, SetupTokens setupTokens, UserWorkspaces workspaces,
            SignUp signUp) {
        this.db = db;
        this.sessions = sessions;
        this.passwords = passwords;
        this.limits = new SignInLimits(db);
        this.setupTokens = setupTokens;
        this.workspaces = workspaces;
        this.signUp = signUp;
    }

    /// @throws Failure.Conflict when the address has an account
    SignedIn register(NewUser request, Client client) {
        if (signUp == SignUp.INVITE && request.setupToken() == null && request.invitation() == null) {
            throw new Failure.Forbidden(
                    "accounts on this server are by invitation; ask an administrator of a workspace");
        }
        var attempt = limits.begin(request.email(), client.address());
        var hash = hashing(attempt, () -> passwords.hash(request.password().value()));
        var user = new User(Ids.next(), request.email(), request.name());
        var signedIn = db.transaction(tx -> {
            if (!UserStore.insert(tx, user, hash)) {
                throw new Failure.Conflict("there is an account for " + user.email() + " already; sign in instead");
            }
            place(tx, user, request);
            limits.succeeded(tx, attempt);
            return new SignedIn(user, sessions.open(tx, user.id(), client));
        });
        log.info("user {} has signed up", user.id());
        return signedIn;
    }

    private void place(Handle tx, User user, NewUser request) {
        if (request.setupToken() != null) {
            if (!setupTokens.take(tx, request.setupToken())) {
                throw Failure.Invalid.field("setupToken",
                        "is not valid, or not any more; `promptlab admin setup-token` makes a new one");
            }
            workspaces.adoptDefault(tx, user.id());
        } else if (request.invitation() != null) {
            workspaces.accept(tx, user.id(), user.email(), request.invitation());
        } else {
            workspaces.create(tx, user.id(), user.name());
        }
    }

    /// @throws Failure.Unauthorized in the same words and after the same time when there is no such account
    SignedIn signIn(Credentials credentials, Client client) {
        var attempt = limits.begin(credentials.email(), client.address());
        var known = db.autocommit(handle -> UserStore.find(handle, credentials.email()));
        var password = credentials.password().value();
        var hash = known.map(WithPassword::passwordHash).orElse(null);
        if (!hashing(attempt, () -> passwords.matches(password, hash)) || known.isEmpty()) {
            throw wrongCredentials();
        }
        var signedIn = open(known.get(), attempt, client).orElseThrow(() -> new Failure.Conflict(
                "the password of this account was changed in this very moment; sign in again"));
        renewHash(known.get(), password);
        tidy();
        return signedIn;
    }

    private static Failure.Unauthorized wrongCredentials() {
        return new Failure.Unauthorized("e-mail or password is wrong");
    }

    private Optional<SignedIn> open(WithPassword known, Attempt attempt, Client client) {
        return db.transaction(tx -> {
            var user = known.user();
            if (!UserStore.holdPassword(tx, user.id(), known.passwordHash())) {
                return Optional.empty();
            }
            limits.succeeded(tx, attempt);
            return Optional.of(new SignedIn(user, sessions.open(tx, user.id(), client)));
        });
    }

    /// When new ones are made at another cost by now.
    private void renewHash(WithPassword known, String password) {
        if (Passwords.isCurrent(known.passwordHash())) {
            return;
        }
        try {
            var hash = passwords.hash(password);
            db.transaction(tx -> UserStore.replacePassword(tx, known.user().id(), known.passwordHash(), hash));
        } catch (Failure.Unavailable e) {
            log.debug("a password hash is renewed at the next sign-in: {}", e.getMessage());
        }
    }

    private void tidy() {
        limits.tidy();
        sessions.tidy();
    }

    /// @throws Failure.Unauthorized when the token holds no more; used a second time, it ends its session
    SignedIn refresh(Secret refreshToken, String address) {
        var attempt = limits.begin(null, address);
        return switch (sessions.refresh(refreshToken)) {
            case Sessions.Refresh.Done(var user, var session) -> {
                limits.takeBack(attempt);
                yield new SignedIn(user, session);
            }
            case Sessions.Refresh.Stolen _ -> throw new Failure.Unauthorized(
                    "this refresh token was used before, so its session was ended; sign in again");
            case Sessions.Refresh.Unknown _ ->
                throw new Failure.Unauthorized("this refresh token is not valid, or not any more; sign in again");
        };
    }

    /// Signs out everywhere else.
    ///
    /// @param password normalised, to be set
    /// @param sessionId the caller's, which stays
    void changePassword(UUID userId, UUID sessionId, Secret current, Secret password, String address) {
        var known = db.autocommit(handle -> UserStore.find(handle, userId)).orElseThrow();
        var attempt = limits.begin(known.user().email(), address);
        if (!hashing(attempt, () -> passwords.matches(current.value(), known.passwordHash()))) {
            throw Failure.Invalid.field("currentPassword", "is not your password");
        }
        var hash = hashing(attempt, () -> passwords.hash(password.value()));
        sessions.forgetEverywhere(db.transaction(tx -> {
            if (!UserStore.replacePassword(tx, userId, known.passwordHash(), hash)) {
                throw new Failure.Conflict("your password was changed by somebody else just now");
            }
            limits.succeeded(tx, attempt);
            return SessionStore.deleteAll(tx, userId, sessionId);
        }));
        log.info("user {} has a new password", userId);
    }

    void rename(UUID userId, String name) {
        db.inTransaction(tx -> UserStore.rename(tx, userId, name));
    }

    List<UserWorkspaces.Membership> workspaces(UUID userId) {
        return db.autocommit(handle -> workspaces.of(handle, userId));
    }

    /// An attempt that nobody found the time for does not count.
    private <T extends @Nullable Object> T hashing(Attempt attempt, Supplier<T> work) {
        try {
            return work.get();
        } catch (Failure.Unavailable e) {
            limits.takeBack(attempt);
            throw e;
        }
    }
}
