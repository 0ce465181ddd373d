package dev.promptlab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.testing.Behaviour;
import dev.promptlab.testing.Fleet;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.ServerProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What PostgreSQL itself may do to a process. Each test shows that its fault really hit.
class PostgresFaultIT {
    private static Fleet fleet;
    private static ServerProcess server;

    @BeforeAll
    static void open() {
        fleet = new Fleet();
        server = fleet.serve(Map.of("PROMPTLAB_LEASE", "15s"));
    }

    @AfterAll
    static void close() {
        server.close();
        fleet.close();
    }

    @Test
    void aCrashOfPostgresUnderLoadLosesNothingThatWasAccepted() throws SQLException {
        fleet.provider().anthropic().always(Behaviour.answer("done", 1, 1).after(Duration.ofMillis(30)));
        try (var witness = connect()) {
            var accepted = underLoad(this::crashPostgres);

            assertThat(witness.isValid(5)).as("a session from before the crash lives").isFalse();
            patiently(() -> api().get("/jobs/" + accepted.getFirst()));
            fleet.awaitAllEnded(server);
            assertThat(fleet.queue().ended("completed")).isGreaterThanOrEqualTo(accepted.size());
        }
        assertNothingLost();
    }

    /// The death of one backend makes PostgreSQL end all others at once and recover from its log, as an immediate restart does.
    private void crashPostgres() {
        try (var connection = connect()) {
            int pid = number(connection, "select pg_backend_pid()");
            assertThat(new ProcessBuilder("kill", "-9", String.valueOf(pid)).start().waitFor()).isZero();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// Repeats a request while it is answered 503: the sessions that PostgreSQL ended are found one by one.
    private static JsonNode patiently(Supplier<Response> request) {
        var end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        for (var answer = request.get();; answer = request.get()) {
            if (answer.status() != 503) {
                return answer.json();
            }
            assertThat(System.nanoTime()).as("still " + answer.text()).isLessThan(end);
        }
    }

    @Test
    void aDatabaseThatOnlyReadsForAWhileLosesNothingThatWasAccepted() {
        fleet.provider().anthropic().always(Behaviour.answer("done", 1, 1).after(Duration.ofMillis(700)));
        int calls = fleet.provider().calls().size();
        var early = JobClient.of(server).submit(JobClient.request("early"));
        fleet.provider().awaitCalls(calls + 1);
        setReadOnly(true);

        var refused = api().post("/generate", JobClient.request("late")).expect(503);
        assertThat(refused.json().at("/error/code").asText()).isEqualTo("unavailable");
        assertThat(patiently(() -> api().get("/jobs/" + early)).get("status").asText()).isEqualTo("running");
        server.awaitOutput("the outcome is kept.*read-only");

        setReadOnly(false);
        assertThat(patiently(() -> api().get("/jobs/" + early + "?wait=60s")).get("attempts").asInt()).isEqualTo(1);
        var late = patiently(() -> api().post("/generate", JobClient.request("late"))).get("jobId").asText();
        assertThat(JobClient.of(server).finished(late).get("status").asText()).isEqualTo("completed");
        assertNothingLost();
    }

    /// For all sessions to come; those that exist are ended.
    private void setReadOnly(boolean readOnly) {
        try (var connection = connect(); var statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute("alter database " + connection.getCatalog() + " set default_transaction_read_only = "
                    + readOnly);
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param fault comes while requests are made
    /// @return the jobs that were taken
    private static List<String> underLoad(Runnable fault) {
        var accepted = new ConcurrentLinkedQueue<String>();
        Fleet.inParallel(300, i -> {
            if (i == 120) {
                fault.run();
            }
            var answer = api().post("/generate", JobClient.request("job " + i));
            assertThat(answer.status()).isIn(202, 503);
            if (answer.status() == 202) {
                accepted.add(answer.json().get("jobId").asText());
            }
            return answer.status();
        });
        assertThat(accepted.size()).isGreaterThan(150);
        return List.copyOf(accepted);
    }

    private void assertNothingLost() {
        assertThat(fleet.queue().violations()).isEmpty();
        assertThat(fleet.queue().live()).isZero();
        assertThat(fleet.queue().ended("failed")).isZero();
    }

    private static ApiClient api() {
        return ApiClient.of(server.url());
    }

    private Connection connect() throws SQLException {
        var url = fleet.database().superuserUrl();
        return DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }
}
