package dev.promptlab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Secret;
import dev.promptlab.config.Settings;
import dev.promptlab.config.SettingsException;
import dev.promptlab.db.Dump;
import dev.promptlab.db.embedded.EmbeddedPostgres;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.OpenFolder;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A backup that is taken while the server works, and what comes out of it elsewhere.
class BackupIT {
    private OpenFolder lost;
    private OpenFolder found;
    private OpenFolder files;
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void folders() throws IOException {
        lost = OpenFolder.create();
        found = OpenFolder.create();
        files = OpenFolder.create();
        Files.createDirectories(files.path());
    }

    @AfterEach
    void delete() {
        lost.close();
        found.close();
        files.close();
    }

    @Test
    void everythingUpToTheBackupComesBackExactlyAndRunningJobsGoOn() throws Exception {
        var backup = files.path().resolve("backup");
        List<JsonNode> ended;
        List<String> running;
        String later;
        try (var server = serve(lost.path())) {
            var jobs = JobClient.of(server);
            ended = Fleet.submit(server, 20, i -> request("ended " + i, 0)).stream().map(jobs::finished).toList();
            running = Fleet.submit(server, 8, i -> request("running " + i, 1500));
            try (var load = Load.on(server)) {
                BackupAdmin.backup(settings(lost.path()), backup, said::add);
                assertThat(load.submitted()).isPositive();
            }
            later = jobs.submit(request("later", 0));
            jobs.finished(later);
            server.kill();
        }
        var key = Files.readString(lost.path().resolve("master.key")).strip();
        assertThat(said).anyMatch(line -> line.startsWith("the master key is not in it"));
        assertThat(Files.getPosixFilePermissions(backup)).isEqualTo(PosixFilePermissions.fromString("rw-------"));

        assertThatAnythingElseIsRefusedAndLeavesNoData(backup);
        BackupAdmin.restore(settings(found.path()), backup, new Secret(key), said::add);

        assertThat(said).contains("the master key fits");
        try (var server = serve(found.path())) {
            var jobs = JobClient.of(server);
            assertThat(ended).allSatisfy(
                    job -> assertThat(jobs.job(job.get("id").asText())).isEqualTo(job));
            assertThat(running).allSatisfy(
                    id -> assertThat(jobs.finished(id).get("status").asText()).isEqualTo("completed"));
            ApiClient.of(server.url()).get("/jobs/" + later).expect(404);
        }
        EmbeddedPostgres.start(lost.path()).close(); // what kill -9 left running
    }

    private void assertThatAnythingElseIsRefusedAndLeavesNoData(Path backup) throws IOException {
        assertThatThrownBy(() -> BackupAdmin.backup(settings(lost.path()), backup, said::add))
                .isInstanceOf(SettingsException.class);
        assertThatThrownBy(() -> restore(lost.path(), backup)).hasMessageContaining("holds data already");
        var bytes = Files.readAllBytes(backup);
        var half = Files.write(files.path().resolve("half"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> restore(found.path(), half)).hasMessageContaining("cannot be restored");
        var other = Files.writeString(files.path().resolve("other"), "not a backup");
        assertThatThrownBy(() -> restore(found.path(), other)).hasMessageContaining("cannot be restored");
        assertThat(found.path().resolve("data")).doesNotExist();
    }

    @Test
    void anOutsideDatabaseIsDumpedByALoginThatSeesEverything() throws IOException {
        try (var database = TestDatabase.create()) {
            var file = files.path().resolve("dump");
            assertThatThrownBy(() -> Dump.write(database.url(), file)).hasMessageContaining("bypassrls");
            // The programs may be missing here, or older than the server: then that is said.
            var problem = problem(() -> Dump.write(database.superuserUrl(), file));
            if (problem == null) {
                assertThatThrownBy(() -> Dump.restore(database.superuserUrl(), file))
                        .hasMessageContaining("has tables already");
            } else {
                assertThat(problem).containsAnyOf("install the client programs", "server version mismatch");
                assertThat(file).doesNotExist();
            }
        }
    }

    private static @Nullable String problem(Runnable work) {
        try {
            work.run();
            return null;
        } catch (Dump.DumpException e) {
            return e.getMessage();
        }
    }

    private void restore(Path folder, Path file) {
        BackupAdmin.restore(settings(folder), file, null, said::add);
    }

    private static ServerProcess serve(Path folder) {
        return ServerProcess.serve(Map.of("PROMPTLAB_DATA_DIR", folder.toString(), "PROMPTLAB_LEASE", "2s"));
    }

    private static Settings settings(Path folder) {
        return Settings.load(Map.of(), Map.of("PROMPTLAB_DATA_DIR", folder.toString()));
    }

    private static ObjectNode request(String content, int latencyMillis) {
        var request = JobClient.request("mock", "echo", content);
        request.putObject("params").put("latencyMs", latencyMillis);
        return request;
    }

    /// Submits jobs until it is closed, so that files change while they are copied.
    private static final class Load implements AutoCloseable {
        private final JobClient jobs;
        private final Thread thread;
        private volatile int submitted;
        private volatile boolean closed;

        private Load(JobClient jobs) {
            this.jobs = jobs;
            this.thread = Thread.ofVirtual().start(this::run);
        }

        static Load on(ServerProcess server) {
            return new Load(JobClient.of(server));
        }

        private void run() {
            IntStream.iterate(0, _ -> !closed, i -> i + 1).forEach(i -> {
                jobs.submit(request("load " + i, 0));
                submitted = i + 1;
            });
        }

        int submitted() {
            return submitted;
        }

        @Override
        public void close() {
            closed = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
