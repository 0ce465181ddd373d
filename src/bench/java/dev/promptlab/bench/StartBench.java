package dev.promptlab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.promptlab.testing.OpenFolder;

/// How long `serve` takes until it is ready, and what it then weighs: on a folder that does not exist, and on its data. Five
/// rounds, medians.
final class StartBench {
    private static final int ROUNDS = 5;

    private StartBench() {}

    public static void main(String[] args) throws IOException {
        var fresh = new ArrayList<Double>();
        var existing = new ArrayList<Double>();
        var memory = new ArrayList<Double>();
        for (int i = 0; i < ROUNDS; i++) {
            try (var folder = OpenFolder.create()) {
                fresh.add(start(folder.path(), new ArrayList<>()));
                existing.add(start(folder.path(), memory));
            }
        }
        System.out.printf("ready on a fresh folder   %.1f s%n", median(fresh));
        System.out.printf("ready on existing data    %.1f s%n", median(existing));
        System.out.printf("resident memory of the JVM, idle   %.0f MB%n", median(memory));
    }

    private static double start(Path folder, List<Double> memory) throws IOException {
        long begin = System.nanoTime();
        try (var server = BenchServer.startEmbedded(folder)) {
            double seconds = (System.nanoTime() - begin) / 1e9;
            memory.add(residentMegabytes(server.pid()));
            return seconds;
        }
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
