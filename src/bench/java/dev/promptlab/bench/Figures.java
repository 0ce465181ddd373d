package dev.promptlab.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/// Collects figures over rounds and prints their medians as a table, each with its ratio to a ceiling or peer of the same run.
public final class Figures {
    /// How a figure is judged: its ratio to the figure `of`, or, without one, itself.
    ///
    /// @param least whether `value` is the least it may be, else the most
    public record Bar(@Nullable String of, double value, boolean least) {
        public static Bar atLeast(double value, String of) {
            return new Bar(of, value, true);
        }

        public static Bar atMost(double value, String of) {
            return new Bar(of, value, false);
        }

        /// A ratio that is only shown.
        public static Bar beside(String of) {
            return new Bar(of, Double.NaN, true);
        }

        /// Of the figure itself.
        public static Bar atMost(double value) {
            return new Bar(null, value, false);
        }

        boolean holds(double ratio) {
            return least ? ratio >= value : ratio <= value;
        }
    }

    private final Map<String, List<Double>> values = new LinkedHashMap<>();
    private final Map<String, Set<Bar>> bars = new LinkedHashMap<>();

    /// May be said again in each round.
    public void bar(String figure, Bar bar) {
        bars.computeIfAbsent(figure, _ -> new LinkedHashSet<>()).add(bar);
    }

    /// @param name ends with its unit: `drain, jobs/s`
    public void add(String name, double value) {
        values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        System.out.printf("    %-60s %,12.2f%n", name, value);
    }

    /// Forgets the rounds so far: they were warm-up.
    public void clear() {
        values.clear();
    }

    /// NaN when it was never measured.
    public double median(String name) {
        var sorted = values.getOrDefault(name, List.of()).stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    public void print() {
        System.out.println();
        System.out.println("| figure (median) | value | lowest - highest | ratio | bar |");
        System.out.println("|---|---|---|---|---|");
        values.keySet().forEach(this::print);
    }

    private void print(String name) {
        var all = values.getOrDefault(name, List.of());
        var range = "%s - %s".formatted(text(all.stream().mapToDouble(v -> v).min().orElse(Double.NaN)),
                text(all.stream().mapToDouble(v -> v).max().orElse(Double.NaN)));
        var judged = bars.getOrDefault(name, Set.of()).stream().filter(bar -> !Double.isNaN(value(name, bar)))
                .toList();
        System.out.printf("| %s | %s | %s | %s | %s |%n", name, text(median(name)), range,
                String.join("; ", judged.stream().map(bar -> ratio(name, bar)).toList()),
                String.join("; ", judged.stream().map(bar -> verdict(name, bar)).toList()));
    }

    private String ratio(String name, Bar bar) {
        return bar.of() == null ? "" : "%.2f of %s".formatted(value(name, bar), bar.of());
    }

    private String verdict(String name, Bar bar) {
        return Double.isNaN(bar.value()) ? "-"
                : "%s %s: %s".formatted(bar.least() ? "≥" : "≤", text(bar.value()),
                        bar.holds(value(name, bar)) ? "holds" : "MISSED");
    }

    /// NaN when what it is compared with was not measured.
    private double value(String name, Bar bar) {
        return bar.of() == null ? median(name) : median(name) / median(bar.of());
    }

    private static String text(double value) {
        return value >= 1_000 ? "%,.0f".formatted(value)
                : value >= 10 ? "%.1f".formatted(value) : "%.2f".formatted(value);
    }
}
