package dev.promptlab.db.embedded;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.promptlab.db.DatabaseUrl;
import dev.promptlab.db.embedded.Cluster.Postmaster;

/// A PostgreSQL server in a folder of its own, for one PromptLab process at a time. It listens on the loopback address only,
/// asks for a password, and is as durable as PostgreSQL can be. When this process is killed the server goes on, and the next
/// [#start] on the folder adopts it.
public final class EmbeddedPostgres implements AutoCloseable {
    /// Where the data go when we are root and PostgreSQL's account cannot enter the folder that was asked for.
    private static final Path FALLBACK = Path.of("/var/lib/promptlab");

    private final Path folder;
    private final FolderLock lock;
    private final Cluster cluster;
    private final Postmaster postmaster;
    private final DatabaseUrl url;
    private final List<String> notes;

    private EmbeddedPostgres(Path folder, FolderLock lock, Account account, List<String> notes) throws IOException {
        this.folder = folder;
        this.lock = lock;
        var superuser = Superuser.of(folder, account);
        this.cluster = new Cluster(folder, Binaries.in(folder.resolve("binaries")).toRealPath(), account);
        cluster.create(superuser.secret());
        var orphan = cluster.orphan().filter(running -> superuser.prepare(cluster, running));
        orphan.ifPresent(_ -> notes.add("took over the PostgreSQL that an earlier process left running"));
        this.postmaster = orphan.isPresent() ? orphan.get() : cluster.start();
        if (orphan.isEmpty() && !superuser.prepare(cluster, postmaster)) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL started in " + folder + " but does not answer; its log is there");
        }
        this.url = superuser.applicationUrl(postmaster.port());
        this.notes = List.copyOf(notes);
    }

    /// Starts the server, at the first time with folder, programs and data (first about 5 s, later 1 s).
    ///
    /// @param wanted need not exist; [#folder] tells the one that was taken
    /// @throws EmbeddedPostgresException with a message for people
    public static EmbeddedPostgres start(Path wanted) {
        return start(wanted.toAbsolutePath().normalize(), FALLBACK);
    }

    /// The application's database on the server that another process runs in the folder at this moment.
    ///
    /// @param wanted as for [#start]
    /// @return empty when nobody uses the folder
    /// @throws EmbeddedPostgresException when somebody does, and the server does not answer yet or any more
    public static Optional<Running> ofOther(Path wanted) {
        var folder = wanted.toAbsolutePath().normalize();
        try {
            return place(folder).map(place -> new Running(place.folder(),
                    place.superuser().applicationUrl(place.postmaster().port())));
        } catch (IOException e) {
            throw new EmbeddedPostgresException("the embedded PostgreSQL in " + folder + " cannot be reached: "
                    + e.getMessage(), e);
        }
    }

    /// A cluster on which a server works at this moment.
    ///
    /// @param folder as a real path
    record Place(Path folder, Superuser superuser, Postmaster postmaster) {}

    /// Empty when nobody uses the folder.
    static Optional<Place> place(Path folder) throws IOException {
        var account = Account.of(folder.resolve("data"));
        var used = account.reaches(folder) ? folder : FALLBACK;
        if (!Files.exists(used.resolve("secret")) || !FolderLock.isTaken(used.toRealPath())) {
            return Optional.empty();
        }
        var postmaster = Cluster.postmaster(used.resolve("data")).orElseThrow(() -> new EmbeddedPostgresException(
                "the PostgreSQL in " + used + " is starting or stopping; try again in a moment"));
        return Optional.of(new Place(used.toRealPath(), Superuser.of(used, account), postmaster));
    }

    /// A server that another process runs.
    public record Running(Path folder, DatabaseUrl url) {}

    static EmbeddedPostgres start(Path wanted, Path fallback) {
        var notes = new ArrayList<String>();
        var folder = wanted;
        try {
            var account = Account.of(folder.resolve("data"));
            if (!account.reaches(folder)) {
                folder = fallback;
                notes.add(
                        "the account " + account.name() + " cannot enter " + wanted + ", so the data are in " + folder);
                account = Account.of(folder.resolve("data"));
            }
            account.note().ifPresent(notes::add);
            return start(create(folder, account), account, notes);
        } catch (AccessDeniedException e) {
            throw new EmbeddedPostgresException("no permission for " + e.getFile()
                    + ", which the embedded PostgreSQL needs; change its owner, or choose another PROMPTLAB_DATA_DIR",
                    e);
        } catch (IOException e) {
            throw new EmbeddedPostgresException("the embedded PostgreSQL cannot use " + folder + ": " + e.getMessage(),
                    e);
        }
    }

    private static EmbeddedPostgres start(Path folder, Account account, List<String> notes) throws IOException {
        var lock = FolderLock.take(folder);
        try {
            return new EmbeddedPostgres(folder, lock, account, notes);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /// A new folder lets the account through to its data, and nobody else when we are not root.
    static Path create(Path folder, Account account) throws IOException {
        boolean fresh = !Files.exists(folder);
        if (!fresh && !Files.isDirectory(folder)) {
            throw new EmbeddedPostgresException(folder + " is not a folder; choose another PROMPTLAB_DATA_DIR");
        }
        Files.createDirectories(folder);
        if (fresh && Binaries.isPosix(folder)) {
            var permissions = account.isOther() ? "rwx--x--x" : "rwx------";
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
        }
        return folder.toRealPath();
    }

    /// The application's database.
    public DatabaseUrl url() {
        return url;
    }

    /// Where everything is, as a real path.
    public Path folder() {
        return folder;
    }

    /// The server's process; its children end when it is killed.
    public long pid() {
        return postmaster.pid();
    }

    /// Lines for people at start: what may not be as they expect. Often empty.
    public List<String> notes() {
        return notes;
    }

    /// Stops the server in order and gives the folder free. Close pools before.
    @Override
    public void close() {
        try (lock) {
            cluster.stop();
        } catch (IOException e) {
            throw new EmbeddedPostgresException("PostgreSQL in " + folder + " cannot be stopped: " + e.getMessage(), e);
        }
    }
}
