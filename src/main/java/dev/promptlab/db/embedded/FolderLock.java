package dev.promptlab.db.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/// Makes one process the user of a folder until it ends, however it ends. The file holds that process's id.
final class FolderLock implements AutoCloseable {
    /// Folders of this process. POSIX drops a process's lock when it closes any descriptor of the file, so that within the
    /// process the file must not even be opened a second time.
    private static final Set<Path> MINE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /// @param folder as a real path
    /// @throws EmbeddedPostgresException when another process, or this one, already uses the folder
    static FolderLock take(Path folder) throws IOException {
        if (!MINE.add(folder)) {
            throw inUse(folder, Long.toString(ProcessHandle.current().pid()));
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            // Behind the text, since Windows forbids others to read what is locked.
            if (channel.tryLock(1 << 20, 1, false) == null) {
                throw inUse(folder, Files.readString(folder.resolve("lock")).strip());
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return new FolderLock(folder, channel);
        } catch (IOException | RuntimeException e) {
            release(folder, channel);
            throw e;
        }
    }

    /// Whether some process uses the folder.
    static boolean isTaken(Path folder) throws IOException {
        try (var _ = take(folder)) {
            return false;
        } catch (EmbeddedPostgresException e) {
            return true;
        }
    }

    private static EmbeddedPostgresException inUse(Path folder, String pid) {
        return new EmbeddedPostgresException("the folder " + folder + " is in use by process " + pid
                + "; stop it, choose another folder (PROMPTLAB_DATA_DIR), or share one database through DATABASE_URL");
    }

    private static void release(Path folder, @Nullable FileChannel channel) throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            MINE.remove(folder);
        }
    }

    @Override
    public void close() throws IOException {
        release(folder, channel);
    }
}
