package dev.promptlab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.testing.ApiClient;
import dev.promptlab.testing.Eventually;
import dev.promptlab.testing.JobClient;
import dev.promptlab.testing.TestDatabase;
import dev.promptlab.testing.TestServer;
import dev.promptlab.web.Json;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/// An installation of an older release, with a row in every table that keeps any, under this build.
class UpgradeIT {
    private static final String OLD = "11";
    private static final String API_KEY = "pl_zpxQxMYvi0JGw2uW3l7GgXH-O_4nZox90x9QRDCM3bEU9VvAA";

    private static TestDatabase database;
    private static Map<String, JsonNode> before;
    private static Map<String, JsonNode> after;
    private static Server server;

    @BeforeAll
    static void upgrade() throws IOException, SQLException {
        database = TestDatabase.createEmpty();
        var login = database.url();
        Flyway.configure().dataSource(login.jdbcUrl(), login.user(), login.password())
                .locations("classpath:db/migration").target(OLD).load().migrate();
        load(Path.of("src/test/resources/upgrade/v" + OLD + ".sql"));
        before = rows();
        var environment = Map.of("DATABASE_URL", database.environmentUrl(), "PROMPTLAB_MASTER_KEY",
                TestServer.MASTER_KEY, "PROMPTLAB_AUTH", "required", "PROMPTLAB_RATE_LIMIT", "off");
        var settings = Settings.load(Map.of(Setting.PORT, "0"), environment);
        Server.migrate(settings);
        after = rows();
        server = Server.start(settings);
    }

    @AfterAll
    static void stop() {
        server.close();
        database.close();
    }

    @Test
    void noRowWasLostOrChanged() {
        assertThat(before).hasSizeGreaterThan(30);
        assertThat(before.entrySet().stream().filter(table -> table.getValue().isEmpty()).map(Map.Entry::getKey))
                .as("tables whose rows are gone as soon as they were used").containsExactlyInAnyOrder("audit_pending",
                        "setup_token");
        before.forEach((table, rows) -> assertThat(only(columns(rows), requireNonNull(after.get(table)))).as(table)
                .containsExactlyInAnyOrderElementsOf(only(columns(rows), rows)));
    }

    @Test
    void jobsReadAsTheyDid() {
        var ended = new TreeMap<String, JsonNode>();
        api().get("/jobs").expect(200).json().forEach(job -> ended.put(job.get("status").asText()
                + " " + job.at("/template/name").asText(), job));
        assertThat(ended.keySet()).contains("completed Greeting", "failed ", "cancelled ");
        var greeting = api().get("/jobs/" + requireNonNull(ended.get("completed Greeting")).get("id").asText())
                .expect(200).json();
        assertThat(greeting.get("output").asText()).isEqualTo("Greet Grace warmly");
        assertThat(greeting.get("templateVersion").asInt()).isEqualTo(2);
        assertThat(greeting.at("/metadata/ticket").asInt()).isEqualTo(7);
        assertThat(greeting.at("/attemptLog/0/outcome").asText()).isEqualTo("completed");
        var failed = api().get("/jobs/" + requireNonNull(ended.get("failed ")).get("id").asText()).expect(200).json();
        assertThat(failed.get("attemptLog")).hasSize(2);
        assertThat(failed.get("errorCode").asText()).isEqualTo("unavailable");
    }

    @Test
    void equalWorkIsStillTheSameJob() {
        var request = JobClient.request("mock", "lorem", "with a callback");
        var again = api().post("/generate", request).expect(200).json();
        assertThat(again.get("cached").asBoolean()).isTrue();
    }

    @Test
    void aJobThatWasAtWorkIsTakenBack() {
        var atWork = api().get("/jobs").expect(200).json().valueStream()
                .filter(job -> job.toString().contains("60000")).map(job -> job.get("id").asText()).toList();
        assertThat(atWork).hasSize(1);
        var path = "/jobs/" + atWork.getFirst();
        // Its worker of then is gone, and its lease with it.
        Eventually.holds("a second attempt", () -> api().get(path).expect(200).json().get("attempts").asInt() > 1);
        api().post(path + "/cancel", Json.object());
        assertThat(new JobClient(api()).finished(atWork.getFirst()).get("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void peopleKeysAndSecretsStillWork() {
        var login = Json.object().put("email", "ada@example.com").put("password", "correct horse battery staple");
        var token = anybody().post("/auth/login", login).expect(200).json().get("token").asText();
        assertThat(bearer(token).get("/provider-keys").expect(200).text()).contains("-ago");
        assertThat(bearer(token).get("/audit").expect(200).json().toString()).contains("template.move_label");
        assertThat(Server.verifyAudit(Settings.load(Map.of(), Map.of("DATABASE_URL", database.environmentUrl())), null))
                .hasSize(2).allSatisfy(chain -> assertThat(chain.broken()).isEmpty());
    }

    private static ApiClient anybody() {
        return ApiClient.of(requireNonNull(server.url()));
    }

    private static ApiClient bearer(String token) {
        return anybody().with("Authorization", "Bearer " + token);
    }

    private static ApiClient api() {
        return bearer(API_KEY);
    }

    private static void load(Path file) throws IOException, SQLException {
        var url = database.superuserUrl();
        try (var connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
                var statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica"); // rows come in any order, and no trigger adds to them
            for (var table : tables(url)) {
                statement.execute("delete from " + table); // what the migrations inserted is in the file, too
            }
            statement.execute(Files.readString(file));
        }
    }

    private static List<String> tables(DatabaseUrl url) throws SQLException {
        try (var connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        select tablename from pg_tables
                         where schemaname = 'public' and tablename <> 'flyway_schema_history' order by tablename""")) {
            var tables = new ArrayList<String>();
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
            return tables;
        }
    }

    /// Every row of every table.
    private static Map<String, JsonNode> rows() throws SQLException {
        var url = database.superuserUrl();
        var all = new LinkedHashMap<String, JsonNode>();
        try (var connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
                var statement = connection.createStatement()) {
            for (var table : tables(url)) {
                try (var row = statement.executeQuery(
                        "select coalesce(jsonb_agg(to_jsonb(t)), '[]') from " + table + " t")) {
                    row.next();
                    all.put(table, Json.parse(row.getString(1)));
                }
            }
        }
        return all;
    }

    private static List<String> columns(JsonNode rows) {
        return rows.isEmpty() ? List.of() : rows.get(0).properties().stream().map(Map.Entry::getKey).toList();
    }

    /// The rows without what later versions added to them.
    private static List<String> only(List<String> columns, JsonNode rows) {
        return rows.valueStream().map(row -> {
            var some = Json.object();
            columns.forEach(column -> some.set(column, row.get(column)));
            return some.toString();
        }).toList();
    }
}
