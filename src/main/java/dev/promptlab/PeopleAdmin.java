package dev.promptlab;

import java.util.function.Function;

import dev.promptlab.config.Settings;
import dev.promptlab.db.DatabaseRole;
import dev.promptlab.workspace.account.AccountAdmin;
import dev.promptlab.workspace.member.MemberWorkspaces;
import dev.promptlab.workspace.secret.DataKeys;

/// What the operator does to accounts from the command line, also while servers run.
public final class PeopleAdmin {
    private PeopleAdmin() {}

    /// Opens the accounts of an installation for as long as `work` takes.
    public static <T> T run(Settings settings, Function<AccountAdmin, T> work) {
        Server.requireMasterKey(settings);
        try (var storage = Storage.join(settings); var db = storage.pool(DatabaseRole.AUTH)) {
            var keys = DataKeys.start(storage.owner(), storage.masterKey(settings.masterKey()));
            return work.apply(new AccountAdmin(db, keys, new MemberWorkspaces(), settings.accounts().signUp()));
        }
    }
}
