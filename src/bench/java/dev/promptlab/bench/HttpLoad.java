package dev.promptlab.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/// Keeps a number of HTTP/1.1 connections busy, each with one request at a time, as lean as it can: the machine is shared
/// with the server that is measured.
final class HttpLoad {
    private static final byte[] CONTENT_LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final int connections;

    HttpLoad(int port, int connections) {
        this.port = port;
        this.connections = connections;
    }

    /// @param request the whole request by its number, from 0
    /// @param expected status codes that count; any other one ends the run with an error
    /// @return answers per second
    double run(Duration duration, Set<Integer> expected, LongFunction<byte[]> request) {
        var next = new AtomicLong();
        var done = new AtomicLong();
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        var clients = new ArrayList<Callable<Void>>();
        for (int i = 0; i < connections; i++) {
            clients.add(() -> {
                client(end, expected, request, next, done);
                return null;
            });
        }
        runAll(clients);
        return done.get() / ((System.nanoTime() - start) / 1e9);
    }

    private static void runAll(List<Callable<Void>> clients) {
        try (var threads = Executors.newFixedThreadPool(clients.size())) {
            for (var client : threads.invokeAll(clients)) {
                client.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void client(long end, Set<Integer> expected, LongFunction<byte[]> request, AtomicLong next,
            AtomicLong done) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
            var out = socket.getOutputStream();
            while (System.nanoTime() < end) {
                out.write(request.apply(next.getAndIncrement()));
                int status = answer(in);
                if (!expected.contains(status)) {
                    throw new IllegalStateException("unexpected status " + status);
                }
                done.incrementAndGet();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads one answer and returns its status.
    private static int answer(InputStream in) throws IOException {
        var line = new byte[1 << 12];
        int length = line(in, line);
        int status = Integer.parseInt(new String(line, 9, 3, StandardCharsets.US_ASCII));
        long body = 0;
        while ((length = line(in, line)) > 0) {
            if (startsWith(line, length)) {
                body = Long.parseLong(new String(line, CONTENT_LENGTH.length, length - CONTENT_LENGTH.length,
                        StandardCharsets.US_ASCII).strip());
            }
        }
        in.skipNBytes(body);
        return status;
    }

    private static boolean startsWith(byte[] line, int length) {
        if (length < CONTENT_LENGTH.length) {
            return false;
        }
        for (int i = 0; i < CONTENT_LENGTH.length; i++) {
            if ((line[i] | 0x20) != (CONTENT_LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private static int line(InputStream in, byte[] line) throws IOException {
        int length = 0;
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (c != '\r') {
                line[length++] = (byte) c;
            }
        }
        return length;
    }

    static byte[] get(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /// @param header one more, as it goes
    static byte[] get(String path, String header) {
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] post(String path, String json) {
        var body = json.getBytes(StandardCharsets.UTF_8);
        var head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length + "\r\n\r\n";
        return (head + json).getBytes(StandardCharsets.UTF_8);
    }
}
