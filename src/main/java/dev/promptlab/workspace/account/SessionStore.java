package dev.promptlab.workspace.account;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Rows of `auth_session` and `refresh_token`. Only the time of the database decides.
final class SessionStore {
    /// @param endsAt unless it is used
    record Session(UUID id, User user, Instant endsAt) {}

    /// As its user sees it.
    record Listed(UUID id, Client client, Instant createdAt, Instant usedAt, Instant endsAt) {}

    private SessionStore() {}

    static void insert(Handle tx, UUID id, UUID userId, Client client, byte @Nullable [] cookieHash, Duration life) {
        tx.createUpdate("""
                insert into auth_session (id, user_id, cookie_hash, address, user_agent, expires_at)
                values (:id, :userId, :cookieHash, :address, :userAgent, now() + :life)""")
                .bind("id", id).bind("userId", userId).bindByType("cookieHash", cookieHash, byte[].class)
                .bind("address", client.address()).bind("userAgent", client.userAgent()).bind("life", life).execute();
    }

    /// Empty when it is over, or was revoked.
    static Optional<Session> find(Handle handle, UUID id, Duration idle) {
        return handle.createQuery("""
                select s.id, s.user_id, u.email, u.name, least(s.expires_at, s.used_at + :idle) as ends_at
                  from auth_session s join app_user u on u.id = s.user_id
                 where s.id = :id and s.expires_at > now() and s.used_at > now() - :idle""")
                .bind("id", id).bind("idle", idle).map((row, _) -> session(row)).findOne();
    }

    /// As [#find], by its cookie.
    static Optional<Session> findByCookie(Handle handle, byte[] cookieHash, Duration idle) {
        return handle.createQuery("""
                select s.id, s.user_id, u.email, u.name, least(s.expires_at, s.used_at + :idle) as ends_at
                  from auth_session s join app_user u on u.id = s.user_id
                 where s.cookie_hash = :hash and s.expires_at > now() and s.used_at > now() - :idle""")
                .bind("hash", cookieHash).bind("idle", idle).map((row, _) -> session(row)).findOne();
    }

    /// Notes that it is in use, once a minute.
    static void touch(Handle handle, UUID id) {
        handle.createUpdate("""
                update auth_session set used_at = now() where id = :id and used_at < now() - interval '1 minute'""")
                .bind("id", id).execute();
    }

    /// Holds the session of a refresh token, used or not, until the end of the transaction, so that only one works on it.
    static Optional<UUID> lockByToken(Handle tx, byte[] tokenHash, Duration idle) {
        return tx.createQuery("""
                select s.id from refresh_token r join auth_session s on s.id = r.session_id
                 where r.hash = :hash and s.expires_at > now() and s.used_at > now() - :idle for update of s""")
                .bind("hash", tokenHash).bind("idle", idle).mapTo(UUID.class).findOne();
    }

    /// @return false when it was used before
    static boolean useToken(Handle tx, byte[] hash) {
        return tx.createUpdate("update refresh_token set used_at = now() where hash = :hash and used_at is null")
                .bind("hash", hash).execute() == 1;
    }

    static void insertToken(Handle tx, byte[] hash, UUID sessionId) {
        tx.createUpdate("insert into refresh_token (hash, session_id) values (:hash, :sessionId)")
                .bind("hash", hash).bind("sessionId", sessionId).execute();
    }

    static void use(Handle tx, UUID id) {
        tx.createUpdate("update auth_session set used_at = now() where id = :id").bind("id", id).execute();
    }

    /// The latest used first.
    static List<Listed> list(Handle handle, UUID userId, Duration idle) {
        return handle.createQuery("""
                select id, cookie_hash is not null as cookie, address, user_agent, created_at, used_at,
                       least(expires_at, used_at + :idle) as ends_at
                  from auth_session
                 where user_id = :userId and expires_at > now() and used_at > now() - :idle
                 order by used_at desc, id desc""")
                .bind("userId", userId).bind("idle", idle).map((row, _) -> listed(row)).list();
    }

    static boolean delete(Handle tx, UUID userId, UUID id) {
        return tx.createUpdate("delete from auth_session where id = :id and user_id = :userId")
                .bind("id", id).bind("userId", userId).execute() == 1;
    }

    static void delete(Handle tx, UUID id) {
        tx.createUpdate("delete from auth_session where id = :id").bind("id", id).execute();
    }

    /// All of a user.
    ///
    /// @param except stays; null = none does
    static List<UUID> deleteAll(Handle tx, UUID userId, @Nullable UUID except) {
        return tx.createQuery("""
                delete from auth_session where user_id = :userId and id is distinct from cast(:except as uuid)
                returning id""")
                .bind("userId", userId).bindByType("except", except, UUID.class).mapTo(UUID.class).list();
    }

    /// All of a user but those that were used last.
    static void deleteOldest(Handle tx, UUID userId, int kept) {
        tx.createUpdate("""
                delete from auth_session where id in (
                    select id from auth_session where user_id = :userId order by used_at desc, id desc offset :kept)""")
                .bind("userId", userId).bind("kept", kept).execute();
    }

    /// Some of those that are over, of whomever.
    static void deleteExpired(Handle handle) {
        handle.createUpdate("""
                delete from auth_session where id in (
                    select id from auth_session where expires_at < now() order by expires_at limit 100
                       for update skip locked)""").execute();
    }

    private static Session session(ResultSet row) throws SQLException {
        var user = new User(row.getObject("user_id", UUID.class), row.getString("email"), row.getString("name"));
        return new Session(row.getObject("id", UUID.class), user, time(row, "ends_at"));
    }

    private static Listed listed(ResultSet row) throws SQLException {
        var kind = row.getBoolean("cookie") ? Client.Kind.COOKIE : Client.Kind.TOKEN;
        return new Listed(row.getObject("id", UUID.class),
                new Client(row.getString("address"), row.getString("user_agent"), kind), time(row, "created_at"),
                time(row, "used_at"), time(row, "ends_at"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
