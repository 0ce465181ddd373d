package dev.promptlab.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 connection, as much of it as tests need.
final class Connection {
    /// The client closed the connection before it had its answer.
    static final class ClientGone extends IOException {
        private static final long serialVersionUID = 1;

        ClientGone(String message) {
            super(message);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
    }

    /// @return null when the client has no more requests
    @Nullable
    ScriptedCall receive() throws IOException {
        socket.setSoTimeout(0);
        var head = head();
        if (head.isEmpty()) {
            return null;
        }
        var lines = head.split("\r\n");
        var request = lines[0].split(" ");
        var headers = new HashMap<String, String>();
        for (var i = 1; i < lines.length; i++) {
            var colon = lines[i].indexOf(':');
            headers.put(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip());
        }
        return new ScriptedCall(request[0], request[1], Map.copyOf(headers), body(headers), Instant.now());
    }

    private String head() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            var octet = in.read();
            if (octet == -1) {
                return "";
            }
            head.write(octet);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private ObjectNode body(Map<String, String> headers) throws IOException {
        var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the request broke off");
        }
        return length == 0 ? Json.object() : (ObjectNode) Json.read(bytes);
    }

    void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    void write(byte[] bytes) throws IOException {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new ClientGone("the client went away: " + e.getMessage());
        }
    }

    /// Waits, unless the client goes away first.
    void pause(Duration duration) throws IOException {
        socket.setSoTimeout((int) Math.max(1, duration.toMillis()));
        try {
            if (in.read() == -1) {
                throw new ClientGone("the client went away");
            }
            throw new IOException("a request before the answer to the last one");
        } catch (SocketTimeoutException e) {
            // the pause is over
        } catch (SocketException e) {
            throw new ClientGone("the client went away: " + e.getMessage());
        }
    }

    /// Watches the client from the side, since a write that is stuck does not notice an orderly close.
    void endWithClient() {
        Thread.ofVirtual().start(() -> {
            try (socket) {
                var _ = in.read();
            } catch (IOException e) {
                // gone as well
            }
        });
    }

    /// Ends with a TCP reset instead of an orderly close.
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    void close() throws IOException {
        socket.close();
    }
}
