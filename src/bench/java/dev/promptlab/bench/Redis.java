package dev.promptlab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.promptlab.testing.OpenFolder;

/// A Redis of our own with an append-only file, on a free loopback port.
public final class Redis implements AutoCloseable {
    private static final int TRIES = 100;
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final OpenFolder folder;
    private final Process process;
    private final int port;

    private Redis(OpenFolder folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    /// Whether there is a `redis-server`; as root on a system with apt it is installed when missing.
    public static boolean isThere() {
        if (succeeds("redis-server", "--version")) {
            return true;
        }
        if ("root".equals(System.getProperty("user.name")) && succeeds("apt-get", "--version")) {
            System.out.println("redis-server is missing: apt-get install redis-server");
            return succeeds("apt-get", "install", "-y", "--no-install-recommends", "redis-server");
        }
        return false;
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param appendfsync `always`: what was accepted is on disk; `everysec`: the last second may be lost
    public static Redis start(String appendfsync) {
        var folder = OpenFolder.create();
        try {
            Files.createDirectory(folder.path());
            int port = freePort();
            var process = new ProcessBuilder(List.of("redis-server", "--port", "" + port, "--bind", "127.0.0.1",
                    "--dir",
                    folder.path().toString(), "--save", "", "--appendonly", "yes", "--appendfsync", appendfsync))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectErrorStream(true).start();
            var redis = new Redis(folder, process, port);
            redis.awaitReady();
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() {
        for (int i = 0; i < TRIES; i++) {
            if (answers()) {
                return;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        close();
        throw new IllegalStateException("redis-server does not answer");
    }

    private boolean answers() {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        try (folder) {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
