package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// PromptLab as users run it: the built jar in a process of its own, which can be killed.
public final class ServerProcess implements AutoCloseable {
    private static final Path JAR = Path.of("target", "promptlab.jar").toAbsolutePath();
    private static final Pattern URL = Pattern.compile("PromptLab at http://[^ ]+:(\\d+) ");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final CountDownLatch readyOrEnded = new CountDownLatch(1);
    private final Thread reader;

    private ServerProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    /// Starts it; returns at once. Nothing of the environment of the tests reaches it.
    ///
    /// @param args the command and its flags
    public static ServerProcess launch(Map<String, String> environment, String... args) {
        return launch(environment, command("-XX:SharedArchiveFile=" + Classes.FILE, args));
    }

    private static List<String> command(String flag, String... args) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", flag, "-jar", JAR.toString()));
        command.addAll(List.of(args));
        return command;
    }

    /// What the JVM knows of the classes of this build, written by a process that starts and stops as others do: with it they
    /// start in two thirds of the time.
    private static final class Classes {
        static final Path FILE = JAR.resolveSibling("tests.jsa");

        static {
            if (FILE.toFile().lastModified() < JAR.toFile().lastModified()) {
                learn(FILE.resolveSibling("tests-" + ProcessHandle.current().pid() + ".jsa"));
            }
        }

        /// Tests run in several JVMs, so the file appears whole.
        private static void learn(Path file) {
            try (var database = TestDatabase.create();
                    var server = launch(Map.of("DATABASE_URL", database.environmentUrl()),
                            command("-XX:ArchiveClassesAtExit=" + file, "serve", "--port", "0"))) {
                server.awaitReady();
            }
            try {
                Files.move(file, FILE, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// As [#launch(Map, String...)] with a command line of one's own. A database comes with the master key of the tests.
    public static ServerProcess launch(Map<String, String> environment, List<String> command) {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(key -> !key.equals("PATH") && !key.equals("HOME"));
        if (environment.containsKey("DATABASE_URL")) {
            builder.environment().put("PROMPTLAB_MASTER_KEY", TestServer.MASTER_KEY);
        }
        builder.environment().putAll(environment);
        try {
            return new ServerProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts `serve` on a free port and waits until it is ready.
    public static ServerProcess serve(Map<String, String> environment) {
        var server = launch(environment, "serve", "--port", "0");
        server.awaitReady();
        return server;
    }

    /// @throws IllegalStateException with its output when it ends instead, or takes too long
    public void awaitReady() {
        try {
            boolean said = readyOrEnded.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!said || !output().contains("PromptLab ready")) {
                throw new IllegalStateException("the server is not ready:\n" + output());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
                if (line.equals("PromptLab ready")) {
                    readyOrEnded.countDown();
                }
            }
        } catch (IOException e) {
            // the process is gone
        } finally {
            readyOrEnded.countDown();
        }
    }

    /// Everything it has printed so far.
    public String output() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    /// Waits until it has printed something.
    ///
    /// @param pattern a regular expression
    public void awaitOutput(String pattern) {
        var wanted = Pattern.compile(pattern);
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            synchronized (lines) {
                while (lines.stream().noneMatch(line -> wanted.matcher(line).find())) {
                    long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                    if (left <= 0) {
                        throw new IllegalStateException("it did not print \"" + pattern + "\":\n" + output());
                    }
                    lines.wait(left);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Where its API listens.
    public int port() {
        var match = URL.matcher(output());
        if (!match.find()) {
            throw new IllegalStateException("it printed no URL:\n" + output());
        }
        return Integer.parseInt(match.group(1));
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public long pid() {
        return process.pid();
    }

    /// kill -9, and waits for the end.
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /// SIGTERM; returns at once.
    public void terminate() {
        process.destroy();
    }

    /// @return its exit code
    public int awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the process does not end:\n" + output());
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// SIGTERM, then kill -9.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
        }
    }
}
