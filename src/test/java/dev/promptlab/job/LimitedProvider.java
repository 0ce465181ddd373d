package dev.promptlab.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.RateLimit;
import org.jspecify.annotations.Nullable;

/// A provider with a limit, in simulated milliseconds.
final class LimitedProvider {
    enum Kind {
        TOKEN_BUCKET, FIXED_WINDOW, SLIDING_WINDOW
    }

    enum Says {
        NOTHING, RETRY_AFTER, HEADERS
    }

    private final Kind kind;
    private final Says says;
    private final int limit;
    private final long period;
    private final long phase;
    private final Deque<Long> accepted = new ArrayDeque<>();
    private double tokens;
    private long refilledAt;
    private int calls;
    private int refused;

    /// @param limit calls in a period
    LimitedProvider(Kind kind, Says says, int limit, long periodMillis, Random random) {
        this.kind = kind;
        this.says = says;
        this.limit = limit;
        this.period = periodMillis;
        this.phase = random.nextLong(periodMillis);
        this.tokens = limit;
    }

    ProviderReply call(long now) {
        calls++;
        boolean taken = remaining(now) >= 1;
        if (taken) {
            accepted.add(now);
            tokens--;
        } else {
            refused++;
        }
        var said = says == Says.HEADERS ? new RateLimit(limit, remaining(now), Duration.ofMillis(reset(now))) : null;
        return taken ? new ProviderReply.Answer("ok", "stop", null, null, null, said)
                : new ProviderReply.Failure(FailureClass.RATE_LIMITED, 429, "slow down", null, retryAfter(now),
                        ProviderReply.Billing.NOTHING, null, said);
    }

    private int remaining(long now) {
        tokens = Math.min(limit, tokens + (now - refilledAt) * limit / (double) period);
        refilledAt = now;
        return switch (kind) {
            case TOKEN_BUCKET -> (int) tokens;
            case FIXED_WINDOW -> limit - since((now + phase) / period * period - phase - 1);
            case SLIDING_WINDOW -> limit - since(now - period);
        };
    }

    private int since(long start) {
        while (!accepted.isEmpty() && accepted.getFirst() <= start) {
            accepted.removeFirst();
        }
        return accepted.size();
    }

    private long reset(long now) {
        return switch (kind) {
            case TOKEN_BUCKET -> (long) Math.ceil((limit - tokens) * period / limit);
            case FIXED_WINDOW -> period - (now + phase) % period;
            case SLIDING_WINDOW -> accepted.isEmpty() ? 0 : accepted.getFirst() + period - now + 1;
        };
    }

    private @Nullable Duration retryAfter(long now) {
        long wait = kind == Kind.TOKEN_BUCKET ? (long) Math.ceil((1 - tokens) * period / limit) : reset(now);
        return says == Says.RETRY_AFTER ? Duration.ofSeconds(Math.ceilDiv(wait, 1_000)) : null;
    }

    int accepted() {
        return calls - refused;
    }

    double refusedShare() {
        return (double) refused / calls;
    }
}
