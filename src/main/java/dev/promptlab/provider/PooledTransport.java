package dev.promptlab.provider;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.Executors;

import dev.promptlab.web.Json;

/// Over `java.net.http`, which looks hosts up and keeps connections by itself.
final class PooledTransport implements HttpCalls.Transport {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(CONNECT_TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor()).build();

    @Override
    public Arrivals send(HttpCalls.Post post, String contentType, Deadline deadline) {
        var inbox = new Inbox();
        inbox.follow(client.sendAsync(request(post, contentType), inbox));
        return inbox;
    }

    private static HttpRequest request(HttpCalls.Post post, String contentType) {
        var request = HttpRequest.newBuilder(post.uri()).header("Content-Type", "application/json")
                .header("Accept", contentType).POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(post.body())));
        post.headers().forEach(request::header);
        return request.build();
    }

    /// Ends all calls.
    @Override
    public void close() {
        client.shutdownNow();
    }
}
