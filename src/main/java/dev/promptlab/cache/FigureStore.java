package dev.promptlab.cache;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

import dev.promptlab.db.Columns;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;

/// What reuse has saved, by workspace and day.
final class FigureStore {
    /// @param day in UTC
    record Day(LocalDate day, Counts counts) {}

    private FigureStore() {}

    /// Adds to the figures of today, in the order of the workspaces, so that two processes cannot deadlock.
    static void add(Handle handle, Map<UUID, Counts> counts) {
        var rows = counts.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
        handle.createUpdate(
                """
                        insert into cache_day as d (workspace_id, day, memory_hits, redis_hits, database_hits, joined, misses,
                                                    saved_input_tokens, saved_output_tokens, saved_cost_usd, unpriced_hits)
                        select u.workspace_id, (now() at time zone 'UTC')::date, memory, redis, db, joined, misses, input, output, cost, unpriced
                          from unnest(:workspaces, :memory, :redis, :database, :joined, :misses, :input, :output, :cost, :unpriced)
                               with ordinality u(workspace_id, memory, redis, db, joined, misses, input, output, cost, unpriced, place)
                         order by u.place
                        on conflict (workspace_id, day) do update set
                            memory_hits = d.memory_hits + excluded.memory_hits, redis_hits = d.redis_hits + excluded.redis_hits,
                            database_hits = d.database_hits + excluded.database_hits, joined = d.joined + excluded.joined,
                            misses = d.misses + excluded.misses,
                            saved_input_tokens = d.saved_input_tokens + excluded.saved_input_tokens,
                            saved_output_tokens = d.saved_output_tokens + excluded.saved_output_tokens,
                            saved_cost_usd = d.saved_cost_usd + excluded.saved_cost_usd,
                            unpriced_hits = d.unpriced_hits + excluded.unpriced_hits""")
                .bind("workspaces", Columns.uuids(rows, Map.Entry::getKey))
                .bind("memory", longs(rows, Counts::memoryHits)).bind("redis", longs(rows, Counts::redisHits))
                .bind("database", longs(rows, Counts::databaseHits)).bind("joined", longs(rows, Counts::joined))
                .bind("misses", longs(rows, Counts::misses)).bind("input", longs(rows, Counts::savedInputTokens))
                .bind("output", longs(rows, Counts::savedOutputTokens))
                .bind("cost", Columns.decimals(rows, row -> row.getValue().savedCostUsd()))
                .bind("unpriced", longs(rows, Counts::unpricedHits)).execute();
    }

    private static Argument longs(List<Map.Entry<UUID, Counts>> rows, Function<Counts, Long> count) {
        return Columns.longs(rows, row -> count.apply(row.getValue()));
    }

    /// The newest first; days without a submit are left out.
    static List<Day> days(Handle handle, UUID workspaceId, int days) {
        return handle
                .createQuery(
                        """
                                select day, memory_hits, redis_hits, database_hits, joined, misses, saved_input_tokens, saved_output_tokens,
                                       saved_cost_usd, unpriced_hits
                                  from cache_day
                                 where workspace_id = :workspaceId and day > (now() at time zone 'UTC')::date - cast(:days as int)
                                 order by day desc""")
                .bind("workspaceId", workspaceId).bind("days", days)
                .map((row, _) -> new Day(row.getObject("day", LocalDate.class), counts(row))).list();
    }

    private static Counts counts(ResultSet row) throws SQLException {
        var cost = row.getBigDecimal("saved_cost_usd");
        return new Counts(row.getLong("memory_hits"), row.getLong("redis_hits"), row.getLong("database_hits"),
                row.getLong("joined"), row.getLong("misses"), row.getLong("saved_input_tokens"),
                row.getLong("saved_output_tokens"), cost == null ? BigDecimal.ZERO : cost,
                row.getLong("unpriced_hits"));
    }

    static void deleteAll(Handle tx, UUID workspaceId) {
        tx.createUpdate("delete from cache_day where workspace_id = :workspaceId").bind("workspaceId", workspaceId)
                .execute();
    }
}
