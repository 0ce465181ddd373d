package dev.promptlab.template.language;

import java.math.BigDecimal;
import java.util.Comparator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.web.Json;

/// How templates see JSON values.
final class Values {
    private static final int MAX_SCALE = 1000;

    /// JSON equality, with numbers equal by value (`1` and `1.0`).
    private static final Comparator<JsonNode> BY_NUMBER = (a, b) -> a.isNumber() && b.isNumber()
            ? number(a).compareTo(number(b))
            : a.equals(b) ? 0 : 1;

    private Values() {}

    /// As printed: text as it is, numbers in plain digits as they were given, `null` and undefined as nothing, lists and
    /// objects as compact JSON.
    static String text(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.textValue();
            case NUMBER -> plain(number(value));
            case NULL, MISSING -> "";
            case BOOLEAN, ARRAY, OBJECT, BINARY, POJO -> Json.text(value);
        };
    }

    private static String plain(BigDecimal number) {
        if (Math.abs((long) number.scale()) > MAX_SCALE) {
            throw new Refused("a number is too large or too small to print");
        }
        return number.toPlainString();
    }

    static BigDecimal number(JsonNode value) {
        return value.decimalValue();
    }

    /// As in Python: `false`, `null`, 0, and what is empty are not.
    static boolean truthy(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> !value.textValue().isEmpty();
            case NUMBER -> number(value).signum() != 0;
            case BOOLEAN -> value.booleanValue();
            case ARRAY, OBJECT -> !value.isEmpty();
            case NULL, MISSING, BINARY, POJO -> false;
        };
    }

    static boolean equal(JsonNode a, JsonNode b) {
        return a.equals(BY_NUMBER, b);
    }

    /// For messages.
    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case NULL -> "null";
            case MISSING, BINARY, POJO -> "undefined";
        };
    }
}
