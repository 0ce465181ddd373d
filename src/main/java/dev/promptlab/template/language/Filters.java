package dev.promptlab.template.language;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.web.Json;

/// What each [Filter] does with a value that is defined; `default` alone is done by the [Renderer].
final class Filters {
    private static final int MAX_WIDTH = 100;
    private static final int MAX_PLACES = 20;

    private final Budget budget;

    Filters(Budget budget) {
        this.budget = budget;
    }

    /// @return undefined for the first or last of nothing
    JsonNode apply(Filter filter, JsonNode input, List<JsonNode> arguments) {
        return switch (filter) {
            case DUMP, TOJSON -> json(input, arguments);
            case UPPER -> text(text(input).toUpperCase(Locale.ROOT));
            case LOWER -> text(text(input).toLowerCase(Locale.ROOT));
            case CAPITALIZE -> text(capitalized(text(input)));
            case TRIM -> text(text(input).strip());
            case JOIN -> join(input, arguments.isEmpty() ? "" : text(arguments.getFirst()));
            case LENGTH -> IntNode.valueOf(length(input));
            case REPLACE -> replace(text(input), arguments);
            case FIRST, LAST -> end(filter, input);
            case ROUND -> round(input, arguments);
            case INDENT -> indent(text(input), arguments);
            case DEFAULT -> throw new IllegalStateException("default is no plain filter (bug)");
        };
    }

    private JsonNode json(JsonNode input, List<JsonNode> arguments) {
        budget.value(input);
        return text(arguments.isEmpty() ? Json.text(input)
                : new PrettyJson(wholeNumber(Filter.DUMP, arguments.getFirst(), MAX_WIDTH)).print(input));
    }

    private JsonNode join(JsonNode input, String separator) {
        if (!input.isArray()) {
            throw needs(Filter.JOIN, "a list", input);
        }
        var joined = new StringBuilder();
        for (int i = 0; i < input.size(); i++) {
            joined.append(i == 0 ? "" : separator).append(text(input.get(i)));
            Budget.checkSize(joined.length());
        }
        return text(joined.toString());
    }

    private static String capitalized(String input) {
        if (input.isEmpty()) {
            return input;
        }
        int first = input.offsetByCodePoints(0, 1);
        return input.substring(0, first).toUpperCase(Locale.ROOT) + input.substring(first).toLowerCase(Locale.ROOT);
    }

    int length(JsonNode input) {
        if (input.isTextual()) {
            budget.text(input.textValue().length());
            return input.textValue().codePointCount(0, input.textValue().length());
        }
        if (input.isContainerNode()) {
            return input.size();
        }
        throw needs(Filter.LENGTH, "a string, list or object", input);
    }

    private JsonNode replace(String input, List<JsonNode> arguments) {
        var old = text(arguments.get(0));
        var replacement = text(arguments.get(1));
        int most = arguments.size() < 3 ? Integer.MAX_VALUE
                : wholeNumber(Filter.REPLACE, arguments.get(2), Integer.MAX_VALUE);
        if (old.isEmpty()) {
            throw new Refused("\"replace\" needs a text to look for, not an empty one");
        }
        var search = new Search(old);
        var replaced = new StringBuilder();
        int from = 0;
        for (int count = 0; count < most; count++) {
            int at = search.in(input, from);
            if (at < 0) {
                break;
            }
            replaced.append(input, from, at).append(replacement);
            Budget.checkSize(replaced.length());
            from = at + old.length();
        }
        return text(replaced.append(input, from, input.length()).toString());
    }

    private JsonNode end(Filter filter, JsonNode input) {
        boolean first = filter == Filter.FIRST;
        if (input.isArray()) {
            return input.path(first ? 0 : input.size() - 1);
        }
        if (!input.isTextual()) {
            throw needs(filter, "a list or a string", input);
        }
        var text = input.textValue();
        if (text.isEmpty()) {
            return MissingNode.getInstance();
        }
        return text(Character.toString(first ? text.codePointAt(0) : text.codePointBefore(text.length())));
    }

    private static JsonNode round(JsonNode input, List<JsonNode> arguments) {
        if (!input.isNumber()) {
            throw needs(Filter.ROUND, "a number", input);
        }
        int places = arguments.isEmpty() ? 0 : wholeNumber(Filter.ROUND, arguments.getFirst(), MAX_PLACES);
        var number = Values.number(input);
        return number.scale() <= places ? input
                : DecimalNode.valueOf(number.setScale(places, RoundingMode.HALF_UP).stripTrailingZeros());
    }

    private JsonNode indent(String input, List<JsonNode> arguments) {
        var spaces = " ".repeat(arguments.isEmpty() ? 4 : wholeNumber(Filter.INDENT, arguments.get(0), MAX_WIDTH));
        boolean first = arguments.size() > 1 && Values.truthy(arguments.get(1));
        var lines = List.of(input.split("\n", -1));
        budget.text(input.length() + (long) lines.size() * spaces.length());
        var indented = lines.stream().map(line -> line.isBlank() ? line : spaces + line)
                .collect(Collectors.joining("\n"));
        return text(first || lines.getFirst().isBlank() ? indented : indented.substring(spaces.length()));
    }

    private static int wholeNumber(Filter filter, JsonNode value, int max) {
        if (!value.isNumber() || !value.canConvertToExactIntegral() || Values.number(value).signum() < 0
                || Values.number(value).compareTo(BigDecimal.valueOf(max)) > 0) {
            throw new Refused("\"" + filter + "\" takes a whole number from 0 to " + max + ", not " + Values.kind(value)
                    + (value.isNumber() ? " of " + Values.text(value) : ""));
        }
        return Values.number(value).intValueExact();
    }

    private String text(JsonNode value) {
        budget.value(value);
        return Values.text(value);
    }

    private JsonNode text(String text) {
        budget.text(text.length());
        return TextNode.valueOf(text);
    }

    private static Refused needs(Filter filter, String wanted, JsonNode input) {
        return new Refused("\"" + filter + "\" needs " + wanted + ", not " + Values.kind(input));
    }
}
