package dev.promptlab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The ceiling of live events: a thread that writes one prepared message to all sockets, one after the other, and nothing else.
final class FanOut {
    private static final int OF_ONE_EVENT_BYTES = 420;

    private FanOut() {}

    static List<Long> millis(int sockets, int messages, Duration between) throws IOException {
        try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                sockets)) {
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            Thread.ofPlatform().daemon().start(() -> write(server, sockets, messages, between));
            try (var streams = EventStreams.open(port, Collections.nCopies(sockets, "/"))) {
                return streams.awaitEnds(sockets * messages, Duration.ofMinutes(1));
            }
        }
    }

    private static void write(ServerSocketChannel server, int sockets, int messages, Duration between) {
        var open = new ArrayList<SocketChannel>();
        try {
            while (open.size() < sockets) {
                var socket = server.accept();
                socket.write(bytes("retry: 1000\n\n"));
                open.add(socket);
            }
            for (int i = 0; i < messages; i++) {
                Thread.sleep(between);
                var message = bytes(("event: job.completed\ndata: {\"at\":\"" + Instant.now() + "\",\"rest\":\""
                        + "x".repeat(OF_ONE_EVENT_BYTES) + "\"}\n\n"));
                for (var socket : open) {
                    socket.write(message.duplicate());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
