package dev.promptlab.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/// One time of being connected: a connection for commands and one for hints. It is never mended, only replaced.
///
/// @param client of this link alone
/// @param pings asks every server that has a part in the answers
/// @param isWhole whether the end of any connection is the end of the link; in a Cluster connections come and go
record Link(
        AbstractRedisClient client,
        RedisClusterAsyncCommands<String, byte[]> commands,
        StatefulRedisPubSubConnection<String, String> hints,
        Supplier<List<? extends CompletionStage<?>>> pings,
        boolean isWhole) {

    /// Done when all have answered.
    CompletableFuture<?> ping() {
        return CompletableFuture.allOf(
                pings.get().stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    void onBroken(Runnable told) {
        if (isWhole) {
            client.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                    told.run();
                }
            });
        }
    }

    /// Does not wait. Whoever waits for an answer over this link hears that none comes.
    CompletableFuture<?> close() {
        return client.shutdownAsync(0, 1, TimeUnit.SECONDS);
    }
}
