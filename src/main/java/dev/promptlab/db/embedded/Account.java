package dev.promptlab.db.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whose rights PostgreSQL's programs get: ours, or an unprivileged account's when we are root, since PostgreSQL refuses to
/// run as root. A user namespace (`unshare -U`) would not do: inside it root's files stay readable and writable.
///
/// @param name for people
/// @param becoming what goes before a command so that it runs as this account; empty = as we are
record Account(String name, int uid, int gid, List<String> becoming) {
    private static final List<String> CANDIDATES = List.of("promptlab", "postgres", "nobody");
    private static final Path ACCOUNTS = Path.of("/etc/passwd");

    /// Nothing else of our environment reaches the server: it may outlive us, and provider keys live there.
    private static final Set<String> ENVIRONMENT = Set.of("PATH", "TMPDIR", "SystemRoot", "TEMP", "TMP");

    /// What a program printed and how it ended; 0 is success.
    record Ended(int status, String output) {}

    /// The account for a cluster in `data`: the owner of what is there, else the first candidate that this machine knows.
    static Account of(Path data) throws IOException {
        var self = System.getProperty("user.name", "");
        if (!self.equals("root")) {
            return new Account(self, -1, -1, List.of());
        }
        if (Files.isDirectory(data)) {
            int owner = (int) Files.getAttribute(data, "unix:uid");
            if (owner != 0) {
                return unprivileged(Files.getOwner(data).getName(), owner, (int) Files.getAttribute(data, "unix:gid"));
            }
        }
        var known = Files.readAllLines(ACCOUNTS, StandardCharsets.ISO_8859_1).stream()
                .map(line -> line.split(":", -1)).filter(fields -> fields.length > 3).toList();
        return CANDIDATES.stream().flatMap(name -> known.stream().filter(fields -> fields[0].equals(name))).findFirst()
                .map(fields -> unprivileged(fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3])))
                .orElseThrow(
                        () -> new EmbeddedPostgresException("PostgreSQL cannot run as root, and none of the accounts "
                                + String.join(", ", CANDIDATES)
                                + " exists; create one, or start PromptLab as another user"));
    }

    private static Account unprivileged(String name, int uid, int gid) {
        return new Account(name, uid, gid, List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups",
                "--no-new-privs", "--inh-caps=-all"));
    }

    boolean isOther() {
        return !becoming.isEmpty();
    }

    /// Gives `path` itself, never what a link leads to, to the account.
    void own(Path path) throws IOException {
        if (isOther()) {
            Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /// Can the account enter `folder`, or what exists of the way to it?
    boolean reaches(Path folder) {
        if (!isOther()) {
            return true;
        }
        var existing = folder;
        while (existing.getParent() != null && !Files.isDirectory(existing)) {
            existing = existing.getParent();
        }
        var probe = run(Path.of("/"), List.of("test", "-x", existing.toString()));
        if (probe.status() > 1) {
            throw new EmbeddedPostgresException(
                    "root cannot start a program as the account " + name + ": " + probe.output().strip());
        }
        return probe.status() == 0;
    }

    /// Runs a program to its end.
    Ended run(Path directory, List<String> command) {
        var whole = new ArrayList<>(becoming);
        whole.addAll(command);
        var builder = new ProcessBuilder(whole).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().keySet().retainAll(ENVIRONMENT);
        builder.environment().put("LC_ALL", "C");
        try {
            var process = builder.start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.onExit().join().exitValue(), output);
        } catch (IOException e) {
            throw new EmbeddedPostgresException(isOther()
                    ? "PostgreSQL cannot run as root, and setpriv, which would run it as " + name + ", does not start ("
                            + e.getMessage() + "); install util-linux, or start PromptLab as another user"
                    : "a program of PostgreSQL does not start: " + e.getMessage(), e);
        }
    }

    /// For the banner; empty when the server simply runs as we do.
    Optional<String> note() {
        return isOther() ? Optional.of("PostgreSQL does not run as root: it runs as the account " + name)
                : Optional.empty();
    }
}
