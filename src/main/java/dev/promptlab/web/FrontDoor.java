package dev.promptlab.web;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/// What every request passes before anything else sees it: one spelling of the path, bounds, the headers of its answer.
record FrontDoor(Proxies proxies, SlowReaders readers) implements HttpConfiguration.Customizer {
    static final int MAX_HEADERS = 100;

    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        SecurityHeaders.put(answer);
        if (isHttps(request)) {
            SecurityHeaders.putHttpsOnly(answer);
        }
        checkTarget(request.getHttpURI());
        if (request.getHeaders().size() > MAX_HEADERS) {
            throw new HttpException.RuntimeException(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431,
                    "the request has more than " + MAX_HEADERS + " headers");
        }
        readers.watch(request);
        return request;
    }

    private boolean isHttps(Request request) {
        var peer = request.getConnectionMetaData().getRemoteSocketAddress();
        return peer instanceof InetSocketAddress socket && proxies.trust(socket.getAddress())
                && ClientAddress.isHttps(request.getHeaders().get("X-Forwarded-Proto"));
    }

    private static void checkTarget(HttpURI target) {
        var path = Objects.requireNonNullElse(target.getPath(), "");
        var query = Objects.requireNonNullElse(target.getQuery(), "");
        if (path.length() > RequestTarget.MAX_PATH || query.length() > RequestTarget.MAX_QUERY) {
            throw new HttpException.RuntimeException(HttpStatus.URI_TOO_LONG_414, "the path is longer than "
                    + RequestTarget.MAX_PATH + " characters, or the query than " + RequestTarget.MAX_QUERY);
        }
        RequestTarget.problem(path).or(() -> RequestTarget.queryProblem(query))
                .or(() -> Optional.ofNullable(target.getFragment()).map(_ -> "the path has a fragment (#)"))
                .ifPresent(problem -> {
                    throw new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, problem);
                });
    }
}
