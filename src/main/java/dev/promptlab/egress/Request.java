package dev.promptlab.egress;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A POST as HTTP/1.1 writes it (RFC 9112).
@SuppressWarnings("ArrayRecordComponent") // nobody compares requests
record Request(URI uri, Map<String, String> headers, byte[] body) {

    void send(OutputStream out) throws IOException {
        out.write(head().getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    private String head() {
        var head = new StringBuilder("POST ").append(target()).append(" HTTP/1.1\r\n");
        header(head, "Host", uri.getRawAuthority());
        headers.forEach((name, value) -> header(head, name, value));
        header(head, "Content-Length", Integer.toString(body.length));
        header(head, "Connection", "close");
        return head.append("\r\n").toString();
    }

    private String target() {
        var path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static void header(StringBuilder head, String name, String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("the header " + name + " has a value that HTTP cannot carry (bug)");
        }
        head.append(name).append(": ").append(value).append("\r\n");
    }
}
