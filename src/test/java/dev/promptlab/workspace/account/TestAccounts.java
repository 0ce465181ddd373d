package dev.promptlab.workspace.account;

import java.time.Clock;
import java.util.UUID;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.Ids;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.workspace.secret.MasterKey;

/// Accounts on a database of a test, without HTTP and without the price of a password hash.
final class TestAccounts {
    static final MasterKey MASTER_KEY = MasterKey.of(new Secret(TestServer.MASTER_KEY));
    static final String HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private final Database db;

    TestAccounts(Database db) {
        this.db = db;
    }

    static TestAccounts on(TestDatabase database) {
        return new TestAccounts(database.as(DatabaseRole.AUTH));
    }

    User user(String email) {
        var user = new User(Ids.next(), email, "Somebody");
        db.inTransaction(tx -> UserStore.insert(tx, user, HASH));
        return user;
    }

    Sessions.Opened session(Sessions sessions, UUID userId, Client.Kind kind) {
        return db.transaction(tx -> sessions.open(tx, userId, new Client("127.0.0.1", "a test", kind)));
    }

    AccessTokens accessTokens(Sessions sessions, Clock clock) {
        var keys = new SigningKeys(db, MASTER_KEY);
        keys.makeFirst();
        return new AccessTokens(keys, sessions, clock);
    }
}
