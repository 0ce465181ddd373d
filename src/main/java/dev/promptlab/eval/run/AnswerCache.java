package dev.promptlab.eval.run;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

import dev.promptlab.web.Json;

/// Answers of earlier calls on disk, a file each, by the hash of the call. Whole files only: they are moved into place. Thread-safe,
/// also among processes.
final class AnswerCache {
    private final Path folder;

    AnswerCache(Path folder) {
        this.folder = folder;
    }

    /// A file that cannot be read is no answer.
    Optional<Answer> find(String hash) {
        try {
            return Optional.of(Answer.read(Json.read(Files.readAllBytes(file(hash)))).fromCache());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    boolean contains(String hash) {
        return Files.exists(file(hash));
    }

    void put(String hash, Answer answer) throws IOException {
        if (!answer.isCacheable()) {
            return;
        }
        var file = file(hash);
        var part = file
                .resolveSibling(hash + "." + ProcessHandle.current().pid() + "." + Thread.currentThread().threadId());
        var bytes = Json.bytes(answer.toJson());
        try {
            Files.write(part, bytes);
        } catch (NoSuchFileException e) {
            Files.createDirectories(file.getParent());
            Files.write(part, bytes);
        }
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            Files.delete(part); // another process was as fast
        }
    }

    private Path file(String hash) {
        return folder.resolve(hash.substring(0, 2)).resolve(hash + ".json");
    }
}
