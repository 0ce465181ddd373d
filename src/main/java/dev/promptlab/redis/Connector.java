package dev.promptlab.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;

/// Makes [Link]s to one address. Each has a client of its own, so that closing it ends everything of it.
final class Connector implements AutoCloseable {
    /// For name look-up, TCP, TLS and log-in together; in the background, so nobody waits for it.
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    private static final String NAME = "promptlab";
    private static final int THREADS = 2;

    private final RedisUrl url;
    private final ClientResources resources = ClientResources.builder().ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS).build();

    Connector(RedisUrl url) {
        this.url = url;
    }

    /// Fails when Redis is away or does not let us in. Blocks for a few seconds at most.
    Link open() throws InterruptedException {
        return switch (url.kind()) {
            case STANDALONE, SENTINEL -> openSingle();
            case CLUSTER -> openCluster();
        };
    }

    private Link openSingle() throws InterruptedException {
        var uri = uris().getFirst();
        var client = RedisClient.create(resources, uri);
        client.setOptions(options(ClientOptions.builder()));
        try {
            var connection = Waiting.until(client.connectAsync(CODEC, uri), CONNECT_TIMEOUT);
            var hints = Waiting.until(client.connectPubSubAsync(StringCodec.UTF8, uri), CONNECT_TIMEOUT);
            return new Link(client, connection.async(), hints, () -> List.of(connection.async().ping()), true);
        } catch (RuntimeException | InterruptedException e) {
            var _ = client.shutdownAsync();
            throw e;
        }
    }

    private Link openCluster() throws InterruptedException {
        var client = RedisClusterClient.create(resources, uris());
        client.setOptions((ClusterClientOptions) options(ClusterClientOptions.builder()));
        try {
            Waiting.until(client.refreshPartitionsAsync(), CONNECT_TIMEOUT);
            var connection = Waiting.until(client.connectAsync(CODEC), CONNECT_TIMEOUT);
            var hints = Waiting.until(client.connectPubSubAsync(StringCodec.UTF8), CONNECT_TIMEOUT);
            return new Link(client, connection.async(), hints, () -> pingMasters(connection), false);
        } catch (RuntimeException | InterruptedException e) {
            var _ = client.shutdownAsync();
            throw e;
        }
    }

    /// One master that hangs takes a part of the keys with it.
    private static List<CompletionStage<String>> pingMasters(
            StatefulRedisClusterConnection<String, byte[]> connection) {
        return connection.getPartitions().stream().filter(node -> !node.getSlots().isEmpty())
                .map(node -> connection.getConnectionAsync(node.getNodeId())
                        .thenCompose(master -> master.async().ping()).minimalCompletionStage())
                .toList();
    }

    /// A link that breaks is replaced by us, not mended by the client, which would keep commands for later.
    private static ClientOptions options(ClientOptions.Builder builder) {
        return builder.autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).keepAlive(true).build())
                .build();
    }

    private List<RedisURI> uris() {
        if (url.kind() != RedisUrl.Kind.SENTINEL) {
            return url.hosts().stream().map(host -> uri(RedisURI.Builder.redis(host.name(), host.port()))).toList();
        }
        var sentinels = RedisURI.builder().withSentinelMasterId(url.master());
        url.hosts().forEach(host -> sentinels.withSentinel(sentinel(host)));
        return List.of(uri(sentinels));
    }

    private RedisURI uri(RedisURI.Builder builder) {
        var uri = builder.withDatabase(url.database()).withSsl(url.tls()).withTimeout(CONNECT_TIMEOUT)
                .withClientName(NAME).build();
        if (url.password() != null) {
            uri.setCredentialsProvider(new StaticCredentialsProvider(url.user(), url.password().toCharArray()));
        }
        return uri;
    }

    private RedisURI sentinel(RedisUrl.Host host) {
        var uri = RedisURI.Builder.redis(host.name(), host.port()).withSsl(url.tls()).withTimeout(CONNECT_TIMEOUT)
                .withClientName(NAME).build();
        Stream.ofNullable(url.sentinelPassword()).forEach(
                password -> uri.setCredentialsProvider(new StaticCredentialsProvider(null, password.toCharArray())));
        return uri;
    }

    @Override
    public void close() {
        var _ = resources.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
