package dev.promptlab.workspace.account;

import java.util.Optional;

import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings.SignUp;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.web.Failure;
import dev.promptlab.workspace.secret.DataKeys;

/// What the administrator of an installation does to accounts from the command line, without signing in.
public final class AccountAdmin {
    private final Database db;
    private final UserWorkspaces workspaces;
    private final SignUp signUp;
    private final SigningKeys keys;

    /// @param db a pool of the role `promptlab_auth`
    public AccountAdmin(Database db, DataKeys dataKeys, UserWorkspaces workspaces, SignUp signUp) {
        this.db = db;
        this.workspaces = workspaces;
        this.signUp = signUp;
        this.keys = new SigningKeys(db, dataKeys);
    }

    /// Makes an account, with a workspace of its own where sign-up is open.
    ///
    /// @throws Failure when the address has an account, or when something about it is wrong
    public void createUser(String email, String name, Secret password) {
        var address = requireEmail(email);
        var normalised = PasswordPolicy.normalise(password.value());
        PasswordPolicy.problem(normalised, address).ifPresent(problem -> {
            throw Failure.Invalid.form("the password " + problem);
        });
        if (name.isBlank() || name.length() > NewUser.MAX_NAME) {
            throw Failure.Invalid.form("the name must have 1 to " + NewUser.MAX_NAME + " characters");
        }
        var user = new User(Ids.next(), address, name.strip());
        var hash = new Passwords().hash(normalised);
        db.inTransaction(tx -> {
            if (!UserStore.insert(tx, user, hash)) {
                throw new Failure.Conflict("there is an account for " + address + " already");
            }
            if (signUp == SignUp.OPEN) {
                workspaces.create(tx, user.id(), user.name());
            }
        });
    }

    /// One that nobody can guess, for somebody to change after the first sign-in.
    public static Secret randomPassword() {
        return RandomTokens.next("");
    }

    /// Makes a user an owner of the default workspace.
    public void adopt(String email) {
        var address = requireEmail(email);
        db.inTransaction(tx -> {
            var known = UserStore.find(tx, address).orElseThrow(() -> new Failure.NotFound("there is no account for "
                    + address + "; `promptlab admin create-user` makes one"));
            workspaces.adoptDefault(tx, known.user().id());
        });
    }

    /// A new set-up token; empty when the default workspace has an owner already.
    public Optional<Secret> setupToken() {
        return new SetupTokens(db, workspaces).replace();
    }

    /// @return the id of the new signing key
    public String rotateSigningKey() {
        return keys.rotate();
    }

    private static String requireEmail(String text) {
        return Emails.parse(text)
                .orElseThrow(() -> Failure.Invalid.form("\"" + text + "\" is no e-mail address"));
    }
}
