package dev.promptlab.provider;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

import javax.net.ssl.SSLHandshakeException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// The one HTTP client for calls to providers. A deadline covers the whole call, body included; an interrupt, a passed
/// deadline or a body over the cap closes the connection. Redirects are not followed, compression is not asked for, and
/// nothing is repeated here. HTTP/1.1, since cancelling an HTTP/2 call would only reset its stream.
public final class HttpCalls implements AutoCloseable {
    /// Largest body of a success, blocking or streamed.
    public static final int MAX_RESPONSE_BYTES = 8 << 20;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /// What to send.
    ///
    /// @param headers beside `Content-Type` and `Accept`
    /// @param secret must not appear in any message; empty = none
    public record Post(URI uri, Map<String, String> headers, JsonNode body, String secret) {}

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(CONNECT_TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor()).build();

    /// Sends and waits for a JSON body.
    JsonResponse post(Post post, Duration timeout) throws CallFailedException, InterruptedException {
        try (var response = open(post, "application/json", Deadline.in(timeout))) {
            return response.json();
        }
    }

    /// Sends and waits for the first byte of an event stream. The caller closes it.
    EventStream stream(Post post, Duration timeout) throws CallFailedException, InterruptedException {
        return new EventStream(open(post, "text/event-stream", Deadline.in(timeout)));
    }

    /// A response with status 2xx and the asked for content type, its body still to come.
    private ResponseBody open(Post post, String contentType, Deadline deadline)
            throws CallFailedException, InterruptedException {
        var inbox = new Inbox();
        inbox.follow(client.sendAsync(request(post, contentType), inbox));
        try {
            var body = new ResponseBody(awaitHead(inbox, deadline, post.uri()), inbox, deadline);
            body.requireSuccess(contentType);
            return body;
        } catch (CallFailedException | InterruptedException | RuntimeException e) {
            inbox.close();
            throw e;
        }
    }

    private static HttpRequest request(Post post, String contentType) {
        var request = HttpRequest.newBuilder(post.uri()).header("Content-Type", "application/json")
                .header("Accept", contentType).POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(post.body())));
        post.headers().forEach(request::header);
        return request.build();
    }

    private static HttpResponse.ResponseInfo awaitHead(Inbox inbox, Deadline deadline, URI uri)
            throws CallFailedException, InterruptedException {
        return switch (inbox.next(deadline)) {
            case Inbox.Arrival.Head(var info) -> info;
            case Inbox.Arrival.Broken(var cause) -> throw connectionFailure(cause, uri);
            case null -> throw ResponseBody.timedOut(null, null);
            case Inbox.Arrival.Bytes _,Inbox.Arrival.End _ -> throw new IllegalStateException("body before head (bug)");
        };
    }

    private static CallFailedException connectionFailure(Throwable cause, URI uri) {
        var neverSent = cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
                || cause instanceof SSLHandshakeException;
        if (!(cause instanceof IOException)) {
            throw new IllegalStateException("HTTP client failed (bug)", cause);
        }
        var what = neverSent ? "cannot connect to " + uri.getAuthority() : "the connection broke before an answer";
        return ResponseBody.unavailable(null, null, what, cause,
                neverSent ? ProviderReply.Billing.NOTHING : ProviderReply.Billing.UNKNOWN);
    }

    /// Ends all calls.
    @Override
    public void close() {
        client.shutdownNow();
    }
}
