package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.PatternSyntaxException;

/// What can be said by looking at the text.
final class TextChecks {
    /// Of both texts' lengths multiplied, about half a second.
    private static final long MAX_EDITS = 400_000_000;

    private TextChecks() {}

    static Grade equals(Check check) {
        var expected = check.value();
        if (!expected.isContainerNode()) {
            return check.verdict(Values.text(expected).equals(check.text()), "equal \"" + Values.text(expected) + "\"");
        }
        boolean same;
        try {
            same = LooseJson.sameValue(expected, LooseJson.parse(check.text()));
        } catch (IOException _) {
            same = false;
        }
        return check.verdict(same, "equal " + Values.text(expected));
    }

    static Grade contains(Check check, Function<String, String> fold) {
        var wanted = Values.text(check.value());
        if (wanted.isEmpty()) {
            throw new Ungradable("the value is empty");
        }
        return check.verdict(fold.apply(check.text()).contains(fold.apply(wanted)), "contain \"" + wanted + "\"");
    }

    static Grade containsAny(Check check, Function<String, String> fold) {
        var wanted = wanted(check);
        var text = fold.apply(check.text());
        return check.verdict(wanted.stream().anyMatch(each -> text.contains(fold.apply(each))),
                "contain one of [" + String.join(", ", wanted) + "]");
    }

    static Grade containsAll(Check check, Function<String, String> fold) {
        var wanted = wanted(check);
        var text = fold.apply(check.text());
        var missing = wanted.stream().filter(each -> !text.contains(fold.apply(each))).toList();
        return check.verdict(missing.isEmpty(), "contain all of [" + String.join(", ", wanted) + "]; missing ["
                + String.join(", ", missing) + "]");
    }

    private static List<String> wanted(Check check) {
        if (check.value().isTextual() && check.value().textValue().isEmpty()) {
            throw new Ungradable("the value is empty");
        }
        return Values.list(check.value());
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static Grade startsWith(Check check) {
        var wanted = Values.text(check.value());
        if (wanted.isEmpty()) {
            throw new Ungradable("the value is empty");
        }
        return check.verdict(check.text().startsWith(wanted), "start with \"" + wanted + "\"");
    }

    static Grade regex(Check check) {
        var wanted = Values.text(check.value());
        try {
            return check.verdict(Regex.compile(wanted).matcher(check.text()).find(), "match " + wanted);
        } catch (PatternSyntaxException | IllegalArgumentException e) {
            throw new Ungradable("the expression cannot be used: " + e.getMessage());
        }
    }

    static Grade levenshtein(Check check) {
        var expected = Values.text(check.value());
        if ((long) expected.length() * check.text().length() > MAX_EDITS) {
            throw new Ungradable("the texts are too long to count the edits between them");
        }
        return check.atMost("Levenshtein distance", distance(check.text(), expected), check.threshold(5));
    }

    /// Letters to insert, drop or replace, in UTF-16 units.
    static int distance(String a, String b) {
        var above = new int[b.length() + 1];
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            var free = above;
            above = row;
            row = free;
        }
        return above[b.length()];
    }

    static Grade wordCount(Check check) {
        int words = words(check.text());
        var value = check.value();
        if (!value.isObject()) {
            double wanted = number(value);
            return check.verdict(words == wanted, "have " + Check.number(wanted) + " words, has " + words);
        }
        double min = value.has("min") ? number(value.path("min")) : Double.NEGATIVE_INFINITY;
        double max = value.has("max") ? number(value.path("max")) : Double.POSITIVE_INFINITY;
        var range = Double.isInfinite(min) ? "at most " + Check.number(max)
                : Double.isInfinite(max) ? "at least " + Check.number(min)
                        : Check.number(min) + " to " + Check.number(max);
        return check.verdict(words >= min && words <= max, "have " + range + " words, has " + words);
    }

    private static double number(JsonNode value) {
        try {
            return value.isNumber() ? value.doubleValue() : Double.parseDouble(Values.text(value).strip());
        } catch (NumberFormatException _) {
            throw new Ungradable("the value must be a number, or an object with min or max, not " + value);
        }
    }

    private static int words(String text) {
        var stripped = text.strip();
        return stripped.isEmpty() ? 0 : stripped.split("\\s+").length;
    }
}
