package dev.promptlab.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

/// Refuses what JSON can spell and the product cannot keep: NUL characters, lone surrogates, and numbers that no
/// IEEE double and no `numeric` column can hold.
final class BodyText {
    private static final int MAX_DIGITS = 400;

    private final Map<String, List<String>> errors = new LinkedHashMap<>();

    private BodyText() {}

    /// @throws Failure.Invalid naming every field at fault
    static void check(JsonNode body) {
        var text = new BodyText();
        text.visit("", body);
        if (!text.errors.isEmpty()) {
            throw new Failure.Invalid(List.of(), text.errors);
        }
    }

    private void visit(String path, JsonNode node) {
        switch (node.getNodeType()) {
            case OBJECT -> node.properties().forEach(entry -> {
                var name = entry.getKey();
                var child = path.isEmpty() ? name : path + "." + name;
                text(child, name, "the name of a field");
                visit(child, entry.getValue());
            });
            case ARRAY -> {
                for (int i = 0; i < node.size(); i++) {
                    visit(path + "[" + i + "]", node.get(i));
                }
            }
            case STRING -> text(path, node.textValue(), "the text");
            case NUMBER -> number(path, node);
            default -> {
                // true, false and null are always fine
            }
        }
    }

    private void text(String path, String text, String what) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                reject(path, what + " must not contain the NUL character (position " + i + ")");
                return;
            }
            if (Character.isSurrogate(c)) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
                    reject(path, what + " must not contain a lone surrogate (position " + i + ")");
                    return;
                }
                i++;
            }
        }
    }

    private void number(String path, JsonNode node) {
        if (node.isBigDecimal() || node.isBigInteger()) {
            var value = node.decimalValue();
            if (value.precision() > MAX_DIGITS || Math.abs((long) value.precision() - value.scale()) > MAX_DIGITS
                    || Math.abs((long) value.scale()) > 2 * MAX_DIGITS) {
                reject(path, "the number is too large, too small or too long");
            }
        }
    }

    private void reject(String path, String message) {
        var printable = path.replace('\0', '\uFFFD').replaceAll("\\p{Cs}", "\uFFFD");
        errors.computeIfAbsent(printable, _ -> new ArrayList<>()).add(message);
    }
}
