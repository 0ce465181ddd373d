package dev.promptlab.eval.assertion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A metric computed from the sums of others: `{name: f1, value: "2 * precision * recall / (precision + recall)"}`.
public record DerivedMetric(String name, Arithmetic formula) {
    /// @param sums metric name to the sum of its scores over all cases of an arm
    /// @param count how many cases that are, known to formulas as `__count`
    /// @return the derived ones by name; a formula over a missing name, or by zero, gives none
    public static Map<String, Double> evaluate(List<DerivedMetric> metrics, Map<String, Double> sums, long count) {
        var known = new LinkedHashMap<>(sums);
        known.put("__count", (double) count);
        var derived = new LinkedHashMap<String, Double>();
        for (var metric : metrics) {
            metric.formula().evaluate(known).ifPresent(value -> {
                known.put(metric.name(), value);
                derived.put(metric.name(), value);
            });
        }
        return derived;
    }
}
