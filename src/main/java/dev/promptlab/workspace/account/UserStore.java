package dev.promptlab.workspace.account;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;

/// Rows of `app_user`.
final class UserStore {
    /// @param passwordHash a PHC string
    record WithPassword(User user, String passwordHash) {}

    private UserStore() {}

    /// @return false when the address has an account already
    static boolean insert(Handle tx, User user, String passwordHash) {
        return tx.createUpdate("""
                insert into app_user (id, email, name, password_hash) values (:id, :email, :name, :passwordHash)
                on conflict (email) do nothing""")
                .bind("id", user.id()).bind("email", user.email()).bind("name", user.name())
                .bind("passwordHash", passwordHash).execute() == 1;
    }

    static Optional<WithPassword> find(Handle handle, String email) {
        return handle.createQuery("select id, email, name, password_hash from app_user where email = :email")
                .bind("email", email).map((row, _) -> withPassword(row)).findOne();
    }

    static Optional<WithPassword> find(Handle handle, UUID id) {
        return handle.createQuery("select id, email, name, password_hash from app_user where id = :id")
                .bind("id", id).map((row, _) -> withPassword(row)).findOne();
    }

    /// Keeps the password as it is until the end of the transaction.
    ///
    /// @return false when it is another by now
    static boolean holdPassword(Handle tx, UUID id, String passwordHash) {
        return tx.createQuery("select true from app_user where id = :id and password_hash = :passwordHash for share")
                .bind("id", id).bind("passwordHash", passwordHash).mapTo(Boolean.class).findOne().isPresent();
    }

    /// @return false when the password is another by now
    static boolean replacePassword(Handle tx, UUID id, String before, String after) {
        return tx.createUpdate("update app_user set password_hash = :after where id = :id and password_hash = :before")
                .bind("id", id).bind("before", before).bind("after", after).execute() == 1;
    }

    static void rename(Handle tx, UUID id, String name) {
        tx.createUpdate("update app_user set name = :name where id = :id").bind("id", id).bind("name", name).execute();
    }

    private static WithPassword withPassword(ResultSet row) throws SQLException {
        return new WithPassword(
                new User(row.getObject("id", UUID.class), row.getString("email"), row.getString("name")),
                row.getString("password_hash"));
    }
}
