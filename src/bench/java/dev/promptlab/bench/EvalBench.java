package dev.promptlab.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.promptlab.eval.gate.Arm;
import dev.promptlab.eval.gate.CaseFacts;
import dev.promptlab.eval.gate.Gate;
import dev.promptlab.eval.gate.GatePolicy;
import dev.promptlab.eval.gate.Score;
import dev.promptlab.eval.gate.ScoreBook;
import dev.promptlab.eval.gate.Verdict;
import dev.promptlab.testing.OpenFolder;

/// `promptlab eval run` as a user starts it, on a local model of 50 ms, beside promptfoo on the same files when
/// `target/promptfoo` has it (`npm install --prefix target/promptfoo promptfoo node@22`): wall and CPU time, calls, memory; 20
/// times `kill -9`; and how often the gate is wrong. Arguments choose parts: `speed kill memory gate`.
final class EvalBench {
    private static final Path PROMPTFOO = Path.of("target/promptfoo/node_modules/promptfoo/dist/src/main.js");
    private static final Path NODE = Path.of("target/promptfoo/node_modules/node/bin/node");
    private static final int KILLS = 20;
    private static final int CONCURRENCY = 20;
    private static final int SUITES = 5_000;

    private final Path folder;
    private final ModelServer model;

    private EvalBench(Path folder, ModelServer model) {
        this.folder = folder;
        this.model = model;
    }

    public static void main(String[] arguments) throws Exception {
        var parts = arguments.length == 0 ? Set.of("speed", "kill", "memory", "gate") : Set.of(arguments);
        try (var folder = OpenFolder.create(); var model = new ModelServer(Duration.ofMillis(50))) {
            var bench = new EvalBench(Files.createDirectories(folder.path()), model);
            if (parts.contains("speed")) {
                bench.speed();
            }
            if (parts.contains("kill")) {
                bench.kill();
            }
            if (parts.contains("memory")) {
                bench.memory();
            }
        }
        if (parts.contains("gate")) {
            gate();
        }
    }

    private void speed() throws IOException, InterruptedException {
        start(ours(suite(1), 4, false)).waitFor(); // the first process of a build leaves its classes to the next ones
        model.calls();
        measure("1 case", suite(1), 4, false);
        for (var concurrency : List.of(4, 50, 200)) {
            measure("1,000 cases at " + concurrency, suite(1_000), concurrency, false);
        }
        measure("1,000 cases, first with a cache", suite(1_000), 50, true);
        measure("1,000 cases, all from the cache", suite(1_000), 50, true);
    }

    private void measure(String what, Path suite, int concurrency, boolean cache)
            throws IOException, InterruptedException {
        report("promptlab", what, timed(ours(suite, concurrency, cache)));
        if (Files.exists(PROMPTFOO)) {
            report("promptfoo", what, timed(theirs(suite, concurrency, cache)));
        }
    }

    private void report(String who, String what, double[] seconds) {
        System.out.printf(Locale.ROOT, "%-10s %-32s %6.2f s wall, %6.2f s CPU, %d calls%n", who, what, seconds[0],
                seconds[1], model.calls());
    }

    private List<String> ours(Path suite, int concurrency, boolean cache) {
        var command = new ArrayList<>(List.of("./promptlab", "eval", "run", suite.toString(), "-j",
                String.valueOf(concurrency), "--data-dir", folder.toString()));
        if (!cache) {
            command.add("--no-cache");
        }
        return command;
    }

    private static List<String> theirs(Path suite, int concurrency, boolean cache) {
        var command = new ArrayList<>(List.of(NODE.toString(), PROMPTFOO.toString(), "eval", "-c", suite.toString(),
                "-j", String.valueOf(concurrency), "--no-table", "--no-progress-bar", "--no-write"));
        if (!cache) {
            command.add("--no-cache");
        }
        return command;
    }

    private Process start(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("last-output.txt").toFile());
        builder.environment().putAll(Map.of("OPENAI_API_KEY", "x", "OPENAI_BASE_URL", model.url(),
                "PROMPTFOO_DISABLE_TELEMETRY", "1", "PROMPTFOO_DISABLE_UPDATE", "1", "PROMPTFOO_CONFIG_DIR",
                folder.resolve("promptfoo").toString()));
        return builder.start();
    }

    /// @return seconds of wall and of CPU, user and system
    private double[] timed(List<String> command) throws IOException, InterruptedException {
        var times = folder.resolve("times.txt");
        var quoted = String.join(" ", command.stream().map(word -> "'" + word + "'").toList());
        var process = start(List.of("bash", "-c",
                "TIMEFORMAT='%R %U %S'; { time " + quoted + " >/dev/null 2>&1; } 2>" + times));
        process.waitFor();
        var words = Files.readString(times).strip().split(" ");
        return new double[]{Double.parseDouble(words[0]), Double.parseDouble(words[1]) + Double.parseDouble(words[2])};
    }

    /// A promptfoo configuration that both run.
    private Path suite(int cases) throws IOException {
        var file = folder.resolve("suite" + cases + ".yaml");
        if (Files.exists(file)) {
            return file;
        }
        var tests = new StringBuilder();
        IntStream.range(0, cases).forEach(i -> tests.append("{\"vars\":{\"n\":\"").append(i).append("\"}}\n"));
        Files.writeString(folder.resolve("tests" + cases + ".jsonl"), tests);
        return Files.writeString(file, """
                prompts: ["Is number {{n}} fine?"]
                providers: ["openai:chat:m"]
                defaultTest:
                  assert: [{type: contains, value: ok}]
                tests: file://tests%d.jsonl
                """.formatted(cases), StandardCharsets.UTF_8);
    }

    /// Kills a run of 1,000 cases at random moments until it has been killed 20 times, then lets it end.
    private void kill() throws IOException, InterruptedException {
        var random = new Random(5);
        model.calls();
        var killed = 0;
        var process = start(ours(suite(1_000), CONCURRENCY, false));
        while (killed < KILLS && isCalled(process) && !process.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
            killed++;
            process = start(resume());
        }
        var code = process.waitFor();
        System.out.printf(Locale.ROOT, "kill -9 x %d: exit %d, %d calls for 1,000 cases (at most %d)%n", killed, code,
                model.calls(), 1_000 + KILLS * CONCURRENCY);
    }

    /// Waits until the model is called; false = the process ended without a call.
    private boolean isCalled(Process process) throws InterruptedException {
        var before = model.soFar();
        while (model.soFar() == before) {
            if (process.waitFor(2, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private List<String> resume() {
        var run = ours(Path.of("unused"), CONCURRENCY, true);
        var resumed = new ArrayList<>(run.subList(0, run.indexOf("run")));
        resumed.addAll(List.of("resume", "--data-dir", folder.toString()));
        return resumed;
    }

    private void memory() throws IOException, InterruptedException {
        for (var cases : List.of(1_000, 100_000)) {
            var process = start(ours(suite(cases), 200, false));
            var peak = 0.0;
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, residentMegabytes(process.pid()));
            }
            System.out.printf(Locale.ROOT, "%,d cases: %.0f MB resident at most, %d calls%n", cases, peak,
                    model.calls());
        }
    }

    private static double residentMegabytes(long pid) {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:")).findFirst()
                    .map(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1_024).orElse(0.0);
        } catch (IOException e) {
            return 0;
        }
    }

    /// As in the tests, with more suites: four of five cases always pass, the others in three of four answers.
    private static void gate() {
        for (var cases : List.of(100, 500)) {
            System.out.printf(Locale.ROOT,
                    "%d cases, %,d suites: nothing changed %.2f %% blocked, 3 points less %.1f %%%n",
                    cases, SUITES, blocked(cases, 0) * 100, blocked(cases, 0.03) * 100);
        }
    }

    private static double blocked(int cases, double broken) {
        var random = new SplittableRandom(cases);
        var blocked = 0;
        for (var i = 0; i < SUITES; i++) {
            var gate = new Gate(book(random, cases, broken), GatePolicy.DEFAULT, LocalDate.EPOCH);
            blocked += gate.decide(List.of()).verdict() == Verdict.REGRESSED ? 1 : 0;
        }
        return (double) blocked / SUITES;
    }

    private static ScoreBook book(SplittableRandom random, int cases, double broken) {
        var book = new ScoreBook(IntStream.range(0, cases)
                .mapToObj(i -> new CaseFacts("c" + i, "", Set.of(), null, false)).toList());
        for (var i = 0; i < cases; i++) {
            var rate = random.nextDouble() < 0.2 ? 0.75 : 1;
            var after = random.nextDouble() < broken ? 0 : rate;
            book.add(score(i, Arm.BASELINE, random.nextDouble() < rate));
            book.add(score(i, Arm.CANDIDATE, random.nextDouble() < after));
        }
        return book;
    }

    private static Score score(int place, Arm arm, boolean pass) {
        return new Score("c" + place, arm, 0, pass ? 1 : 0, pass, false, Map.of(), null, null);
    }
}
