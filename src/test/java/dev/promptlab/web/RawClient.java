package dev.promptlab.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// Writes bytes to a server as no proper client would, and reads what comes back.
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;

    RawClient(int port) throws IOException {
        this("127.0.0.1", port);
    }

    /// @param from which address of this machine the connection comes from
    RawClient(String from, int port) throws IOException {
        socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port, InetAddress.ofLiteral(from), 0);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /// A request line and headers, and the empty line after them.
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    /// Sends `text` on a connection of its own and reads until the server closes.
    static String exchange(int port, String text) {
        try (var client = new RawClient(port)) {
            client.write(text);
            return client.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /// The next byte, or -1 at the end.
    int read() throws IOException {
        return socket.getInputStream().read();
    }

    String readAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Repeats `drop` until the server closes the connection, whatever it says before.
    ///
    /// @return how long that took, in milliseconds
    long dripUntilCut(String drop, int pauseMillis) throws IOException {
        long start = System.nanoTime();
        var said = new StringBuilder();
        while (drip(drop, pauseMillis, said)) {
            if (millisSince(start) > PATIENCE_MILLIS) {
                throw new IOException("still connected after " + millisSince(start) + " ms");
            }
        }
        return millisSince(start);
    }

    /// Repeats `drop` until the server says something, and reads that to its end.
    String dripUntilAnswer(String drop, int pauseMillis) throws IOException {
        long start = System.nanoTime();
        var said = new StringBuilder();
        while (said.isEmpty() && millisSince(start) < PATIENCE_MILLIS) {
            drip(drop, pauseMillis, said);
        }
        socket.setSoTimeout(PATIENCE_MILLIS);
        return said + readAll();
    }

    /// One drop, then a pause in which the server may say something.
    ///
    /// @return whether the connection still stands
    private boolean drip(String drop, int pauseMillis, StringBuilder said) throws IOException {
        try {
            write(drop);
            socket.setSoTimeout(pauseMillis);
            int answer = socket.getInputStream().read();
            if (answer >= 0) {
                said.append((char) answer);
            }
            return answer >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
