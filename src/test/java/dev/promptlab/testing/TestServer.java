package dev.promptlab.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import dev.promptlab.Server;
import dev.promptlab.cli.Commands;
import dev.promptlab.config.Secret;
import dev.promptlab.config.Setting;
import dev.promptlab.config.Settings;
import dev.promptlab.db.Database;
import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.MasterKey;

import static java.util.Objects.requireNonNull;

/// The whole service in this process, on a database of its own and a free port.
public final class TestServer implements AutoCloseable {
    /// For every process on a database of the tests.
    public static final String MASTER_KEY = "dGVzdHMgb25seTogMzIgYnl0ZXMgb2YgYSBrZXkgISE=";

    private final TestDatabase database;
    private final Map<String, String> environment;
    private final boolean first;
    private final Server server;

    private TestServer(TestDatabase database, Map<String, String> environment, boolean first) {
        this.database = database;
        this.environment = environment;
        this.first = first;
        this.server = Server.start(Settings.load(Map.of(Setting.PORT, "0"), environment));
    }

    /// One more on the same database. Close it before this one.
    public TestServer another() {
        return new TestServer(database, environment, false);
    }

    /// @param environment as a process would have it; nothing else is set
    public static TestServer start(Map<String, String> environment) {
        return start(environment, TestDatabase.create());
    }

    /// With every statement in [#log].
    public static TestServer startLogged(Map<String, String> environment) {
        var database = TestDatabase.create();
        database.logStatements();
        return start(environment, database);
    }

    private static TestServer start(Map<String, String> environment, TestDatabase database) {
        var variables = new HashMap<>(environment);
        variables.putIfAbsent(Setting.PROMPTLAB_MASTER_KEY.name(), MASTER_KEY);
        variables.putIfAbsent(Setting.PROMPTLAB_RATE_LIMIT.name(), "off");
        variables.putIfAbsent(Setting.PROMPTLAB_RATE_LIMIT_READS.name(), "off");
        variables.put(Setting.DATABASE_URL.name(), database.environmentUrl());
        return new TestServer(database, variables, true);
    }

    /// What seals secrets in a database of the tests.
    public static DataKeys dataKeys(TestDatabase database) {
        return DataKeys.start(database.db(), MasterKey.of(new Secret(MASTER_KEY)).check(database.db()));
    }

    /// With both vendors' formats at a scripted provider.
    public static TestServer start(ScriptedProvider provider) {
        return start(Map.of("ANTHROPIC_API_KEY", "test-key", "ANTHROPIC_BASE_URL", provider.url().toString(),
                "OPENAI_API_KEY", "test-key", "OPENAI_BASE_URL", provider.openAiUrl().toString()));
    }

    /// For commands on the same installation.
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /// Runs an operator's command on the same installation.
    ///
    /// @return what it prints to people, besides the log; nothing when it fails
    public String admin(String... arguments) {
        var args = new String[arguments.length + 1];
        args[0] = "admin";
        System.arraycopy(arguments, 0, args, 1, arguments.length);
        var out = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            return Commands.run(args, environment) == 0 ? printed.toString(StandardCharsets.UTF_8) : "";
        } finally {
            System.setOut(out);
        }
    }

    public ApiClient api() {
        return ApiClient.of(url());
    }

    public String url() {
        return requireNonNull(server.url());
    }

    /// Where it shows its figures, on a port of their own.
    public String operatorsUrl() {
        return requireNonNull(server.operatorsUrl());
    }

    public Database db() {
        return database.db();
    }

    /// As a server of its own would connect.
    public DatabaseUrl databaseUrl() {
        return database.url();
    }

    public ServerLog log() {
        return database.log();
    }

    @Override
    public void close() {
        server.close();
        if (first) {
            database.close();
        }
    }
}
