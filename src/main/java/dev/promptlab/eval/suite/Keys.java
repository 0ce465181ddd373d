package dev.promptlab.eval.suite;

import java.util.Set;

import dev.promptlab.config.Nearest;
import org.jspecify.annotations.Nullable;

/// Reads entries of mappings and notes what does not fit.
final class Keys {
    private final Problems problems;

    Keys(Problems problems) {
        this.problems = problems;
    }

    /// Keys that nearly are one of ours were meant to be; others belong to somebody else.
    void checkNearly(Item item, Set<String> known) {
        check(item, known, false);
    }

    /// Every key must be known.
    void checkAll(Item item, Set<String> known) {
        check(item, known, true);
    }

    private void check(Item item, Set<String> known, boolean strict) {
        if (!(item instanceof Item.Mapping(var entries, _, _))) {
            return;
        }
        for (var key : entries.keySet()) {
            if (!known.contains(key) && (strict || Nearest.of(key, known).isPresent())) {
                problems.add(item.placeOf(key), "unknown key \"" + key + "\"" + Nearest.hint(key, known));
            }
        }
    }

    /// Text, or "" when there is none; numbers are text as well.
    String text(Item item, String key) {
        var value = item.get(key);
        if (value instanceof Item.Scalar(var json, _)) {
            return json.isMissingNode() || json.isNull() ? "" : json.asText();
        }
        problems.add(value.place(), "\"" + key + "\" must be text, not " + value.kind());
        return "";
    }

    @Nullable
    String textOrNull(Item item, String key) {
        return item.has(key) ? text(item, key) : null;
    }

    @Nullable
    Double number(Item item, String key) {
        if (!item.has(key)) {
            return null;
        }
        if (item.get(key) instanceof Item.Scalar(var json, _) && json.isNumber()) {
            return json.doubleValue();
        }
        problems.add(item.get(key).place(), "\"" + key + "\" must be a number, not " + item.get(key).kind());
        return null;
    }

    int wholeNumber(Item item, String key, int byDefault, int max) {
        var number = number(item, key);
        if (number == null) {
            return byDefault;
        }
        if (number != Math.rint(number) || number < 1 || number > max) {
            problems.add(item.get(key).place(), "\"" + key + "\" must be a whole number from 1 to " + max);
            return byDefault;
        }
        return number.intValue();
    }

    boolean flag(Item item, String key, boolean byDefault) {
        if (!item.has(key)) {
            return byDefault;
        }
        if (item.get(key) instanceof Item.Scalar(var json, _) && json.isBoolean()) {
            return json.booleanValue();
        }
        problems.add(item.get(key).place(), "\"" + key + "\" must be true or false, not " + item.get(key).kind());
        return byDefault;
    }

    /// A mapping; something else is a problem, nothing is an empty one.
    Item.Mapping mapping(Item item, String what) {
        if (item instanceof Item.Mapping mapping) {
            return mapping;
        }
        if (!(item instanceof Item.Scalar(var json, _)) || !(json.isNull() || json.isMissingNode())) {
            problems.add(item.place(), what + " must be an object, not " + item.kind());
        }
        return Item.empty(item.place());
    }
}
