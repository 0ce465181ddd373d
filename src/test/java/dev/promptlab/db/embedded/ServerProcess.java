package dev.promptlab.db.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import dev.promptlab.db.DatabaseUrl;

/// Another JVM that runs the embedded PostgreSQL on a folder until it is killed.
final class ServerProcess implements AutoCloseable {
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final Process process;
    private final BufferedReader output;

    private ServerProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static ServerProcess on(Path folder) throws IOException {
        var builder = new ProcessBuilder(JAVA, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                ServerProcess.class.getName(), folder.toString()).redirectErrorStream(true);
        builder.environment().put("ANTHROPIC_API_KEY", "sk-do-not-inherit");
        return new ServerProcess(builder.start());
    }

    /// What runs in the other JVM: prints where the server is, or why there is none.
    public static void main(String[] arguments) throws InterruptedException {
        try {
            var postgres = EmbeddedPostgres.start(Path.of(arguments[0]));
            var url = postgres.url();
            System.out.println(
                    "running " + postgres.pid() + " " + url.jdbcUrl() + " " + url.user() + " " + url.password());
            Thread.currentThread().join();
        } catch (EmbeddedPostgresException e) {
            System.out.println("refused " + e.getMessage());
        }
    }

    record Running(long pid, DatabaseUrl url) {}

    /// Waits for the server.
    Running running() throws IOException {
        var words = answer("running ").split(" ");
        return new Running(Long.parseLong(words[0]), new DatabaseUrl(words[1], words[2], words[3]));
    }

    /// Waits for the reason why there is no server.
    String refusal() throws IOException {
        return answer("refused ");
    }

    private String answer(String start) throws IOException {
        var line = output.readLine();
        if (line == null || !line.startsWith(start)) {
            throw new IllegalStateException("expected \"" + start + "...\", read: " + line);
        }
        return line.substring(start.length());
    }

    /// Kills the JVM alone, as `kill -9` does, and waits for its end.
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
