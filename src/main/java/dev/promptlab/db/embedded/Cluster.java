package dev.promptlab.db.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.promptlab.db.embedded.Account.Ended;

/// The data of one PostgreSQL and the server process on it, driven with `initdb` and `pg_ctl`.
final class Cluster {
    /// All of postgresql.conf. What people want to differ they set with ALTER SYSTEM, which wins and is kept.
    private static final String SETTINGS = """
            # Written by PromptLab before each start. Use ALTER SYSTEM for settings of your own.
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            password_encryption = 'scram-sha-256'
            max_connections = 100
            # A job that was accepted is never lost.
            fsync = on
            full_page_writes = on
            synchronous_commit = on
            # A laptop, and a queue table whose dead rows must go soon.
            shared_buffers = '128MB'
            wal_compression = on
            max_wal_size = '1GB'
            checkpoint_timeout = '15min'
            checkpoint_completion_target = 0.9
            autovacuum_naptime = '5s'
            jit = off
            timezone = 'UTC'
            log_timezone = 'UTC'
            log_error_verbosity = terse   # details quote rows, and rows hold prompts
            log_line_prefix = '%m [%p] %d '
            log_checkpoints = off
            """;

    private static final int MAX_LOG_BYTES = 10 << 20;
    private static final int LOG_LINES_SHOWN = 15;
    private static final int PORTS_TRIED = 3;
    private static final Duration CRASH_PATIENCE = Duration.ofSeconds(10);

    private final Path folder;
    private final Path data;
    private final Path log;
    private final Path binaries;
    private final Account account;

    /// @param binaries as a real path, in a folder with those of every version that was ever used on the data
    Cluster(Path folder, Path binaries, Account account) {
        this.folder = folder;
        this.data = folder.resolve("data");
        this.log = folder.resolve("log");
        this.binaries = binaries;
        this.account = account;
    }

    /// The server process as its pid file names it.
    record Postmaster(long pid, int port) {}

    /// Creates the data unless they are there.
    ///
    /// @param secret a file with the superuser's password that the account can read
    void create(Path secret) throws IOException {
        if (Files.exists(data)) {
            return;
        }
        processes().forEach(ProcessHandle::destroyForcibly); // an initdb whose parent was killed: nothing else can run yet
        var fresh = folder.resolve("data.new");
        Binaries.delete(fresh);
        Files.createDirectory(fresh);
        account.own(fresh);
        var ended = run("initdb", "-D", fresh.toString(), "-U", Superuser.NAME, "-A", "scram-sha-256", "--pwfile",
                secret.toString(), "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8");
        if (ended.status() != 0) {
            throw new EmbeddedPostgresException("PostgreSQL's data cannot be created in " + folder + ":\n"
                    + lastLines(ended.output()));
        }
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /// The server that a killed process left behind, when it is just what [#start] would start.
    Optional<Postmaster> orphan() throws IOException {
        boolean sameSettings = Files.exists(conf()) && Files.readString(conf()).equals(SETTINGS);
        return postmaster().filter(_ -> sameSettings)
                .filter(running -> commandLine(running.pid()).startsWith(program("postgres")));
    }

    /// Starts the server on a free port, after ending one that is not to be adopted.
    Postmaster start() throws IOException {
        stop();
        settlePidFile();
        writeSettings();
        prepareLog();
        long logStart = Files.size(log);
        for (int tries = 1;; tries++) {
            var ended = run("pg_ctl", "start", "-s", "-w", "-t", "600", "-D", data.toString(), "-l", log.toString(),
                    "-o", "-p " + freePort());
            if (ended.status() == 0) {
                return postmaster()
                        .orElseThrow(() -> new EmbeddedPostgresException("PostgreSQL started and ended at once:\n"
                                + logSince(logStart)));
            }
            var said = logSince(logStart);
            if (tries == PORTS_TRIED || !said.contains("Address already in use")) {
                throw new EmbeddedPostgresException(
                        "PostgreSQL does not start in " + folder + ":\n" + lastLines(ended.output() + said));
            }
        }
    }

    /// Ends the server in order, rolling open transactions back; waits for the end. Nothing happens when none runs.
    void stop() throws IOException {
        for (var mode : List.of("fast", "immediate")) {
            if (postmaster().filter(this::runs).isEmpty()) {
                return;
            }
            if (run("pg_ctl", "stop", "-s", "-w", "-t", "60", "-D", data.toString(), "-m", mode).status() == 0) {
                return;
            }
        }
        throw new EmbeddedPostgresException("PostgreSQL does not stop in " + folder + ":\n" + logSince(0));
    }

    private Optional<Postmaster> postmaster() throws IOException {
        return postmaster(data);
    }

    /// Empty when there is no pid file or it is not yet written whole.
    static Optional<Postmaster> postmaster(Path data) throws IOException {
        try {
            var lines = Files.readAllLines(data.resolve("postmaster.pid"));
            return lines.size() < 4 ? Optional.empty()
                    : Optional.of(new Postmaster(Long.parseLong(lines.get(0).strip()),
                            Integer.parseInt(lines.get(3).strip())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /// PostgreSQL itself deals with the pid file of a dead server, after a check that no process of it is left, so that file
    /// must stay. It gives up only when the number has meanwhile gone to another program: then the file goes.
    private void settlePidFile() throws IOException {
        var left = postmaster();
        if (left.isEmpty()) {
            return;
        }
        if (!await(CRASH_PATIENCE, () -> processes().isEmpty())) {
            throw new EmbeddedPostgresException("processes of an earlier PostgreSQL still run in " + folder + ": "
                    + processes().stream().map(process -> Long.toString(process.pid()))
                            .collect(Collectors.joining(", "))
                    + "; end them");
        }
        if (ProcessHandle.of(left.get().pid()).isPresent()) {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        }
    }

    boolean runs(Postmaster postmaster) {
        return isOurs(postmaster.pid());
    }

    /// Whatever runs from the binaries beside the data.
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses().filter(process -> isOurs(process.pid())).toList();
    }

    /// In any version.
    private boolean isOurs(long pid) {
        return commandLine(pid).startsWith(binaries.getParent() + folder.getFileSystem().getSeparator());
    }

    /// Empty also for a process that has ended and that nobody has taken note of yet (a zombie).
    private static String commandLine(long pid) {
        return ProcessHandle.of(pid).flatMap(process -> process.info().commandLine()).orElse("");
    }

    private Path conf() {
        return data.resolve("postgresql.conf");
    }

    /// By a rename, since as root we must not follow a link that the account may have put there.
    private void writeSettings() throws IOException {
        var fresh = folder.resolve("postgresql.conf.new");
        Files.writeString(fresh, SETTINGS);
        account.own(fresh);
        Files.move(fresh, conf(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void prepareLog() throws IOException {
        if (Files.exists(log) && Files.size(log) > MAX_LOG_BYTES) {
            Files.move(log, folder.resolve("log.old"), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(log)) {
            Files.createFile(log);
        }
        account.own(log);
    }

    private String logSince(long position) {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(position, file.length() - (64 << 10)));
            var bytes = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(bytes);
            return lastLines(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return "(its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    private static String lastLines(String text) {
        var lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String program(String name) {
        return binaries.resolve("bin").resolve(name).toString();
    }

    private Ended run(String program, String... arguments) {
        var command = new ArrayList<>(List.of(program(program)));
        command.addAll(Arrays.asList(arguments));
        return account.run(folder, command);
    }

    /// False when `patience` ends first.
    static boolean await(Duration patience, BooleanSupplier condition) {
        var end = Instant.now().plus(patience);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(end)) {
                return false;
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        return true;
    }
}
