package dev.promptlab.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import dev.promptlab.redis.Redis;
import org.jspecify.annotations.Nullable;

/// What this process, and Redis behind it, know of completed jobs, which never change: which job answers an input, and its JSON.
/// The record is in PostgreSQL. Thread-safe.
public final class ResultCache {
    private static final int MAX_INPUTS = 100_000;
    private static final int MAX_JSON_BYTES = 32 << 20;
    private static final int ENTRY_OVERHEAD_BYTES = 150;

    /// The right to say what answers an input. It lapses when the input is forgotten.
    public static final class Ticket {
        private final LayeredCache.Ticket ticket;

        private Ticket(LayeredCache.Ticket ticket) {
            this.ticket = ticket;
        }
    }

    /// @param jobId empty when neither this process nor Redis knows one
    public record Look(Optional<UUID> jobId, Ticket ticket) {}

    private final LayeredCache<Reusable> jobByInput;
    private final LayeredCache<byte[]> jsonByJob;
    private final SecondLevel second;
    private final @Nullable Duration youngerThan;
    private final Tally tally;
    private volatile Runnable onForget = () -> {};

    /// @param redis null = in this process alone
    /// @param ttl how long an entry stays
    /// @param retention after which jobs are removed; null = never
    ResultCache(@Nullable Redis redis, Duration ttl, @Nullable Duration retention, Clock clock, Tally tally) {
        this.second = new SecondLevel(redis, clock);
        this.jobByInput = new LayeredCache<>(second, Reusable.CODEC, ttl, clock, MAX_INPUTS, (_, _) -> 1);
        this.jsonByJob = new LayeredCache<>(second, Codec.BYTES, ttl, clock, MAX_JSON_BYTES,
                (_, json) -> json.length + ENTRY_OVERHEAD_BYTES);
        this.youngerThan = retention == null ? null : retention.minus(ttl);
        this.tally = tally;
    }

    /// The completed job that answers an input. It is counted as reused.
    public Look jobFor(UUID workspaceId, String inputHash) {
        var look = jobByInput.look(input(workspaceId, inputHash));
        look.hit().ifPresent(hit -> tally.hit(workspaceId,
                hit.level() == LayeredCache.Level.MEMORY ? Hit.MEMORY : Hit.REDIS, hit.value()));
        return new Look(look.hit().map(hit -> hit.value().jobId()), new Ticket(look.ticket()));
    }

    /// To be taken before PostgreSQL is asked without [#jobFor].
    public Ticket ticket(UUID workspaceId, String inputHash) {
        return new Ticket(jobByInput.ticket(input(workspaceId, inputHash)));
    }

    /// PostgreSQL has said that this completed job answers the input. It is counted as reused.
    ///
    /// @param age since it completed: what may be removed soon is not kept
    public void put(Ticket ticket, Reusable job, Duration age) {
        tally.hit(ticket.ticket.key().workspaceId(), Hit.DATABASE, job);
        if (youngerThan == null || age.compareTo(youngerThan) < 0) {
            jobByInput.set(ticket.ticket, job);
        }
    }

    /// A submit was given a job that is at work already.
    public void countJoined(UUID workspaceId) {
        tally.joined(workspaceId);
    }

    /// A submit made a job.
    public void countMiss(UUID workspaceId) {
        tally.miss(workspaceId);
    }

    /// What was [Forgotten#record]ed is committed: forgets it here and in Redis, and tells other processes.
    public void forget(Forgotten what) {
        apply(what);
        onForget.run();
    }

    /// @return whether it is done in Redis, too, for certain
    boolean apply(Forgotten what) {
        if (what.inputHash() != null) {
            return jobByInput.delete(input(what.workspaceId(), what.inputHash()));
        }
        jobByInput.deleteAll(what.workspaceId());
        return second.deleteAll(what.workspaceId());
    }

    /// Also calls `action` at each [#forget]; it must be quick.
    void onForget(Runnable action) {
        onForget = action;
    }

    /// Of this process alone.
    void clear() {
        jobByInput.clear();
    }

    void trustRedis(boolean trusted) {
        second.trust(trusted);
    }

    /// UTF-8. Callers must not write to it.
    ///
    /// @param load the JSON of the job if it is completed; its failure is everybody's who asks at the moment
    public Optional<byte[]> json(UUID workspaceId, UUID jobId, Supplier<Optional<byte[]>> load) {
        return jsonByJob.getOrSet(job(workspaceId, jobId), load);
    }

    /// As [#json(UUID, UUID, Supplier)], if it is known.
    public Optional<byte[]> json(UUID workspaceId, UUID jobId) {
        return jsonByJob.get(job(workspaceId, jobId)).map(LayeredCache.Hit::value);
    }

    public void putJson(UUID workspaceId, UUID completedJob, byte[] json) {
        jsonByJob.set(jsonByJob.ticket(job(workspaceId, completedJob)), json);
    }

    private static Key job(UUID workspaceId, UUID id) {
        return new Key(workspaceId, "job:" + id);
    }

    /// Inputs that this process knows an answer to.
    long count(UUID workspaceId) {
        return jobByInput.count(workspaceId);
    }

    private static Key input(UUID workspaceId, String inputHash) {
        return new Key(workspaceId, "input:" + inputHash);
    }
}
