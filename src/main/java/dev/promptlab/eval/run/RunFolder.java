package dev.promptlab.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;

/// Where runs live, under `eval/` of the data folder:
///
///     runs/ID/run.json       what was asked for, with the fingerprint of the plan
///     runs/ID/answers.jsonl  {cell, answer}, as they came
///     runs/ID/rows.jsonl     {cell, row}, graded
///     runs/ID/reruns.jsonl   what was run again to understand a case
///     cache/                 answers by the hash of their call
///     baselines.json         label to run id
///     history.jsonl          what cases turned out to be, over runs
public final class RunFolder {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss")
            .withZone(ZoneOffset.UTC);
    private static final String RUN_ID = "[0-9]{8}-[0-9]{6}-[0-9a-f]{4}";

    private final Path root;

    public RunFolder(Path dataFolder) {
        this.root = dataFolder.resolve("eval");
    }

    /// `20260131-120000-3f2a`: sorts by time, the last part counts 16 microseconds of the second.
    public static String newId(Instant now) {
        return STAMP.format(now) + "-" + String.format("%04x", now.get(ChronoField.MICRO_OF_SECOND) / 16);
    }

    Path run(String runId) {
        return root.resolve("runs").resolve(runId);
    }

    Path file(String runId, String name) {
        return run(runId).resolve(name);
    }

    Path cache() {
        return root.resolve("cache");
    }

    Path history() {
        return root.resolve("history.jsonl");
    }

    boolean exists(String runId) {
        return runId.matches(RUN_ID) && Files.exists(file(runId, "run.json"));
    }

    /// The newest; empty when there is none.
    public Optional<String> latest() throws IOException {
        try (Stream<Path> runs = Files.list(root.resolve("runs"))) {
            return runs.map(path -> path.getFileName().toString()).filter(this::exists).max(String::compareTo);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void begin(RunSpec spec, RunHome.Identity identity) throws IOException {
        var json = spec.toJson().put("fingerprint", identity.fingerprint()).put("questions", identity.questions());
        json.set("grading", identity.grading());
        write(file(spec.runId(), "run.json"), json);
    }

    /// `run.json` of a run.
    ///
    /// @throws InvalidRunException when there is no such run
    JsonNode describe(String runId) throws IOException, InvalidRunException {
        if (!exists(runId)) {
            throw new InvalidRunException("there is no run \"" + runId + "\" in " + root.resolve("runs"));
        }
        return Json.read(Files.readAllBytes(file(runId, "run.json")));
    }

    public RunSpec spec(String runId) throws IOException, InvalidRunException {
        return RunSpec.read(describe(runId));
    }

    /// Label to run id; labels sort.
    public ObjectNode baselines() throws IOException {
        try {
            return (ObjectNode) Json.read(Files.readAllBytes(root.resolve("baselines.json")));
        } catch (NoSuchFileException e) {
            return Json.object();
        }
    }

    public void setBaseline(String label, String runId) throws IOException, InvalidRunException {
        describe(runId);
        write(root.resolve("baselines.json"), baselines().put(label, runId));
    }

    private static void write(Path file, JsonNode json) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        var part = file.resolveSibling(file.getFileName() + ".part");
        Files.write(part, Json.bytes(json));
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    void remember(JsonNode line) throws IOException {
        Files.createDirectories(root);
        Files.writeString(history(), Json.text(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
