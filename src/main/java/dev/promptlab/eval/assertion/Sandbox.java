package dev.promptlab.eval.assertion;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// Runs JavaScript of users in small Java processes that can be killed: no files, no network, no classes of Java, 64 MB, half
/// a second. Processes start with the first script and are reused; one that was stopped is replaced. Thread-safe.
public final class Sandbox implements AutoCloseable {
    static final Duration PER_SCRIPT = Duration.ofMillis(500);
    /// For what the child cannot stop by itself: a regular expression, a very long text.
    private static final Duration UNTIL_KILLED = Duration.ofMillis(900);
    private static final Duration START = Duration.ofSeconds(20);
    private static final int PROCESSES = 2;
    private static final int MAX_ANSWER = 16 << 20;

    private final Semaphore free = new Semaphore(PROCESSES);
    private final ConcurrentLinkedQueue<Child> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    private record Answer(byte kind, String text) {}

    /// One process; used by one thread at a time.
    private static final class Child {
        private final Process process;
        private final DataOutputStream requests;
        private final DataInputStream answers;

        Child() throws IOException {
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var builder = new ProcessBuilder(
                    List.of(java, "-Xmx64m", "-Xss2m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                            "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError", "-Xshare:auto", "-cp", classPath(),
                            SandboxProcess.class.getName(), Long.toString(PER_SCRIPT.toMillis())));
            builder.environment().clear();
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            this.process = builder.start();
            this.requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
            this.answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
            within(START, this::read);
        }

        Answer ask(byte kind, String code, String name, String input, String context) throws IOException {
            return within(UNTIL_KILLED, () -> {
                requests.writeByte(kind);
                for (var part : List.of(code, name, input, context)) {
                    SandboxProcess.write(requests, part);
                }
                requests.flush();
                return read();
            });
        }

        private interface Exchange {
            Answer run() throws IOException;
        }

        /// The end of the process ends the reading.
        private Answer within(Duration limit, Exchange exchange) throws IOException {
            var watchdog = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(limit);
                    process.destroyForcibly();
                } catch (InterruptedException _) {
                    // The answer was in time.
                }
            });
            try {
                return exchange.run();
            } finally {
                watchdog.interrupt();
            }
        }

        private Answer read() throws IOException {
            byte kind = answers.readByte();
            int length = answers.readInt();
            if (length < 0 || length > MAX_ANSWER) {
                throw new IOException("the answer is too long");
            }
            var text = new byte[length];
            answers.readFully(text);
            return new Answer(kind, new String(text, StandardCharsets.UTF_8));
        }

        void kill() {
            process.destroyForcibly();
        }
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
    }

    /// What is wrong with the syntax, on the JavaScript that runs here: ES6 and more, without `class`, `async`, and `for (const
    /// x of ...)`. Empty = nothing.
    ///
    /// @param name what the script calls its input
    public Optional<String> problem(String code, String name) throws InterruptedException {
        try {
            var answer = ask(SandboxProcess.CHECK, code, name, "null", "null");
            return answer.kind() == SandboxProcess.DONE ? Optional.empty() : Optional.of(answer.text());
        } catch (Ungradable e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// @return what the script returned; objects as JSON
    /// @throws ScriptException when it threw something or returned nothing
    /// @throws Ungradable when it had to be stopped
    JsonNode run(String code, JsonNode output, JsonNode context) throws ScriptException, InterruptedException {
        return run(code, "output", output, context);
    }

    /// As [#run], with an input that has another name.
    JsonNode run(String code, String name, JsonNode input, JsonNode context)
            throws ScriptException, InterruptedException {
        var answer = ask(SandboxProcess.RUN, code, name, Json.text(input), Json.text(context));
        return switch (answer.kind()) {
            case SandboxProcess.DONE -> Json.parse(answer.text());
            case SandboxProcess.FAILED -> throw new ScriptException(answer.text());
            default -> throw new Ungradable("the script was stopped after " + PER_SCRIPT.toMillis() + " ms");
        };
    }

    /// What a script makes of a value before there is any output.
    ///
    /// @param name what the script calls the value
    public JsonNode transform(String code, String name, JsonNode value) throws ScriptException, InterruptedException {
        try {
            return run(code, name, value, Json.object());
        } catch (Ungradable e) {
            throw new ScriptException(String.valueOf(e.getMessage()));
        }
    }

    private Answer ask(byte kind, String code, String name, String input, String context) throws InterruptedException {
        free.acquire();
        Child child = null;
        try {
            child = child();
            var answer = child.ask(kind, code, name, input, context);
            if (closed) {
                child.kill();
            } else {
                idle.add(child);
            }
            return answer;
        } catch (IOException e) {
            throw lost(child, e);
        } finally {
            free.release();
        }
    }

    private Child child() throws IOException {
        for (var known = idle.poll(); known != null; known = idle.poll()) {
            if (known.process.isAlive()) {
                return known;
            }
        }
        return new Child();
    }

    private static Ungradable lost(@Nullable Child child, IOException e) {
        if (child == null) {
            return new Ungradable("scripts cannot be run here: " + e.getMessage());
        }
        child.kill();
        return new Ungradable("the script was stopped: it took more than " + UNTIL_KILLED.toMillis()
                + " ms or more than 64 MB");
    }

    @Override
    public void close() {
        closed = true;
        idle.forEach(Child::kill);
    }
}
