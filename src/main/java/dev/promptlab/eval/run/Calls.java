package dev.promptlab.eval.run;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

import dev.promptlab.eval.run.CallBudget.SpentException;
import dev.promptlab.provider.CallOptions;
import dev.promptlab.provider.ChatRequest;
import dev.promptlab.provider.FailureClass;
import dev.promptlab.provider.PriceTable;
import dev.promptlab.provider.ProviderReply;
import dev.promptlab.provider.Usage;
import org.jspecify.annotations.Nullable;

/// Makes calls: once for identical ones, from the cache where it has the answer, within the budget, as fast as the provider
/// lets us, and again where that can help. Thread-safe.
final class Calls implements Asker {
    /// @param timeout of one attempt
    /// @param backoff waits between attempts; the last one repeats
    record Policy(int concurrency, Duration timeout, int maxAttempts, List<Duration> backoff) {
        public Policy {
            backoff = List.copyOf(backoff);
        }

        private Duration pause(int attempt) {
            return backoff.isEmpty() ? Duration.ofSeconds(1) : backoff.get(Math.min(attempt, backoff.size()) - 1);
        }
    }

    private final Policy policy;
    private final AnswerCache cache;
    private final CallBudget budget;
    private final PriceTable prices;
    private final Clock clock;
    private final Throttle throttle;
    private final ConcurrentHashMap<String, CompletableFuture<Answer>> inFlight = new ConcurrentHashMap<>();
    private final AtomicLong hits = new AtomicLong();

    Calls(Policy policy, AnswerCache cache, CallBudget budget, PriceTable prices, Clock clock) {
        this.policy = policy;
        this.cache = cache;
        this.budget = budget;
        this.prices = prices;
        this.clock = clock;
        this.throttle = new Throttle(policy.concurrency());
    }

    @Override
    public long hits() {
        return hits.get();
    }

    @Override
    public CallBudget budget() {
        return budget;
    }

    @Override
    public boolean isKnown(Call call) {
        return cache.contains(call.hash());
    }

    @Override
    public Answer ask(Call call) throws SpentException, InterruptedException, IOException {
        if (call.fresh()) {
            return attempts(call);
        }
        var hash = call.hash();
        var mine = new CompletableFuture<Answer>();
        var others = inFlight.putIfAbsent(hash, mine);
        if (others != null) {
            return await(others);
        }
        try {
            var answer = cachedOrCalled(call, hash);
            mine.complete(answer);
            return answer;
        } catch (SpentException | InterruptedException | IOException | RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            inFlight.remove(hash);
        }
    }

    private Answer cachedOrCalled(Call call, String hash) throws SpentException, InterruptedException, IOException {
        var cached = cache.find(hash);
        if (cached.isPresent()) {
            hits.incrementAndGet();
            return cached.get();
        }
        var answer = attempts(call);
        cache.put(hash, answer);
        return answer;
    }

    private Answer await(CompletableFuture<Answer> others) throws SpentException, InterruptedException, IOException {
        try {
            var answer = others.get().fromCache();
            hits.incrementAndGet();
            return answer;
        } catch (ExecutionException e) {
            switch (Objects.requireNonNull(e.getCause())) {
                case SpentException spent -> throw spent;
                case IOException io -> throw io;
                case InterruptedException _ -> throw new InterruptedException("the same call was interrupted");
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    private Answer attempts(Call call) throws SpentException, InterruptedException {
        for (var attempt = 1;; attempt++) {
            var most = mostUsd(call);
            budget.reserve(most);
            var started = System.nanoTime();
            var reply = once(call, attempt, most);
            var millis = Duration.ofNanos(System.nanoTime() - started).toMillis();
            switch (reply) {
                case ProviderReply.Answer answer -> {
                    return answered(call, answer, millis);
                }
                case ProviderReply.Failure failure -> {
                    if (!canHelp(failure, attempt)) {
                        return Answer.failed(failure.failureClass().code() + ": " + failure.message());
                    }
                    Thread.sleep(Objects.requireNonNullElse(failure.retryAfter(), policy.pause(attempt)));
                }
            }
        }
    }

    private ProviderReply once(Call call, int attempt, BigDecimal most) throws InterruptedException {
        @Nullable
        ProviderReply reply = null;
        var acquired = false;
        try {
            throttle.acquire();
            acquired = true;
            reply = call.endpoint().provider().generate(new ChatRequest(call.model(), call.messages(), call.params()),
                    new CallOptions(policy.timeout(), attempt));
            return reply;
        } finally {
            budget.settle(most, acquired ? cost(call, reply) : BigDecimal.ZERO);
            if (acquired) {
                release(reply);
            }
        }
    }

    private void release(@Nullable ProviderReply reply) {
        switch (reply) {
            case ProviderReply.Answer _ -> throttle.succeeded();
            case ProviderReply.Failure failure when failure.failureClass() == FailureClass.RATE_LIMITED ->
                throttle.tooMany(Objects.requireNonNullElse(failure.retryAfter(), Duration.ZERO));
            case null, default -> throttle.failed();
        }
    }

    private boolean canHelp(ProviderReply.Failure failure, int attempt) {
        return attempt < policy.maxAttempts() && switch (failure.failureClass().retry()) {
            case YES -> true;
            case ONCE -> attempt == 1;
            case NO -> false;
        };
    }

    private Answer answered(Call call, ProviderReply.Answer answer, long millis) {
        var usage = answer.usage();
        return new Answer(answer.output(), null, answer.finishReason(), usage == null ? 0 : usage.allInput(),
                usage == null ? 0 : usage.output(), cost(call, answer), millis, answer.logprobs(), false);
    }

    private @Nullable BigDecimal cost(Call call, @Nullable ProviderReply reply) {
        return switch (reply) {
            case null -> null;
            case ProviderReply.Answer answer -> answer.usage() == null ? null : price(call, answer.usage());
            case ProviderReply.Failure failure -> failure.usage() != null ? price(call, failure.usage())
                    : failure.billing() == ProviderReply.Billing.NOTHING ? BigDecimal.ZERO : null;
        };
    }

    private @Nullable BigDecimal price(Call call, Usage usage) {
        return CallPrice.of(prices, call, usage, clock.instant());
    }

    private BigDecimal mostUsd(Call call) throws SpentException {
        return budget.boundsUsd() ? CallPrice.most(prices, call, clock.instant()) : BigDecimal.ZERO;
    }

    static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256 (bug)", e);
        }
    }
}
