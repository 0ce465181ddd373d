package dev.promptlab.job;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.promptlab.db.Database;
import dev.promptlab.provider.Providers;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// Ids of lanes: provider endpoint + whose key + model. A lane's row is made with its first job and never goes, so ids are
/// kept for good. Thread-safe.
final class LaneStore {
    /// @param keyScope `server`, or the id of the workspace whose key is used
    record Lane(String provider, String endpoint, String keyScope, String model) {}

    private final Map<Lane, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, String> keyScopes = new ConcurrentHashMap<>();
    private final Database db;

    LaneStore(Database db) {
        this.db = db;
    }

    int id(Lane lane) {
        var known = ids.get(lane);
        if (known != null) {
            return known;
        }
        int id = insertOrFind(lane);
        ids.put(lane, id);
        return id;
    }

    /// Lanes feel their way from a small window on, but the mock has no limit to learn.
    private int insertOrFind(Lane lane) {
        boolean isMock = lane.provider().equals(Providers.MOCK);
        return db.transaction(owners(lane), tx -> {
            bind(tx.createUpdate(
                    """
                            with l as (
                                insert into lane (provider, endpoint, key_scope, model) values (:provider, :endpoint, :keyScope, :model)
                                on conflict do nothing returning id)
                            insert into lane_cursor (lane_id, window_size, ramp) select id, :window, :ramp from l"""),
                    lane).bind("window", isMock ? null : Double.valueOf(LanePolicy.FIRST_WINDOW))
                    .bind("ramp", isMock ? null : Integer.valueOf(0)).execute();
            return bind(tx.createQuery(
                    """
                            select id from lane
                             where provider = :provider and endpoint = :endpoint and key_scope = :keyScope and model = :model"""),
                    lane).mapTo(Integer.class).one();
        });
    }

    /// Whose rows one must see to see the lane.
    private static Set<UUID> owners(Lane lane) {
        return lane.keyScope().equals(Providers.SERVER_KEY) ? Set.of() : Set.of(UUID.fromString(lane.keyScope()));
    }

    /// Whose key a lane is for: `server`, or the id of a workspace.
    String keyScope(int id) {
        return keyScopes.computeIfAbsent(id,
                _ -> db.autocommit(handle -> handle.createQuery("select key_scope from lane where id = :id")
                        .bind("id", id).mapTo(String.class).one()));
    }

    /// Whose key a lane is for, if the workspace may see it: its own ones and the server's.
    static Optional<String> findKeyScope(Handle handle, int id, UUID workspaceId) {
        return handle.createQuery("""
                select key_scope from lane where id = :id and key_scope in ('server', cast(:workspaceId as text))""")
                .bind("id", id).bind("workspaceId", workspaceId).mapTo(String.class).findOne();
    }

    /// Sets what people may set of a lane.
    ///
    /// @param maxRunning null = the processes' default
    static void update(Handle tx, int id, boolean paused, @Nullable Integer maxRunning) {
        tx.createUpdate("update lane set paused = :paused, max_running = :maxRunning where id = :id")
                .bind("paused", paused).bind("maxRunning", maxRunning).bind("id", id).execute();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Lane lane) {
        return statement.bind("provider", lane.provider()).bind("endpoint", lane.endpoint())
                .bind("keyScope", lane.keyScope()).bind("model", lane.model());
    }
}
