package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;

/// A temporary folder that does not exist yet, so that the embedded PostgreSQL makes it and, as root, lets its account in;
/// JUnit's are closed to other accounts. Deleted at close.
public record OpenFolder(Path path) implements AutoCloseable {
    public static OpenFolder create() {
        return new OpenFolder(Path.of(System.getProperty("java.io.tmpdir"), "promptlab-test-" + UUID.randomUUID()));
    }

    @Override
    public void close() {
        if (!Files.exists(path)) {
            return;
        }
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
