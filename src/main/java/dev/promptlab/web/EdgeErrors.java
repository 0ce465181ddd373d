package dev.promptlab.web;

import java.util.UUID;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Failures before routing (bad request line, oversized headers, ambiguous path) in our envelope instead of Jetty's HTML.
/// Each ends its connection and says so: where a request that nobody understands ends, nobody knows either.
final class EdgeErrors extends ErrorHandler {
    @Override
    protected void generateResponse(Request request, Response response, int code, @Nullable String message,
            @Nullable Throwable cause, Callback callback) {
        var id = UUID.randomUUID().toString();
        var text = message == null || code >= 500 ? "the request could not be handled" : message;
        SecurityHeaders.put(response.getHeaders());
        response.getHeaders().put(Http.REQUEST_ID, id);
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        var body = ErrorEnvelope.body(new Problem(code, ErrorEnvelope.code(code), text), id);
        response.write(true, BufferUtil.toBuffer(Json.text(body)), callback);
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }
}
