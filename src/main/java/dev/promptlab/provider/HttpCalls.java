package dev.promptlab.provider;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import javax.net.ssl.SSLHandshakeException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.egress.AddressRefusedException;
import dev.promptlab.egress.PinnedHttp;
import dev.promptlab.telemetry.Traces;

/// How calls to providers go out. A deadline covers the whole call, body included; an interrupt, a passed deadline or a body over
/// the cap closes the connection. Redirects are not followed, compression is not asked for, and nothing is repeated here.
/// HTTP/1.1, since cancelling an HTTP/2 call would only reset its stream.
public final class HttpCalls implements AutoCloseable {
    /// Largest body of a success that comes as a whole.
    public static final int MAX_RESPONSE_BYTES = 8 << 20;
    /// Of a streamed one, whose events say much more than the text in them.
    static final int MAX_STREAM_BYTES = 8 * MAX_RESPONSE_BYTES;

    /// What to send.
    ///
    /// @param headers beside `Content-Type` and `Accept`
    /// @param secret must not appear in any message; empty = none
    public record Post(URI uri, Map<String, String> headers, JsonNode body, String secret) {}

    /// What carries the bytes.
    interface Transport extends AutoCloseable {
        /// @throws IOException when no answer began
        Arrivals send(Post post, String contentType, Deadline deadline) throws IOException, InterruptedException;

        @Override
        void close();
    }

    private final Transport transport;

    private HttpCalls(Transport transport) {
        this.transport = transport;
    }

    /// To URLs of the operator, wherever they are: connections serve one call after the other.
    public HttpCalls() {
        this(new PooledTransport());
    }

    /// To URLs of users: only where `http` lets them, on a connection of its own for each call.
    public static HttpCalls guarded(PinnedHttp http) {
        return new HttpCalls(new PinnedTransport(http));
    }

    /// Sends and waits for a JSON body.
    JsonResponse post(Post post, Duration timeout) throws CallFailedException, InterruptedException {
        try (var response = open(post, "application/json", Deadline.in(timeout))) {
            return response.json();
        }
    }

    /// Sends and waits for the beginning of an event stream, or of a JSON body from a server that does not stream. The caller
    /// closes it.
    EventStream stream(Post post, Duration timeout) throws CallFailedException, InterruptedException {
        return new EventStream(open(post, "text/event-stream", Deadline.in(timeout)));
    }

    /// A response with status 2xx and the asked for content type, or JSON, its body still to come.
    private ResponseBody open(Post post, String contentType, Deadline deadline)
            throws CallFailedException, InterruptedException {
        try {
            var arrivals = transport.send(traced(post), contentType, deadline);
            try {
                var body = new ResponseBody(awaitHead(arrivals, deadline, post.uri()), arrivals, deadline);
                body.requireSuccess(contentType);
                return body;
            } catch (CallFailedException | InterruptedException | RuntimeException e) {
                arrivals.close();
                throw e;
            }
        } catch (IOException e) {
            throw connectionFailure(e, post.uri());
        }
    }

    /// With this thread's place in a trace, if it has one.
    private static Post traced(Post post) {
        var place = Traces.headers();
        if (place.isEmpty()) {
            return post;
        }
        var headers = new HashMap<>(post.headers());
        headers.putAll(place);
        return new Post(post.uri(), headers, post.body(), post.secret());
    }

    private static HttpResponse.ResponseInfo awaitHead(Arrivals arrivals, Deadline deadline, URI uri)
            throws CallFailedException, InterruptedException {
        return switch (arrivals.next(deadline)) {
            case Arrivals.Arrival.Head(var info) -> info;
            case Arrivals.Arrival.Broken(var cause) -> throw connectionFailure(cause, uri);
            case null -> throw ResponseBody.timedOut(null, null);
            case Arrivals.Arrival.Bytes _,Arrivals.Arrival.End _ ->
                throw new IllegalStateException("body before head (bug)");
        };
    }

    private static CallFailedException connectionFailure(Throwable cause, URI uri) {
        if (cause instanceof AddressRefusedException) {
            return new CallFailedException(new ProviderReply.Failure(FailureClass.INVALID_REQUEST, null,
                    String.valueOf(cause.getMessage()), null, null, ProviderReply.Billing.NOTHING, null));
        }
        if (cause instanceof SocketTimeoutException) {
            return ResponseBody.timedOut(null, null);
        }
        var neverSent = cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
                || cause instanceof SSLHandshakeException || cause instanceof UnknownHostException;
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
        transport.close();
    }
}
