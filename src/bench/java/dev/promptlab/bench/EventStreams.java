package dev.promptlab.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Many open streams of events, all read by the calling thread, which costs little: the cores are for the server.
final class EventStreams implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final Pattern END = Pattern.compile("event: job\\.completed\ndata: .*?\"at\":\"([^\"]+)\".*\n\n");

    private final Selector selector;

    private EventStreams(Selector selector) {
        this.selector = selector;
    }

    /// Returns when each stream has said that it is there.
    static EventStreams open(int port, List<String> paths) throws IOException {
        var streams = new EventStreams(Selector.open());
        for (var path : paths) {
            streams.open(port, path);
        }
        return streams;
    }

    private void open(int port, String path) throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        var buffer = ByteBuffer.allocate(BUFFER_BYTES);
        while (!text(buffer).contains("retry: ")) {
            if (channel.read(buffer) < 0) {
                throw new IOException(path + " ended after: " + text(buffer));
            }
        }
        buffer.clear();
        channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, buffer);
    }

    /// @return for each of so many ends of jobs, from its time to when it had been read, in ms
    List<Long> awaitEnds(int count, Duration patience) throws IOException {
        var millis = new ArrayList<Long>();
        long end = System.nanoTime() + patience.toNanos();
        while (millis.size() < count) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("only " + millis.size() + " of " + count + " events came");
            }
            selector.select(key -> read(key, millis), 100);
        }
        return millis;
    }

    private static void read(SelectionKey key, List<Long> millis) {
        var buffer = (ByteBuffer) key.attachment();
        try {
            if (((SocketChannel) key.channel()).read(buffer) < 0) {
                key.cancel();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        var ends = END.matcher(text(buffer)).results().toList();
        if (!ends.isEmpty()) {
            var now = Instant.now();
            ends.forEach(found -> millis.add(Duration.between(Instant.parse(found.group(1)), now).toMillis()));
            buffer.clear(); // what is written at once is read at once
        }
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.UTF_8.decode(buffer.duplicate().flip()).toString();
    }

    @Override
    public void close() throws IOException {
        for (var key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
