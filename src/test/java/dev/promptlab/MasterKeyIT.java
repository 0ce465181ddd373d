package dev.promptlab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.LoadBalancer;
import dev.promptlab.testing.OpenFolder;
import dev.promptlab.testing.ServerProcess;
import dev.promptlab.testing.SteadyLoad;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// The master key changes and nobody notices: real processes, under load.
class MasterKeyIT {
    private static final String NEXT_KEY = "bmV4dCBrZXkgZm9yIHRlc3RzIG9ubHksIDMyIGJ5dGU=";
    private static final int CLIENTS = 3;
    private static final int SOME = 100;
    private static final int SEALED = 2_000;

    private final List<ServerProcess> processes = new ArrayList<>();
    private Fleet fleet;
    private Path nextKeyFile;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        fleet = new Fleet();
        nextKeyFile = Files.writeString(folder.resolve("next.key"), NEXT_KEY + "\n");
    }

    @AfterEach
    void close() {
        processes.forEach(ServerProcess::close);
        fleet.close();
    }

    @Test
    void aRotationUnderLoadFailsNoRequestAlsoWhenItIsKilledInBetween() {
        var first = serve(0, TestServer.MASTER_KEY);
        var second = serve(0, TestServer.MASTER_KEY);
        sealMany();
        saveProviderKey(first);
        var restarted = new ArrayList<ServerProcess>();
        try (var balancer = LoadBalancer.of(List.of(first.url(), second.url()))) {
            var load = new SteadyLoad(CLIENTS, balancer::next);
            var secrets = new SecretReader(balancer);
            long began = System.nanoTime();
            try (load; secrets) {
                load.await(SOME);
                var killed = rotate(TestServer.MASTER_KEY, "--new-key-file", nextKeyFile.toString());
                killed.awaitOutput("is accepted");
                killed.kill();
                load.await(SOME);
                var again = rotate(TestServer.MASTER_KEY, "--new-key-file", nextKeyFile.toString());
                assertThat(again.awaitEnd()).as(again.output()).isZero();
                assertThat(again.output()).contains("going on").contains("callback_secret.sealed: ");
                load.await(SOME);
                for (var server : List.of(first, second)) {
                    int port = server.port();
                    server.terminate();
                    server.awaitEnd();
                    restarted.add(serve(port, NEXT_KEY));
                    balancer.awaitAll();
                    load.await(SOME);
                }
                var finish = rotate(NEXT_KEY, "--finish");
                assertThat(finish.awaitEnd()).as(finish.output()).isZero();
                load.await(SOME);
            }
            var took = Duration.ofNanos(System.nanoTime() - began);
            assertThat(load.failures()).isEmpty();
            assertThat(secrets.failures).isEmpty();
            assertThat(secrets.reads).isPositive();
            System.out.printf("%d requests and %d reads of a secret in %d s of rotating the master key, 0 failed%n",
                    load.requests(), secrets.reads, took.toSeconds());
        }
        fleet.awaitAllEnded(restarted.getFirst());
        assertThat(fleet.queue().violations()).isEmpty();
        assertThat(fleet.provider().calls()).as("with the workspace's own key, all the time")
                .allSatisfy(call -> assertThat(call.header("x-api-key")).hasValue("sk-own-key-of-the-workspace"));
        var old = rotate(TestServer.MASTER_KEY, "--finish");
        assertThat(old.awaitEnd()).isEqualTo(1);
        assertThat(old.output()).contains("this is not the master key");
    }

    @Test
    void theEmbeddedDatabasesKeyFileIsReplacedWhileAServerUsesIt() throws IOException {
        try (var folder = OpenFolder.create()) {
            var environment = Map.of("PROMPTLAB_DATA_DIR", folder.path().toString());
            var server = started(ServerProcess.serve(environment));
            var secret = secret(server.url());
            var keyFile = folder.path().resolve("master.key");
            var before = Files.readString(keyFile);

            var rotated = started(ServerProcess.launch(environment, "admin", "rotate-master-key", "--new-key-file",
                    nextKeyFile.toString()));
            assertThat(rotated.awaitEnd()).as(rotated.output()).isZero();
            assertThat(Files.readString(keyFile)).isEqualTo(NEXT_KEY);
            assertThat(folder.path().resolve("master.key.previous")).hasContent(before);
            assertThat(secret(server.url())).as("the running server").isEqualTo(secret);

            server.close();
            var restarted = started(ServerProcess.serve(environment));
            assertThat(secret(restarted.url())).isEqualTo(secret);
            var finished = started(ServerProcess.launch(environment, "admin", "rotate-master-key", "--finish"));
            assertThat(finished.awaitEnd()).as(finished.output()).isZero();
            assertThat(secret(restarted.url())).isEqualTo(secret);

            var made = started(ServerProcess.launch(environment, "admin", "create-key", "--name", "first"));
            assertThat(made.awaitEnd()).as(made.output()).isZero();
            assertThat(made.output()).containsPattern("(?m)^pl_[A-Za-z0-9_-]{49}$");
            assertThat(ApiClient.of(restarted.url()).get("/api-keys").expect(200).text()).contains("\"first\"");

            restarted.close();
            Files.writeString(keyFile, before);
            var refused = started(ServerProcess.launch(environment, "serve", "--port", "0"));
            assertThat(refused.awaitEnd()).isEqualTo(1);
            assertThat(refused.output()).contains("this is not the master key");
        }
    }

    @Test
    void wrongUsageIsSaid() throws IOException {
        assertWrong("give either", "admin", "rotate-master-key");
        assertWrong("give either", "admin", "rotate-master-key", "--finish", "--new-key-file", nextKeyFile.toString());
        Files.writeString(nextKeyFile, "nonsense");
        assertWrong("does not hold 32 bytes", "admin", "rotate-master-key", "--new-key-file", nextKeyFile.toString());
        assertWrong("--role must be one of", "admin", "create-key", "--role", "god");
        assertWrong("there is no workspace", "admin", "allow-server-keys", "--workspace",
                "01920000-0000-7000-8000-00000000000a");
        assertWrong("Usage: promptlab admin", "admin");
    }

    private void assertWrong(String why, String... args) {
        var process = started(ServerProcess.launch(fleet.environment(Map.of()), args));
        assertThat(process.awaitEnd()).as(process.output()).isEqualTo(2);
        assertThat(process.output()).contains(why);
    }

    /// Asks for something sealed, again and again.
    private static final class SecretReader implements AutoCloseable {
        private final List<String> failures = new ArrayList<>();
        private final LoadBalancer balancer;
        private final Thread thread;
        private volatile boolean closed;
        private int reads; // of the thread, until it was joined

        SecretReader(LoadBalancer balancer) {
            this.balancer = balancer;
            this.thread = Thread.ofVirtual().start(this::read);
        }

        private void read() {
            var first = secret(balancer.next());
            while (!closed) {
                try {
                    if (!secret(balancer.next()).equals(first)) {
                        failures.add("another secret");
                    }
                    reads++;
                } catch (RuntimeException | AssertionError e) {
                    failures.add(e.toString());
                }
            }
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

    private static String secret(String url) {
        return ApiClient.of(url).get("/callbacks/secret").expect(200).json().get("secret").asText();
    }

    private static void saveProviderKey(ServerProcess server) {
        ApiClient.of(server.url()).put("/provider-keys/anthropic",
                Json.object().put("apiKey", "sk-own-key-of-the-workspace")).expect(200);
    }

    /// Secrets of many workspaces, so that the rotation takes a while.
    private void sealMany() {
        var keys = TestServer.dataKeys(fleet.database());
        fleet.database().db().inTransaction(tx -> {
            var insert = tx.prepareBatch("""
                    with w as (insert into workspace (id, name) values (:id, 'w') returning id)
                    insert into callback_secret (workspace_id, sealed) select :id, :sealed""");
            for (int i = 0; i < SEALED; i++) {
                var id = UUID.randomUUID();
                insert.bind("id", id).bind("sealed",
                        keys.seal(tx, "whsec_x".getBytes(StandardCharsets.US_ASCII), id, "callback-secret")).add();
            }
            insert.execute();
        });
    }

    private ServerProcess serve(int port, String masterKey) {
        var server = started(ServerProcess.launch(environment(masterKey), "serve", "--port", String.valueOf(port)));
        server.awaitReady();
        return server;
    }

    private ServerProcess rotate(String masterKey, String... flags) {
        var args = new ArrayList<>(List.of("admin", "rotate-master-key"));
        args.addAll(List.of(flags));
        return started(ServerProcess.launch(environment(masterKey), args.toArray(String[]::new)));
    }

    private Map<String, String> environment(String masterKey) {
        return fleet.environment(Map.of("PROMPTLAB_MASTER_KEY", masterKey, "PROMPTLAB_STOP_DELAY", "1s",
                "PROMPTLAB_LEASE", "30s"));
    }

    private ServerProcess started(ServerProcess process) {
        processes.add(process);
        return process;
    }
}
