package dev.promptlab.workspace.account;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.db.Ids;
import dev.promptlab.testing.TestDatabase;

/// Accounts on a database of a test, without HTTP and without the price of a password hash.
final class TestAccounts {
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
}
