package dev.promptlab.redis;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for answers of the client.
final class Waiting {
    private Waiting() {}

    /// @throws CompletionException when it failed, or when there was nothing within the time (cause: [TimeoutException])
    static <T> T until(CompletionStage<T> answer, Duration time) throws InterruptedException {
        try {
            return answer.toCompletableFuture().get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new CompletionException("no answer within " + time.toMillis() + " ms", e);
        }
    }
}
