package dev.promptlab.db.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.testing.OpenFolder;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// One folder for all: each test finds it with data and without a server.
class EmbeddedPostgresTest {
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    private static final OpenFolder FOLDER = OpenFolder.create();

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void leftoversOfAnInterruptedFirstStartDoNotMatter() throws IOException {
        FOLDER.close();
        for (var half : List.of("binaries/" + Binaries.VERSION + ".new/bin", "data.new/base")) {
            Files.createDirectories(FOLDER.path().resolve(half));
        }
        EmbeddedPostgres.start(FOLDER.path()).close();
    }

    @AfterAll
    static void removeFolder() {
        FOLDER.close();
    }

    @BeforeEach
    void emptyTable() throws SQLException {
        try (var postgres = EmbeddedPostgres.start(FOLDER.path())) {
            query(postgres.url(), "drop table if exists note");
            query(postgres.url(), "create table note (text text)");
        }
    }

    @AfterEach
    void stopAll() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
        EmbeddedPostgres.start(FOLDER.path()).close();
    }

    @Test
    void rowsOutliveARestart() throws SQLException {
        try (var postgres = EmbeddedPostgres.start(FOLDER.path())) {
            query(postgres.url(), "insert into note values ('kept')");
        }
        assertThat(query(start().url(), "select text from note")).isEqualTo("kept");
    }

    @Test
    void closingEndsTheServer() {
        var postgres = EmbeddedPostgres.start(FOLDER.path());
        postgres.close();
        assertThatThrownBy(() -> query(postgres.url(), "select 1")).hasMessageContaining("refused");
    }

    @Test
    void aSecondProcessIsToldWhoUsesTheFolder() throws IOException {
        start();
        var self = ProcessHandle.current().pid();
        assertThatThrownBy(() -> EmbeddedPostgres.start(FOLDER.path())).isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("in use by process " + self);
        assertThat(another().refusal()).contains("in use by process " + self).contains(FOLDER.path().toString());
    }

    @Test
    void aServerWhoseProcessWasKilledIsAdopted() throws IOException, SQLException {
        var killed = another();
        var orphan = killed.running();
        query(orphan.url(), "insert into note values ('by the first')");
        killed.close();
        var postgres = start();
        assertThat(postgres.pid()).isEqualTo(orphan.pid());
        assertThat(query(postgres.url(), "select text from note")).isEqualTo("by the first");
        assertThat(postgres.notes()).anyMatch(note -> note.contains("earlier process left running"));
    }

    @Test
    void anOrphanWithOtherSettingsIsStoppedAndStartedAnew() throws IOException, SQLException {
        var killed = another();
        var orphan = killed.running();
        killed.close();
        Files.writeString(data("postgresql.conf"), "fsync = off\n", StandardOpenOption.APPEND);
        var postgres = start();
        assertThat(postgres.pid()).isNotEqualTo(orphan.pid());
        assertThat(query(postgres.url(), "show fsync")).isEqualTo("on");
    }

    @Test
    void whatWasCommittedOutlivesTheDeathOfBothProcesses() throws IOException, SQLException {
        var killed = another();
        var server = killed.running();
        query(server.url(), "insert into note values ('committed')");
        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
        killed.close();
        assertThat(query(start().url(), "select text from note")).isEqualTo("committed");
    }

    @Test
    void aPidFileThatNamesAnotherProgramDoesNotBlockTheStart() throws IOException, SQLException {
        var command = new ArrayList<>(Account.of(data("")).becoming());
        command.addAll(List.of("sleep", "120"));
        var foreign = new ProcessBuilder(command).start();
        opened.add(() -> foreign.destroyForcibly().onExit().join());
        Files.writeString(data("postmaster.pid"),
                foreign.pid() + "\n" + data("") + "\n1700000000\n5432\n\n127.0.0.1\n");
        assertThat(query(start().url(), "select 1")).isEqualTo("1");
        assertThat(foreign.isAlive()).isTrue();
    }

    @Test
    void aWrongPasswordIsRefused() {
        var url = start().url();
        assertThatThrownBy(() -> query(new DatabaseUrl(url.jdbcUrl(), url.user(), "guess"), "select 1"))
                .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
                .extracting(SQLException::getSQLState).isEqualTo("28P01");
    }

    @Test
    void theSecretIsForItsOwnerOnly() throws IOException {
        assertThat(Files.getPosixFilePermissions(FOLDER.path().resolve("secret")))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void aLostSecretIsSaid() throws IOException {
        var secret = FOLDER.path().resolve("secret");
        var aside = Files.move(secret, FOLDER.path().resolve("secret.aside"));
        opened.add(() -> Files.move(aside, secret));
        assertThatThrownBy(this::start).isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("put it back");
    }

    @Test
    void everyCommitReachesTheDiskAndNobodyElseReachesTheServer() throws SQLException {
        var url = start().url();
        for (var setting : List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums")) {
            assertThat(query(url, "show " + setting)).as(setting).isEqualTo("on");
        }
        assertThat(query(url, "show listen_addresses")).isEqualTo("127.0.0.1");
        assertThat(query(superuser(url), "show unix_socket_directories")).isEmpty();
    }

    @Test
    void textSortsTheSameOnEveryMachine() throws SQLException {
        var url = start().url();
        assertThat(query(url, """
                select concat_ws(' ', datlocprovider, datlocale, pg_encoding_to_char(encoding))
                  from pg_database where datname = current_database()""")).isEqualTo("b C.UTF-8 UTF8");
    }

    @Test
    void theApplicationIsNotTheSuperuser() throws SQLException {
        assertThat(query(start().url(), "select rolsuper from pg_roles where rolname = current_user")).isEqualTo("f");
    }

    @Test
    void theServerHasNoRootRightsAndNoneOfOurEnvironment() throws IOException, SQLException {
        var server = another().running();
        assertThat(ProcessHandle.of(server.pid()).flatMap(process -> process.info().user())).get().isNotEqualTo("root");
        var superuser = superuser(server.url());
        query(superuser, "drop table if exists environment");
        query(superuser, "create table environment (line text)");
        query(superuser, "copy environment from program 'env'");
        assertThat(query(superuser, "select string_agg(line, ' ') from environment")).contains("PATH=")
                .doesNotContain("ANTHROPIC_API_KEY");
    }

    @Test
    void aFailedStartShowsWhatPostgresSaid() throws IOException {
        var extra = data("postgresql.auto.conf");
        var before = Files.readString(extra);
        opened.add(() -> Files.writeString(extra, before));
        Files.writeString(extra, "shared_buffers = 'plenty'\n");
        assertThatThrownBy(this::start).isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("invalid value for parameter \"shared_buffers\": \"plenty\"");
    }

    @Test
    void aFolderThatTheAccountOfRootCannotEnterGivesWayToTheFallback(@TempDir Path closed) throws IOException {
        try (var fallback = OpenFolder.create()) {
            var expected = ROOT ? fallback.path() : closed.resolve("data-dir");
            try (var postgres = EmbeddedPostgres.start(closed.resolve("data-dir"), fallback.path())) {
                assertThat(postgres.folder()).isEqualTo(expected.toRealPath());
                assertThat(postgres.notes().toString().contains("so the data are in " + fallback.path()))
                        .isEqualTo(ROOT);
            }
        }
    }

    @Test
    void theVersionIsThatOfTheBinaries() throws IOException {
        var archive = Objects.requireNonNull(Binaries.class.getResource("/postgres-linux-x86_64.txz")).toString();
        assertThat(archive).contains("-" + Binaries.VERSION + ".jar!");
    }

    private EmbeddedPostgres start() {
        var postgres = EmbeddedPostgres.start(FOLDER.path());
        opened.add(postgres);
        return postgres;
    }

    private ServerProcess another() throws IOException {
        var process = ServerProcess.on(FOLDER.path());
        opened.add(process);
        return process;
    }

    private static Path data(String file) {
        return FOLDER.path().resolve("data").resolve(file);
    }

    private static DatabaseUrl superuser(DatabaseUrl url) {
        return new DatabaseUrl(url.jdbcUrl(), Superuser.NAME, url.password());
    }

    /// The first column of the first row, or nothing.
    private static String query(DatabaseUrl url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
                var statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            var rows = statement.getResultSet();
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }
}
