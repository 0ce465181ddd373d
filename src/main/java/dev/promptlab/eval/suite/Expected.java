package dev.promptlab.eval.suite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.node.DoubleNode;
import com.google.re2j.Pattern;
import dev.promptlab.eval.assertion.AssertionType;
import org.jspecify.annotations.Nullable;

/// The grammar of `__expected` columns: `[not-]type(threshold):value`; whatever does not fit is a text that the output must equal.
final class Expected {
    private static final Pattern GRAMMAR = Pattern.compile("(?s)^((?:not-)?(?:" + AssertionType.names().stream()
            .sorted((a, b) -> b.length() - a.length()).map(Pattern::quote).collect(Collectors.joining("|"))
            + "))(?:\\(([0-9]+(?:\\.[0-9]+)?)\\))?(?::(.*))?$");
    private static final Map<String, String> SHORT = Map.of("fn:", "javascript", "eval:", "javascript", "javascript:",
            "javascript", "grade:", "llm-rubric", "llm-rubric:", "llm-rubric", "python:", "python");
    /// Types that take a threshold here, 0.75 when the column gives none.
    private static final Set<String> WITH_THRESHOLD = Set.of("answer-relevance", "context-faithfulness",
            "context-recall",
            "context-relevance", "cost", "latency", "levenshtein", "perplexity-score", "perplexity", "rouge-n",
            "similar",
            "starts-with");
    private static final Set<String> AS_WRITTEN = Set.of("contains-json", "is-json");

    private Expected() {}

    /// An assertion as a suite file would write it.
    static Item.Mapping read(String text, Place place) {
        for (var prefix : SHORT.entrySet()) {
            if (text.startsWith(prefix.getKey())) {
                return assertion(prefix.getValue(), text.substring(prefix.getKey().length()).strip(), null, place);
            }
        }
        var match = GRAMMAR.matcher(text);
        if (!match.find()) {
            return assertion("equals", text, null, place);
        }
        var type = match.group(1);
        var base = type.startsWith("not-") ? type.substring(4) : type;
        var value = match.group(3);
        Double threshold = null;
        if (WITH_THRESHOLD.contains(base)) {
            threshold = match.group(2) == null ? 0.75 : Double.parseDouble(match.group(2));
        }
        return assertion(type, value == null || AS_WRITTEN.contains(base) ? value : value.strip(), threshold, place);
    }

    private static Item.Mapping assertion(String type, @Nullable String value,
            @Nullable Double threshold, Place place) {
        var entries = new LinkedHashMap<String, Item>();
        entries.put("type", Item.text(type, place));
        if (value != null) {
            entries.put("value", Item.text(value, place));
        }
        if (threshold != null) {
            entries.put("threshold", new Item.Scalar(DoubleNode.valueOf(threshold), place));
        }
        return new Item.Mapping(entries, Map.of(), place);
    }

    static Item with(Item.Mapping assertion, String key, Item value) {
        var entries = new LinkedHashMap<>(assertion.entries());
        entries.put(key, value);
        return new Item.Mapping(entries, assertion.keys(), assertion.place());
    }

    static Item list(List<Item> items, Place place) {
        return new Item.Sequence(items, place);
    }
}
