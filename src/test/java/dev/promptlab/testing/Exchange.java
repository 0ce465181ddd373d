package dev.promptlab.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// One request and the means to answer it. Answers that are complete leave the connection open for the next request.
public final class Exchange {
    private final ScriptedCall call;
    private final Vendor vendor;
    private final Connection connection;

    Exchange(ScriptedCall call, Vendor vendor, Connection connection) {
        this.call = call;
        this.vendor = vendor;
        this.connection = connection;
    }

    public ScriptedCall call() {
        return call;
    }

    public Vendor vendor() {
        return vendor;
    }

    public void json(int status, JsonNode body, Map<String, String> headers) throws IOException {
        whole(status, "application/json", Json.text(body), headers);
    }

    public void whole(int status, String contentType, String body, Map<String, String> headers) throws IOException {
        head(status, contentType, "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length, headers);
        write(body);
    }

    /// A whole event stream.
    public void stream(List<String> events) throws IOException {
        stream(events, Map.of());
    }

    public void stream(List<String> events, Map<String, String> headers) throws IOException {
        streamHead(headers);
        for (var event : events) {
            chunk(event);
        }
        write("0\r\n\r\n");
    }

    public void streamHead(Map<String, String> headers) throws IOException {
        head(200, "text/event-stream; charset=utf-8", "Transfer-Encoding: chunked", headers);
    }

    /// @param lengthHeader `Content-Length: 5` or `Transfer-Encoding: chunked`
    public void head(int status, String contentType, String lengthHeader, Map<String, String> headers)
            throws IOException {
        var head = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\nContent-Type: " + contentType + "\r\n"
                + lengthHeader + "\r\n" + vendor.requestIdHeader() + ": " + Vendor.REQUEST_ID + "\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        write(head.append("\r\n").toString());
    }

    public void chunk(String text) throws IOException {
        write(Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n");
    }

    public void write(String text) throws IOException {
        connection.write(text);
    }

    /// Waits, unless the client goes away first, which ends the exchange.
    public void pause(Duration duration) throws IOException {
        connection.pause(duration);
    }

    /// From now on a client that goes away also ends a write that waits for it.
    public void endWithClient() {
        connection.endWithClient();
    }

    public void close() throws IOException {
        connection.close();
    }

    public void reset() throws IOException {
        connection.reset();
    }
}
