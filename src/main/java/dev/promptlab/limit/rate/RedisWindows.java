package dev.promptlab.limit.rate;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.limit.rate.WindowStore.Aged;
import dev.promptlab.redis.Redis;
import dev.promptlab.redis.Script;
import org.jspecify.annotations.Nullable;

/// Windows in Redis, by its time. All keys of a generation start with its token; one of them marks that Redis has forgotten nothing
/// since the generation began. They share a hash tag, since a script of a Cluster sees one shard. Thread-safe.
final class RedisWindows {
    private static final String PREFIX = "{promptlab:rate}:";
    private static final int LOST = 3;
    private static final int UNSEEDED = 2;
    private static final int ADMITTED = 1;
    private static final long NANOS_PER_MICRO = 1_000;

    /// Keys: the mark, the window. Arguments: limit, window in microseconds, 1 to count, 1 when what follows is all of the earlier
    /// generation; then ages and counts. The window is a list of times and counts in turn.
    private static final Script ADMIT = Script.of("""
            local time = redis.call('TIME')
            local now = time[1] * 1000000 + time[2]
            local began = redis.call('GET', KEYS[1])
            if not began then
                return {3, 0, 0, 0}
            end
            local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
            local flat = redis.call('LRANGE', KEYS[2], 0, -1)
            local changed = false
            if #flat == 0 then
                if ARGV[4] == '0' and now - began <= window then
                    return {2, 0, 0, 0}
                end
                for i = 5, #ARGV, 2 do
                    flat[#flat + 1] = string.format('%.0f', now - ARGV[i])
                    flat[#flat + 1] = ARGV[i + 1]
                    redis.call('RPUSH', KEYS[2], flat[#flat - 1], flat[#flat])
                    changed = true
                end
            else
                now = math.max(now, tonumber(flat[#flat - 1]))
            end
            local at, count, used, gone = {}, {}, 0, 0
            for i = 1, #flat, 2 do
                local t, n = tonumber(flat[i]), tonumber(flat[i + 1])
                if now - t > window then
                    gone = gone + 2
                else
                    at[#at + 1], count[#count + 1], used = t, n, used + n
                end
            end
            if gone > 0 then
                redis.call('LTRIM', KEYS[2], gone, -1)
            end
            local admitted = 0
            if used < limit and ARGV[3] == '1' then
                admitted, used, changed = 1, used + 1, true
                local last, step = #at, window / 128
                if limit > 128 and last > 0 and math.floor(at[last] / step) == math.floor(now / step) then
                    at[last], count[last] = now, count[last] + 1
                    redis.call('LSET', KEYS[2], -2, string.format('%.0f', now))
                    redis.call('LSET', KEYS[2], -1, count[last])
                else
                    at[last + 1], count[last + 1] = now, 1
                    redis.call('RPUSH', KEYS[2], string.format('%.0f', now), 1)
                end
            end
            if changed then
                redis.call('PEXPIRE', KEYS[2], math.ceil(window / 1000) + 1000)
            end
            local retry, reset, left = 0, 0, used - limit + 1
            for i = 1, #at do
                if left <= 0 then
                    break
                end
                left = left - count[i]
                retry = at[i] + window - now + 1
            end
            if #at > 0 then
                reset = at[#at] + window - now
            end
            return {admitted, used, retry, reset}
            """);

    private static final Script BEGIN = Script.of("""
            local time = redis.call('TIME')
            redis.call('SET', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2]), 'PX', 86400000)
            return {1}
            """);

    private static final Script STAY = Script.of("return {redis.call('PEXPIRE', KEYS[1], 86400000)}");

    private final Redis redis;

    RedisWindows(Redis redis) {
        this.redis = redis;
    }

    /// What Redis says.
    sealed interface Reply {
        record Told(Verdict verdict) implements Reply {}

        /// It does not know yet what counts from the generation before.
        record Unseeded() implements Reply {}

        /// It has forgotten what it knew.
        record Lost() implements Reply {}
    }

    @Nullable
    Object connection() {
        return redis.connection();
    }

    boolean isUp() {
        return redis.isUp();
    }

    /// Marks the beginning of a generation that nobody uses yet.
    ///
    /// @return its token; empty when Redis does not answer
    Optional<String> begin() {
        var token = UUID.randomUUID().toString();
        return redis.eval(BEGIN, List.of(PREFIX + token), List.of()).map(_ -> token);
    }

    /// Whether Redis is there and has forgotten nothing.
    boolean remembers(String token) {
        return redis.eval(STAY, List.of(PREFIX + token), List.of()).filter(answer -> answer.getFirst() == 1)
                .isPresent();
    }

    /// @return empty when Redis does not answer; it may have counted the request all the same
    Optional<Reply> admit(String token, Ask ask) {
        return run(token, ask, List.of("1", "0"));
    }

    /// As [#admit], with what counts from the generation before.
    Optional<Reply> admit(String token, Ask ask, List<Aged> seed) {
        return run(token, ask, seeded("1", seed));
    }

    Optional<Reply> look(String token, Ask ask, List<Aged> seed) {
        return run(token, ask, seeded("0", seed));
    }

    private static List<String> seeded(String takes, List<Aged> seed) {
        var arguments = new ArrayList<>(List.of(takes, "1"));
        for (var aged : seed) {
            arguments.add(Long.toString(aged.age().toNanos() / NANOS_PER_MICRO));
            arguments.add(Integer.toString(aged.count()));
        }
        return arguments;
    }

    private Optional<Reply> run(String token, Ask ask, List<String> more) {
        var arguments = new ArrayList<>(List.of(Integer.toString(ask.limit()),
                Long.toString(ask.window().toNanos() / NANOS_PER_MICRO)));
        arguments.addAll(more);
        return redis.eval(ADMIT, List.of(PREFIX + token, PREFIX + token + ":" + ask.subject()), arguments)
                .map(answer -> reply(ask, answer));
    }

    private static Reply reply(Ask ask, List<Long> answer) {
        int outcome = answer.getFirst().intValue();
        return switch (outcome) {
            case LOST -> new Reply.Lost();
            case UNSEEDED -> new Reply.Unseeded();
            default -> new Reply.Told(Verdict.of(outcome == ADMITTED, ask, answer.get(1), micros(answer.get(2)),
                    micros(answer.get(3))));
        };
    }

    private static Duration micros(long number) {
        return Duration.of(number, ChronoUnit.MICROS);
    }
}
