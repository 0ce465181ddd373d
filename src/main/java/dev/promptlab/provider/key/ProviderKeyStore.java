package dev.promptlab.provider.key;

import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.workspace.secret.SealedColumn;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterable;
import org.jdbi.v3.core.statement.Query;

/// Rows of `provider_key`, and whether a workspace may use the server's keys.
final class ProviderKeyStore implements SealedColumn {
    static List<ProviderKey> list(Handle handle, UUID workspaceId) {
        return keys(handle.createQuery("select * from provider_key where workspace_id = :workspaceId order by name")
                .bind("workspaceId", workspaceId)).list();
    }

    static Optional<ProviderKey> find(Handle handle, UUID workspaceId, String name) {
        return keys(handle
                .createQuery("select * from provider_key where workspace_id = :workspaceId and name = :name")
                .bind("workspaceId", workspaceId).bind("name", name)).findOne();
    }

    /// Locked until the transaction ends.
    static Optional<ProviderKey> lock(Handle tx, UUID workspaceId, String name) {
        return keys(tx.createQuery("""
                select * from provider_key where workspace_id = :workspaceId and name = :name for update""")
                .bind("workspaceId", workspaceId).bind("name", name)).findOne();
    }

    static ProviderKey put(Handle tx, ProviderKey key) {
        return keys(tx.createQuery(
                """
                        insert into provider_key (workspace_id, name, format, base_url, origin, sealed, last_four, default_model, prices)
                        values (:workspaceId, :name, :format, :baseUrl, :origin, :sealed, :lastFour, :defaultModel, :prices)
                        on conflict (workspace_id, name) do update
                           set format = excluded.format, base_url = excluded.base_url, origin = excluded.origin, sealed = excluded.sealed,
                               last_four = excluded.last_four, default_model = excluded.default_model, prices = excluded.prices,
                               updated_at = clock_timestamp()
                        returning *""")
                .bind("workspaceId", key.workspaceId()).bind("name", key.name()).bind("format", key.format())
                .bind("baseUrl", Objects.toString(key.baseUrl(), null)).bind("origin", key.origin())
                .bind("sealed", key.sealed()).bind("lastFour", key.lastFour())
                .bind("defaultModel", key.defaultModel()).bind("prices", key.prices())).one();
    }

    static boolean delete(Handle tx, UUID workspaceId, String name) {
        return tx.createUpdate("delete from provider_key where workspace_id = :workspaceId and name = :name")
                .bind("workspaceId", workspaceId).bind("name", name).execute() == 1;
    }

    /// Of a deleted workspace; a workspace has few.
    static void deleteAll(Handle tx, UUID workspaceId) {
        tx.createUpdate("delete from provider_key where workspace_id = :workspaceId").bind("workspaceId", workspaceId)
                .execute();
    }

    static boolean mayUseServerKeys(Handle handle, UUID workspaceId) {
        return handle.createQuery("""
                select exists (select from workspace where id = :workspaceId and server_keys_allowed)""")
                .bind("workspaceId", workspaceId).mapTo(Boolean.class).one();
    }

    /// @return whether there is such a workspace
    static boolean allowServerKeys(Handle tx, UUID workspaceId, boolean allowed) {
        return tx.createUpdate("update workspace set server_keys_allowed = :allowed where id = :workspaceId")
                .bind("allowed", allowed).bind("workspaceId", workspaceId).execute() == 1;
    }

    @Override
    public String name() {
        return "provider_key.sealed";
    }

    @Override
    public List<Value> listOthers(Handle handle, byte[] header, String after, int limit) {
        return handle.createQuery("""
                select workspace_id || ' ' || name as row, workspace_id, origin, sealed from provider_key
                 where substring(sealed from 1 for length(:header)) <> :header
                   and workspace_id || ' ' || name collate "C" > :after
                 order by workspace_id || ' ' || name collate "C" limit :limit""")
                .bind("header", header).bind("after", after).bind("limit", limit)
                .map((row, _) -> new Value(row.getString("row"), row.getObject("workspace_id", UUID.class),
                        ProviderKey.purpose(row.getString("origin")), row.getBytes("sealed")))
                .list();
    }

    @Override
    public boolean replace(Handle tx, Value value, byte[] sealed) {
        return tx.createUpdate("""
                update provider_key set sealed = :sealed
                 where workspace_id || ' ' || name = :row and workspace_id = :workspaceId and sealed = :old""")
                .bind("sealed", sealed).bind("row", value.row()).bind("workspaceId", value.workspaceId())
                .bind("old", value.sealed()).execute() == 1;
    }

    private static ResultIterable<ProviderKey> keys(Query query) {
        return query.map((row, _) -> key(row));
    }

    private static ProviderKey key(ResultSet row) throws SQLException {
        var baseUrl = row.getString("base_url");
        return new ProviderKey(row.getObject("workspace_id", UUID.class), row.getString("name"),
                row.getString("format"), baseUrl == null ? null : URI.create(baseUrl), row.getString("origin"),
                row.getBytes("sealed"), row.getString("last_four"), row.getString("default_model"),
                row.getString("prices"), row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }
}
