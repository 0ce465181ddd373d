package dev.promptlab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.promptlab.testing.OpenFolder;
import dev.promptlab.testing.ServerProcess;

/// How long `serve` takes until it is ready, and what it then weighs: on a folder that does not exist, and on its data; then on the
/// data with what the JVM may remember of the classes. Five rounds, medians.
final class StartBench {
    private static final int ROUNDS = 5;

    private StartBench() {}

    public static void main(String[] args) throws IOException {
        var fresh = new ArrayList<Start>();
        var existing = new ArrayList<Start>();
        for (int i = 0; i < ROUNDS; i++) {
            try (var folder = OpenFolder.create()) {
                fresh.add(start(folder.path(), launcher()));
                existing.add(start(folder.path(), launcher()));
            }
        }
        print("by the launcher, on a fresh folder", fresh);
        print("by the launcher, on existing data", existing);
        remembered();
    }

    /// @param cpu of the JVM, until it is ready
    private record Start(double seconds, double cpu, double megabytes) {}

    private static void remembered() throws IOException {
        try (var folder = OpenFolder.create(); var files = OpenFolder.create()) {
            var archive = Files.createDirectories(files.path()).resolve("classes.jsa").toString();
            var cache = files.path().resolve("classes.aot").toString();
            start(folder.path(), java());
            start(folder.path(), java("-XX:ArchiveClassesAtExit=" + archive));
            learn(files.path().resolve("data"), java("-XX:AOTCacheOutput=" + cache));
            var nothing = new ArrayList<Start>();
            var classes = new ArrayList<Start>();
            var aot = new ArrayList<Start>();
            for (int i = 0; i < ROUNDS; i++) {
                nothing.add(start(folder.path(), java()));
                classes.add(start(folder.path(), java("-XX:SharedArchiveFile=" + archive)));
                aot.add(start(folder.path(), java("-XX:AOTCache=" + cache)));
            }
            print("nothing remembered", nothing);
            print("class archive (%d MB)".formatted(Files.size(Path.of(archive)) >> 20), classes);
            print("AOT cache (%d MB)".formatted(Files.size(Path.of(cache)) >> 20), aot);
        }
    }

    /// As `./promptlab learn` does.
    private static void learn(Path folder, List<String> program) {
        var command = new ArrayList<>(program);
        command.addAll(List.of("demo", "--once", "--data-dir", folder.toString()));
        try (var demo = ServerProcess.launch(Map.of(), command)) {
            demo.awaitEnd();
        }
    }

    private static void print(String what, List<Start> starts) {
        System.out.printf("%-36s ready after %.1f s   CPU %.1f s   resident %.0f MB%n", what,
                median(starts.stream().map(Start::seconds).toList()), median(starts.stream().map(Start::cpu).toList()),
                median(starts.stream().map(Start::megabytes).toList()));
    }

    private static List<String> launcher() {
        return List.of(Path.of("promptlab").toAbsolutePath().toString());
    }

    /// With the launcher's own flags.
    private static List<String> java(String... more) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx512m"));
        command.addAll(List.of(more));
        command.addAll(List.of("-Xlog:cds*=off", "-Xlog:aot*=off", "-jar",
                Path.of("target", "promptlab.jar").toAbsolutePath().toString()));
        return command;
    }

    private static Start start(Path folder, List<String> program) throws IOException {
        var command = new ArrayList<>(program);
        command.addAll(List.of("serve", "--port", "0"));
        long begin = System.nanoTime();
        try (var server = ServerProcess.launch(Map.of("PROMPTLAB_DATA_DIR", folder.toString()), command)) {
            server.awaitReady();
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Start(seconds, cpuSeconds(server.pid()), residentMegabytes(server.pid()));
        }
    }

    private static double cpuSeconds(long pid) {
        return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration()).orElse(Duration.ZERO)
                .toMillis() / 1e3;
    }

    private static double residentMegabytes(long pid) throws IOException {
        var line = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream().filter(l -> l.startsWith("VmRSS:"))
                .findFirst().orElseThrow();
        return Double.parseDouble(line.replaceAll("\\D", "")) / 1024;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
