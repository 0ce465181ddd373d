package dev.promptlab.workspace.key;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.db.Columns;
import dev.promptlab.workspace.access.Permission;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// Rows of `api_key`.
final class ApiKeyStore {
    /// A key that is to be.
    ///
    /// @param creatorId null = the operator's, or a key's that the operator made
    /// @param madeWith the key that its creator showed, if one was
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record NewKey(UUID id, UUID workspaceId, String name, byte[] hash, String lastFour, Set<Permission> scopes,
            @Nullable UUID creatorId, String creatorName, @Nullable UUID madeWith, @Nullable Instant expiresAt) {}

    /// Whose keys somebody may see and change, in one workspace.
    ///
    /// @param all everybody's
    /// @param userId those of this person
    /// @param apiKeyId this key and those that were made with it
    record Sight(UUID workspaceId, boolean all, @Nullable UUID userId, @Nullable UUID apiKeyId) {}

    private ApiKeyStore() {}

    static Optional<KeyHolder> findHolder(Handle handle, byte[] hash) {
        return handle.createQuery("""
                select k.id, k.workspace_id, k.name, k.created_by, k.scopes from api_key k
                 where k.hash = :hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
                   and exists (select from workspace w where w.id = k.workspace_id and w.deleted_at is null)""")
                .bind("hash", hash).map((row, _) -> holder(row)).findOne();
    }

    /// Rows that somebody else is at are left out: the time is near enough.
    static void used(Handle tx, List<UUID> ids) {
        tx.createUpdate("""
                with due as materialized (
                    select id from api_key
                     where id = any(:ids) and (last_used_at is null or last_used_at < now() - interval '1 min')
                     order by id for no key update skip locked)
                update api_key k set last_used_at = now() from due where k.id = due.id""")
                .bind("ids", Columns.uuids(ids, id -> id)).execute();
    }

    /// Empty when `expiresAt` has passed.
    static Optional<ApiKey> insert(Handle tx, NewKey key) {
        return tx.createQuery(
                """
                        insert into api_key (id, workspace_id, name, hash, last_four, scopes, created_by, created_by_name, made_with, expires_at)
                        select :id, :workspaceId, :name, :hash, :lastFour, :scopes, :creatorId, :creatorName, :madeWith, :expiresAt
                         where cast(:expiresAt as timestamptz) is null or :expiresAt > now()
                        returning *""")
                .bind("id", key.id()).bind("workspaceId", key.workspaceId()).bind("name", key.name())
                .bind("hash", key.hash()).bind("lastFour", key.lastFour())
                .bind("scopes", Columns.texts(List.copyOf(EnumSet.copyOf(key.scopes())), Permission::code))
                .bind("creatorId", key.creatorId()).bind("creatorName", key.creatorName())
                .bind("madeWith", key.madeWith()).bind("expiresAt", time(key.expiresAt()))
                .map((row, _) -> key(row)).findOne();
    }

    static boolean workspaceExists(Handle handle, UUID id) {
        return handle.createQuery("select exists (select from workspace where id = :id)").bind("id", id)
                .mapTo(Boolean.class).one();
    }

    /// A working key, which nobody revokes before the transaction ends.
    static Optional<ApiKey> lock(Handle tx, UUID workspaceId, UUID id) {
        return tx.createQuery(
                """
                        select * from api_key where workspace_id = :workspaceId and id = :id and revoked_at is null for share""")
                .bind("workspaceId", workspaceId).bind("id", id).map((row, _) -> key(row)).findOne();
    }

    static Optional<ApiKey> find(Handle handle, Sight sight, UUID id) {
        return sight(handle.createQuery("""
                select * from api_key
                 where workspace_id = :workspaceId and id = :id
                   and (:all or created_by = :userId or id = :apiKeyId or made_with = :apiKeyId)"""), sight)
                .bind("id", id).map((row, _) -> key(row)).findOne();
    }

    /// Newest first.
    ///
    /// @param before id that the page before ended with; null on the first
    static List<ApiKey> list(Handle handle, Sight sight, boolean revoked, @Nullable UUID before, int limit) {
        return sight(handle.createQuery("""
                select * from api_key
                 where workspace_id = :workspaceId and (:revoked or revoked_at is null)
                   and (cast(:before as uuid) is null or id < :before)
                   and (:all or created_by = :userId or id = :apiKeyId or made_with = :apiKeyId)
                 order by id desc limit :limit"""), sight).bind("revoked", revoked).bind("before", before)
                .bind("limit", limit).map((row, _) -> key(row)).list();
    }

    static void rename(Handle tx, UUID workspaceId, UUID id, String name) {
        tx.createUpdate("update api_key set name = :name where workspace_id = :workspaceId and id = :id")
                .bind("workspaceId", workspaceId).bind("id", id).bind("name", name).execute();
    }

    /// Keeps others from making keys with this one until the transaction ends.
    static void lockForRevocation(Handle tx, UUID workspaceId, UUID id) {
        tx.createQuery("select id from api_key where workspace_id = :workspaceId and id = :id for update")
                .bind("workspaceId", workspaceId).bind("id", id).mapTo(UUID.class).findOne();
    }

    /// With all that were made with it, and with those.
    ///
    /// @return those that worked until now
    static List<UUID> revoke(Handle tx, UUID workspaceId, UUID id) {
        return tx.createQuery("""
                with recursive family(id) as (
                    select id from api_key where workspace_id = :workspaceId and id = :id
                    union
                    select k.id from api_key k join family f on k.made_with = f.id)
                update api_key k set revoked_at = now() from family f
                 where k.workspace_id = :workspaceId and k.id = f.id and k.revoked_at is null
                returning k.id""")
                .bind("workspaceId", workspaceId).bind("id", id).mapTo(UUID.class).list();
    }

    /// Of a deleted workspace, with those that were made with them.
    ///
    /// @return how many of the first
    static int deleteSome(Handle tx, UUID workspaceId, int limit) {
        return tx.createUpdate(
                """
                        delete from api_key where id in (select id from api_key where workspace_id = :workspaceId limit :limit)""")
                .bind("workspaceId", workspaceId).bind("limit", limit).execute();
    }

    private static <S extends SqlStatement<S>> S sight(S statement, Sight sight) {
        return statement.bind("workspaceId", sight.workspaceId()).bind("all", sight.all())
                .bind("userId", sight.userId()).bind("apiKeyId", sight.apiKeyId());
    }

    private static KeyHolder holder(ResultSet row) throws SQLException {
        var scopes = EnumSet.noneOf(Permission.class);
        texts(row, "scopes").stream().map(Permission.BY_CODE::get).filter(Objects::nonNull).forEach(scopes::add);
        return new KeyHolder(row.getObject("id", UUID.class), row.getObject("workspace_id", UUID.class),
                row.getString("name"), row.getObject("created_by", UUID.class), scopes);
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(row.getObject("id", UUID.class), row.getString("name"), row.getString("last_four"),
                texts(row, "scopes"), row.getString("created_by_name"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(), time(row, "expires_at"),
                time(row, "last_used_at"), time(row, "revoked_at"));
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        return Arrays.asList((String[]) row.getArray(column).getArray());
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant at) {
        return at == null ? null : at.atOffset(ZoneOffset.UTC);
    }
}
