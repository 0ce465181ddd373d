package dev.promptlab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.promptlab.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// The programs of docs/clients.md, run as they stand there.
class ClientExamplesIT {
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static TestServer server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theyCompleteAJob() throws Exception {
        assertThat(run("java", "Client.java", JAVA)).contains("\"status\":\"completed\"")
                .contains("\"output\":\"Hello\"");
        assertThat(run("js", "client.mjs", "node")).startsWith("completed Hello");
        if (isInstalled("python3")) {
            assertThat(run("python", "client.py", "python3")).startsWith("completed Hello");
        }
    }

    private static boolean isInstalled(String program) {
        return Pattern.compile(":").splitAsStream(System.getenv("PATH"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private String run(String language, String name, String... command) throws IOException, InterruptedException {
        var file = Files.writeString(folder.resolve(name), block(language));
        var all = new ArrayList<>(List.of(command));
        all.add(file.toString());
        var builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("PROMPTLAB_URL", server.url());
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static String block(String language) throws IOException {
        var blocks = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs", "clients.md"))).results().toList();
        assertThat(blocks).hasSize(1);
        return blocks.getFirst().group(1);
    }
}
