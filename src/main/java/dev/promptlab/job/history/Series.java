package dev.promptlab.job.history;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// Lines of a chart: one for each key and measure. The keys beyond the largest `top` are added up under [#REST].
final class Series {
    static final String REST = "*";
    /// The key of what has none: no template, or the whole.
    static final String NONE = "-";
    private static final String NO_TEMPLATE = "00000000-0000-0000-0000-000000000000";
    private static final Map<String, Double> QUANTILES = new LinkedHashMap<>();
    static {
        QUANTILES.put("p50", 0.5);
        QUANTILES.put("p95", 0.95);
        QUANTILES.put("p99", 0.99);
    }

    private Series() {}

    /// Sums, 0 where nothing was.
    ///
    /// @param measures by name, which figure of a point each shows
    static ArrayNode sums(List<HistoryStore.Point> points, int buckets, int top, Map<String, Integer> measures) {
        var first = measures.values().iterator().next();
        var names = names(points, HistoryStore.Point::key, point -> point.figures().get(first), top);
        var lines = new LinkedHashMap<String, BigDecimal[][]>();
        for (var name : distinct(names)) {
            lines.put(name, zeros(measures.size(), buckets));
        }
        for (var point : points) {
            var line = requireNonNull(lines.get(requireNonNull(names.get(point.key()))));
            int measure = 0;
            for (int figure : measures.values()) {
                line[measure][point.bucket()] = line[measure][point.bucket()].add(point.figures().get(figure));
                measure++;
            }
        }
        var json = Json.array();
        lines.forEach((name, values) -> {
            int measure = 0;
            for (var label : measures.keySet()) {
                var array = line(json, name, label);
                Arrays.stream(values[measure++]).forEach(value -> array.add(value.stripTrailingZeros()));
            }
        });
        return json;
    }

    private static BigDecimal[][] zeros(int measures, int buckets) {
        var zeros = new BigDecimal[measures][buckets];
        for (var row : zeros) {
            Arrays.fill(row, BigDecimal.ZERO);
        }
        return zeros;
    }

    /// Quantiles in milliseconds, null where nothing was measured.
    static ArrayNode quantiles(List<HistoryStore.Times> times, int buckets, int top) {
        var names = names(times, HistoryStore.Times::key, one -> BigDecimal.valueOf(one.n()), top);
        var lines = new LinkedHashMap<String, @Nullable Slots[]>();
        for (var name : distinct(names)) {
            lines.put(name, new @Nullable Slots[buckets]);
        }
        for (var one : times) {
            var line = requireNonNull(lines.get(requireNonNull(names.get(one.key()))));
            var slots = line[one.bucket()];
            if (slots == null) {
                slots = line[one.bucket()] = new Slots();
            }
            slots.add(one.slot(), one.n());
        }
        var json = Json.array();
        lines.forEach((name, line) -> QUANTILES.forEach((label, share) -> {
            var array = line(json, name, label);
            Arrays.stream(line).forEach(slots -> array.add(slots == null ? null : slots.quantile(share)));
        }));
        return json;
    }

    /// All of them together; null without any.
    static @Nullable ObjectNode quantiles(List<HistoryStore.Times> times) {
        var slots = new Slots();
        times.forEach(one -> slots.add(one.slot(), one.n()));
        if (slots.total() == 0) {
            return null;
        }
        var json = Json.object();
        QUANTILES.forEach((label, share) -> json.put(label, slots.quantile(share)));
        return json;
    }

    private static ArrayNode line(ArrayNode lines, String key, String measure) {
        return lines.addObject().put("key", key).put("measure", measure).putArray("values");
    }

    private static List<String> distinct(Map<String, String> names) {
        return names.values().stream().distinct().toList();
    }

    /// Under which name each key is shown, the largest first.
    private static <T> Map<String, String> names(List<T> rows, Function<T, String> key, Function<T, BigDecimal> size,
            int top) {
        var sizes = new LinkedHashMap<String, BigDecimal>();
        rows.forEach(row -> sizes.merge(key.apply(row), size.apply(row), BigDecimal::add));
        var sorted = new ArrayList<>(sizes.entrySet());
        sorted.sort(Map.Entry.<String, BigDecimal>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()));
        var names = new LinkedHashMap<String, String>();
        for (int i = 0; i < sorted.size(); i++) {
            names.put(sorted.get(i).getKey(), i < top ? shown(sorted.get(i).getKey()) : REST);
        }
        return names;
    }

    private static String shown(String key) {
        return key.isEmpty() || key.equals(NO_TEMPLATE) ? NONE : key;
    }
}
