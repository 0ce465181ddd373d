package dev.promptlab.limit.budget;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.Caller;
import org.jspecify.annotations.Nullable;

/// Rows that other packages write, as tests of budgets need them.
record BudgetRows(Database db) {
    static final UUID WORKSPACE = Caller.DEFAULT_WORKSPACE;

    UUID apiKey() {
        var id = UUID.randomUUID();
        db.autocommit(handle -> handle.execute("""
                insert into api_key (id, workspace_id, name, hash, last_four, scopes, created_by_name)
                values (?, ?, 'test', sha256(?::text::bytea), 'abcd', '{jobs:write}', 'test')""", id, WORKSPACE,
                id.toString()));
        return id;
    }

    UUID budget(@Nullable UUID apiKeyId, Period period, Limit limit) {
        var id = UUID.randomUUID();
        db.inTransaction(tx -> BudgetStore.insert(tx, id, WORKSPACE, new Draft(apiKeyId, period, limit)));
        return id;
    }

    /// A job that lives, with so many attempts behind it.
    void live(UUID jobId, int attempts) {
        db.autocommit(handle -> handle.execute("""
                insert into job_dispatch (job_id, workspace_id, lane_id, priority, tries_left, attempt)
                values (?, ?, 1, 1, 3, ?)""", jobId, WORKSPACE, attempts));
    }

    /// @param usd null = unknown
    /// @param tokens null = unknown
    void attempt(UUID jobId, int attempt, @Nullable BigDecimal usd, @Nullable Long tokens, boolean estimated) {
        db.autocommit(handle -> handle.execute(
                """
                        insert into job_attempt (job_id, attempt, workspace_id, epoch, worker_id, started_at, outcome, input_tokens, output_tokens,
                                                 cost_usd, usage_estimated)
                        values (?, ?, ?, 1, 'test', now(), 'failed', ?, ?, ?, ?)""",
                jobId, attempt, WORKSPACE, tokens,
                tokens == null ? null : 0L, usd, estimated));
    }

    void end(UUID jobId) {
        db.autocommit(handle -> handle.execute("delete from job_dispatch where job_id = ?", jobId));
    }

    BudgetModel.State state(UUID budgetId, Instant start) {
        return db.autocommit(handle -> handle.createQuery("""
                select * from budget_use where budget_id = :id and period_start = cast(:start as timestamptz)""")
                .bind("id", budgetId).bind("start", start.toString())
                .map((row, _) -> new BudgetModel.State(
                        new Amount(row.getBigDecimal("spent_usd"), row.getLong("spent_tokens")),
                        new Amount(row.getBigDecimal("held_usd"), row.getLong("held_tokens")),
                        new Amount(row.getBigDecimal("unknown_usd"), row.getLong("unknown_tokens"))))
                .findOne().orElse(BudgetModel.State.EMPTY));
    }

    /// How many budgets do not hold exactly what their holds say.
    int unbalanced() {
        return db.autocommit(handle -> handle
                .createQuery(
                        """
                                select count(*)::int from budget_use u
                                  left join (select budget_id, period_start, sum(usd) as usd, sum(tokens) as tokens from budget_hold group by 1, 2) h
                                    using (budget_id, period_start)
                                 where u.held_usd <> coalesce(h.usd, 0) or u.held_tokens <> coalesce(h.tokens, 0)""")
                .mapTo(Integer.class).one());
    }
}
