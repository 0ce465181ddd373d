package dev.promptlab.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// BullMQ by `build/bench-peers/bullmq.mjs`, which npm installs below `target/` at the first use.
public final class BullMq {
    private static final Path SOURCE = Path.of("build", "bench-peers");
    private static final Path FOLDER = Path.of("target", "bench-peers");

    private BullMq() {}

    /// @throws IOException when there is no npm, or it cannot install
    public static void install() throws IOException {
        Files.createDirectories(FOLDER);
        try (var files = Files.list(SOURCE)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, FOLDER.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!Files.exists(FOLDER.resolve("node_modules/bullmq"))) {
            run(List.of("npm", "ci", "--silent"));
        }
    }

    /// @param arguments as the script takes them
    /// @return the figures it printed
    public static double[] measure(Redis redis, Object... arguments) throws IOException {
        var command = new ArrayList<>(List.of("node", "bullmq.mjs", "" + redis.port()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return Arrays.stream(run(command).strip().split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private static String run(List<String> command) throws IOException {
        var process = new ProcessBuilder(command).directory(FOLDER.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return output;
    }
}
