package dev.promptlab;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.OpenFolder;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What is handed out: packed from the build that is tested, unpacked elsewhere, and started from there.
class ArchiveIT {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private static OpenFolder folder;
    private static Path archive;
    private static Path root;

    @BeforeAll
    static void unpack() throws Exception {
        folder = OpenFolder.create();
        Files.createDirectories(folder.path());
        archive = pack(folder.path().resolve("promptlab.tar.gz"));
        assertThat(end("tar", "-xzf", archive.toString(), "-C", folder.path().toString())).isZero();
        try (var unpacked = Files.list(folder.path())) {
            root = unpacked.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    @AfterAll
    static void delete() {
        folder.close();
    }

    @Test
    void runsFromAnEmptyFolderWithoutMavenAndNode() throws Exception {
        try (var database = TestDatabase.create()) {
            var launcher = root.resolve("promptlab").toString();
            var port = Integer.toString(freePort());
            var environment = Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS",
                    "-XX:TieredStopAtLevel=1 -XX:-AutoCreateSharedArchive", "DATABASE_URL", database.environmentUrl(),
                    "PROMPTLAB_METRICS_PORT",
                    port);
            try (var server = ServerProcess.launch(environment, List.of(launcher, "serve", "--port", "0"))) {
                server.awaitReady();
                ApiClient.of(server.url()).get("/health/ready").expect(200);
                assertThat(end(launcher, "health", port)).isZero();
            }
            assertThat(end(launcher, "health", port)).isEqualTo(1);
            assertThat(end(launcher, "build")).isEqualTo(2);
        }
    }

    @Test
    void isTheSameWheneverItIsPacked() throws Exception {
        assertThat(Files.mismatch(archive, pack(folder.path().resolve("again.tar.gz")))).isEqualTo(-1);
    }

    @Test
    void saysWhatIsInside() throws Exception {
        assertThat(root.toFile().list()).contains("LICENSE", ".env.example",
                "README.md", "promptlab-sbom.json", "docs", "deploy");
        var thirdParty = Files.readString(root.resolve("THIRD-PARTY.txt"));
        for (var component : Json.parse(Files.readString(root.resolve("promptlab-sbom.json"))).get("components")) {
            assertThat(thirdParty).contains(component.get("name").asText() + "-" + component.get("version").asText());
        }
        assertThat(thirdParty).doesNotContain("  see its text\n").contains("Apache License");
    }

    private static Path pack(Path file) throws Exception {
        assertThat(end(JAVA.toString(), "-XX:TieredStopAtLevel=1", "-cp", "target/lib/*", "build/Archive.java", ".",
                file.toString())).isZero();
        return file;
    }

    private static int end(String... command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start().waitFor();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
