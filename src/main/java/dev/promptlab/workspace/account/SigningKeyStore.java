package dev.promptlab.workspace.account;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.SealedColumn;
import org.jdbi.v3.core.Handle;

/// Rows of `signing_key`. Only the time of the database decides.
final class SigningKeyStore {
    /// @param publicKey a JWK
    /// @param sealedKey the JWK with its private part
    /// @param signs whether it is the one that signs now
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Row(String kid, String publicKey, byte[] sealedKey, boolean signs) {}

    static final SealedColumn SEALED = new SealedColumn() {
        @Override
        public String name() {
            return "signing_key.sealed_key";
        }

        @Override
        public List<Value> listOthers(Handle handle, byte[] header, String after, int limit) {
            return handle.createQuery("""
                    select kid, sealed_key from signing_key
                     where substring(sealed_key from 1 for length(:header)) <> :header and kid collate "C" > :after
                     order by kid collate "C" limit :limit""")
                    .bind("header", header).bind("after", after).bind("limit", limit)
                    .map((row, _) -> new Value(row.getString("kid"), DataKeys.NO_WORKSPACE,
                            SigningKeys.PURPOSE + row.getString("kid"), row.getBytes("sealed_key")))
                    .list();
        }

        @Override
        public boolean replace(Handle tx, Value value, byte[] sealed) {
            return tx.createUpdate("update signing_key set sealed_key = :sealed where kid = :kid and sealed_key = :old")
                    .bind("sealed", sealed).bind("kid", value.row()).bind("old", value.sealed()).execute() == 1;
        }
    };

    private SigningKeyStore() {}

    /// One process at a time adds keys.
    static void lock(Handle tx) {
        tx.createQuery("select true from (select pg_advisory_xact_lock(hashtext('promptlab signing key'))) locked")
                .mapTo(Boolean.class).one();
    }

    static boolean isEmpty(Handle tx) {
        return !tx.createQuery("select exists (select from signing_key)").mapTo(Boolean.class).one();
    }

    /// Those that verify now.
    static List<Row> list(Handle handle) {
        return handle.createQuery("""
                select kid, public_key::text, sealed_key,
                       signs_from = max(signs_from) filter (where signs_from <= now()) over () as signs
                  from signing_key
                 where verifies_until is null or verifies_until > now()
                 order by signs_from, kid""").map((row, _) -> row(row)).list();
    }

    /// @param wait until it signs
    static void insert(Handle tx, String kid, String publicKey, byte[] sealedKey, Duration wait) {
        tx.createUpdate("""
                insert into signing_key (kid, public_key, sealed_key, signs_from)
                values (:kid, cast(:publicKey as jsonb), :sealedKey, now() + :wait)""")
                .bind("kid", kid).bind("publicKey", publicKey).bind("sealedKey", sealedKey).bind("wait", wait)
                .execute();
    }

    /// Those before the next one verify for a while after it has begun to sign.
    ///
    /// @param wait until the next one signs
    static void retire(Handle tx, Duration wait, Duration overlap) {
        tx.createUpdate("""
                update signing_key set verifies_until = now() + :wait + :overlap where verifies_until is null""")
                .bind("wait", wait).bind("overlap", overlap).execute();
    }

    static void deleteRetired(Handle tx) {
        tx.createUpdate("delete from signing_key where verifies_until < now()").execute();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(row.getString("kid"), row.getString("public_key"), row.getBytes("sealed_key"),
                row.getBoolean("signs"));
    }
}
