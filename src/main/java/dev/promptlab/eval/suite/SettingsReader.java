package dev.promptlab.eval.suite;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/// Reads `promptlab:`, where every key must be known.
final class SettingsReader {
    static final Set<String> KEYS = Set.of("template", "baseline", "candidate", "models", "gate", "repeats", "cluster",
            "tags",
            "budget",
            "judge", "strictVars");
    static final Set<String> GATE = Set.of("tolerance", "margin", "metrics", "tags", "minPassRate", "maxCostRatio",
            "maxCostUsd", "maxP95Ratio", "maxP95Ms", "maxErrors", "inconclusive", "quarantine");
    static final Set<String> BUDGET = Set.of("usd", "calls");
    static final Set<String> JUDGE = Set.of("model", "votes");
    private static final int MAX_REPEATS = 100;

    private final Problems problems;
    private final @Nullable String judge;
    private final Keys keys;

    /// @param judge where the suite names none
    SettingsReader(Problems problems, @Nullable String judge) {
        this.problems = problems;
        this.judge = judge;
        this.keys = new Keys(problems);
    }

    /// @param root of the suite file; without `promptlab:` undefined variables fill in as nothing, as in promptfoo
    Settings read(Item root) {
        var item = keys.mapping(root.get("promptlab"), "\"promptlab\"");
        keys.checkAll(item, KEYS);
        var gate = section(item, "gate", GATE);
        var budget = section(item, "budget", BUDGET);
        var judging = section(item, "judge", JUDGE);
        keys.mapping(item.get("models"), "\"models\"");
        var usd = keys.number(budget, "usd");
        return new Settings(keys.textOrNull(item, "template"), keys.textOrNull(item, "baseline"),
                keys.textOrNull(item, "candidate"), gate.json(),
                keys.wholeNumber(item, "repeats", repeats(root), MAX_REPEATS), keys.textOrNull(item, "cluster"),
                texts(item.get("tags"), problems), usd == null ? null : BigDecimal.valueOf(usd), calls(budget),
                judging.has("model") ? keys.textOrNull(judging, "model") : judge, votes(judging),
                keys.flag(item, "strictVars", root.has("promptlab")));
    }

    private Item.Mapping section(Item item, String name, Set<String> known) {
        var section = keys.mapping(item.get(name), "\"" + name + "\"");
        keys.checkAll(section, known);
        return section;
    }

    private int repeats(Item root) {
        for (var options : List.of("evaluateOptions", "commandLineOptions")) {
            if (root.get(options).has("repeat")) {
                return keys.wholeNumber(root.get(options), "repeat", 1, MAX_REPEATS);
            }
        }
        return 1;
    }

    private @Nullable Long calls(Item budget) {
        return budget.has("calls") ? (Long) (long) keys.wholeNumber(budget, "calls", 1, Integer.MAX_VALUE) : null;
    }

    private int votes(Item judge) {
        int votes = keys.wholeNumber(judge, "votes", 1, 5);
        if (votes % 2 == 0) {
            problems.add(judge.get("votes").place(), "\"votes\" must be 1, 3 or 5");
        }
        return votes;
    }

    /// A list of texts, or one.
    static List<String> texts(Item item, Problems problems) {
        var texts = new ArrayList<String>();
        for (var each : item.each()) {
            if (each instanceof Item.Scalar(var json, _)) {
                if (!json.isMissingNode() && !json.isNull()) {
                    texts.add(json.asText());
                }
            } else {
                problems.add(each.place(), "must be text, not " + each.kind());
            }
        }
        return texts;
    }
}
