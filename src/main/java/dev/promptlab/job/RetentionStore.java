package dev.promptlab.job;

import java.time.Duration;

import org.jdbi.v3.core.Handle;

/// Removes jobs whose time is over.
final class RetentionStore {
    private RetentionStore() {}

    /// Removes jobs that ended longer than `retention` ago, oldest first, with their attempts and keys. Ids begin with the time of
    /// creation, so the walk ends at the first job that was not even created by then; jobs that live are never touched. What
    /// somebody is changing right now is left for another time.
    ///
    /// @return how many, at most `limit`
    static int prune(Handle tx, Duration retention, int limit) {
        return tx
                .createQuery(
                        """
                                with old as materialized (
                                    select r.job_id from job_result r
                                     where r.job_id < cast(lpad(to_hex((extract(epoch from now() - :retention) * 1000)::bigint), 12, '0')
                                                           || '00000000000000000000' as uuid)
                                       and r.finished_at < least(now() - :retention, (select rolled_to from history_progress))
                                     order by r.job_id limit :limit for update skip locked),
                                results as (
                                    delete from job_result r using old o where r.job_id = o.job_id),
                                attempts as (
                                    delete from job_attempt a using old o where a.job_id = o.job_id),
                                records as (
                                    delete from job j using old o where j.id = o.job_id returning j.id, j.workspace_id, j.input_hash),
                                keys as (
                                    delete from job_key k using records r
                                     where k.workspace_id = r.workspace_id and k.input_hash = r.input_hash and k.job_id = r.id)
                                select count(*) from old""")
                .bind("retention", retention).bind("limit", limit).mapTo(Integer.class).one();
    }
}
