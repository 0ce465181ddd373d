package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A real `redis-server` of our own, in memory only, on a free loopback port. Tests with one carry the tag `redis`, so that the
/// launcher can leave them out, and say so, where there is no `redis-server`.
public final class TestRedis implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final int port;
    private final OpenFolder folder;
    private final List<String> arguments;
    private Process process;

    private TestRedis(int port, OpenFolder folder, List<String> arguments) {
        this.port = port;
        this.folder = folder;
        this.arguments = arguments;
        this.process = launch();
        awaitReady();
    }

    /// @param options as on the command line of `redis-server`
    public static TestRedis start(String... options) {
        int port = freePort();
        var folder = folder();
        return new TestRedis(port, folder, Stream.concat(Stream.of("--port", "" + port, "--bind", "127.0.0.1", "--save",
                "", "--dir", folder.path().toString()), Stream.of(options)).toList());
    }

    /// One Sentinel that alone decides about the master `main` on this port, after a second.
    public static TestRedis startSentinel(int master) {
        int port = freePort();
        var folder = folder();
        var config = folder.path().resolve("sentinel.conf");
        try {
            Files.writeString(config, """
                    port %d
                    bind 127.0.0.1
                    sentinel monitor main 127.0.0.1 %d 1
                    sentinel down-after-milliseconds main 1000
                    sentinel failover-timeout main 5000
                    """.formatted(port, master));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TestRedis(port, folder, List.of(config.toString(), "--sentinel"));
    }

    private static OpenFolder folder() {
        var folder = OpenFolder.create();
        try {
            Files.createDirectory(folder.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    private Process launch() {
        var command = new ArrayList<>(List.of("redis-server"));
        command.addAll(arguments);
        try {
            return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "redis-server cannot be started; install it (apt-get install redis-server), or leave its tests out: -DexcludedGroups=redis",
                    e);
        }
    }

    /// For servers on ports of their own choice.
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /// Ends it as a power cut would.
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// It hangs from now on: connections stay open, and nothing is answered.
    public void stop() {
        signal("STOP");
    }

    /// It goes on after [#stop].
    public void cont() {
        signal("CONT");
    }

    private void signal(String name) {
        run("kill", "-" + name, "" + process.pid());
    }

    /// Starts it again, empty, on the same port, dead or not.
    public void restart() {
        kill();
        process = launch();
        awaitReady();
    }

    /// Sends a command as a client of its own would, and returns what `redis-cli` prints.
    public String ask(String... command) {
        return run(Stream.concat(Stream.of("redis-cli", "-p", "" + port), Stream.of(command)).toArray(String[]::new));
    }

    private static String run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitReady() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            if (System.nanoTime() > end || !process.isAlive()) {
                close();
                throw new IllegalStateException("redis-server does not answer on port " + port);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        kill();
        folder.close();
    }
}
