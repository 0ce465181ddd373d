package dev.promptlab.workspace.secret;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;

/// Rows of `data_key` and `data_key_wrap`.
final class DataKeyStore {
    /// Any number that nobody else locks.
    private static final long LOCK = 0x70726f6d70744b79L;

    private DataKeyStore() {}

    /// Until the transaction ends, the active key stays the active one. Many may hold it.
    static void lockShared(Handle tx) {
        tx.createQuery("select true from (select pg_advisory_xact_lock_shared(:lock)) locked").bind("lock", LOCK)
                .mapTo(Boolean.class).one();
    }

    /// Waits until every transaction that seals something has ended, and keeps others from beginning. It needs no rights on any
    /// table, unlike a row lock.
    static void lock(Handle tx) {
        tx.createQuery("select true from (select pg_advisory_xact_lock(:lock)) locked").bind("lock", LOCK)
                .mapTo(Boolean.class).one();
    }

    /// Until the transaction ends, the owner sees what his policies show him, instead of failing at any policy.
    static void seeSealedRows(Handle tx) {
        tx.execute("set local row_security = on");
    }

    /// What new secrets are sealed with.
    static Optional<UUID> active(Handle handle) {
        return handle.createQuery("select id from data_key where active").mapTo(UUID.class).findOne();
    }

    static List<UUID> ids(Handle handle) {
        return handle.createQuery("select id from data_key order by id").mapTo(UUID.class).list();
    }

    static Optional<byte[]> wrapped(Handle handle, UUID id, byte[] masterCheck) {
        return handle.createQuery(
                "select wrapped from data_key_wrap where data_key_id = :id and master_check = :check")
                .bind("id", id).bind("check", masterCheck).mapTo(byte[].class).findOne();
    }

    /// How many master keys open it.
    static int countWraps(Handle handle, UUID id) {
        return handle.createQuery("select count(*) from data_key_wrap where data_key_id = :id").bind("id", id)
                .mapTo(Integer.class).one();
    }

    static void retireActive(Handle tx) {
        tx.createUpdate("update data_key set active = false where active").execute();
    }

    static void insertActive(Handle tx, UUID id) {
        tx.createUpdate("insert into data_key (id, active) values (:id, true)").bind("id", id).execute();
    }

    static void putWrap(Handle tx, UUID id, byte[] masterCheck, byte[] wrapped) {
        tx.createUpdate("""
                insert into data_key_wrap (data_key_id, master_check, wrapped) values (:id, :check, :wrapped)
                on conflict do nothing""").bind("id", id).bind("check", masterCheck).bind("wrapped", wrapped).execute();
    }

    /// With their wraps.
    static void removeRetired(Handle tx) {
        tx.createUpdate("delete from data_key where not active").execute();
    }
}
