package dev.promptlab.eval.run;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// A file of JSON lines that only grows. A line is with the operating system when [#append] returns, so that it survives the death
/// of the process; it is on the disk at most about 200 ms later. A half line at the end, of a death in the middle of a write, is
/// cut off when the file is opened. Thread-safe.
final class Journal implements Closeable {
    private static final Duration SYNC = Duration.ofMillis(200);

    /// Where a line stands.
    record Place(long offset, int length) {}

    /// Sees the lines that are there already.
    @FunctionalInterface
    interface Seen {
        void line(JsonNode line, Place place) throws IOException;
    }

    private final FileChannel file;
    private final ReentrantLock appending = new ReentrantLock();
    private final ReentrantLock syncing = new ReentrantLock();
    private final AtomicLong synced = new AtomicLong(System.nanoTime());
    private long end;

    private Journal(FileChannel file, long end) {
        this.file = file;
        this.end = end;
    }

    static Journal open(Path path, Seen seen) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        var file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        var end = readLines(file, seen);
        file.truncate(end);
        return new Journal(file, end);
    }

    /// @return the end of the last whole line
    private static long readLines(FileChannel file, Seen seen) throws IOException {
        var in = new BufferedInputStream(Channels.newInputStream(file.position(0)), 1 << 16);
        var line = new ByteArrayOutputStream();
        var end = 0L;
        for (var next = in.read(); next >= 0; next = in.read()) {
            if (next != '\n') {
                line.write(next);
                continue;
            }
            var place = new Place(end, line.size());
            seen.line(Json.read(line.toByteArray()), place);
            end += line.size() + 1L;
            line.reset();
        }
        return end;
    }

    Place append(JsonNode line) throws IOException {
        var bytes = Json.bytes(line);
        var buffer = ByteBuffer.allocate(bytes.length + 1).put(bytes).put((byte) '\n').flip();
        Place place;
        appending.lock();
        try {
            place = new Place(end, bytes.length);
            var at = end;
            while (buffer.hasRemaining()) {
                at += file.write(buffer, at);
            }
            end = at;
        } finally {
            appending.unlock();
        }
        syncSometimes();
        return place;
    }

    private void syncSometimes() throws IOException {
        if (System.nanoTime() - synced.get() < SYNC.toNanos() || !syncing.tryLock()) {
            return;
        }
        try {
            file.force(false);
            synced.set(System.nanoTime());
        } finally {
            syncing.unlock();
        }
    }

    JsonNode read(Place place) throws IOException {
        var buffer = ByteBuffer.allocate(place.length());
        while (buffer.hasRemaining()) {
            if (file.read(buffer, place.offset() + buffer.position()) < 0) {
                throw new EOFException("the journal is shorter than it was");
            }
        }
        return Json.read(buffer.array());
    }

    @Override
    public void close() throws IOException {
        if (file.isOpen()) { // an interrupted thread closes it
            file.force(true);
            file.close();
        }
    }
}
