package dev.promptlab.web;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Durations;
import dev.promptlab.config.Nearest;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// Reads the fields of one JSON object (or query string), collecting everything that is wrong, unknown fields included,
/// so that a client learns all of it at once. A field that is wrong reads as absent until [#check] throws.
/// JSON `null` counts as absent.
public final class Fields {
    private static final int MAX_YEAR = 9_999;
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,20}(\\.\\d{1,20})?");

    private final ObjectNode object;
    private final String prefix;
    private final Map<String, List<String>> errors;
    private final boolean fromQuery;
    private final Set<String> known = new LinkedHashSet<>();

    private Fields(ObjectNode object, String prefix, Map<String, List<String>> errors, boolean fromQuery) {
        this.object = object;
        this.prefix = prefix;
        this.errors = errors;
        this.fromQuery = fromQuery;
    }

    /// @throws Failure.Invalid when `body` is not an object
    public static Fields of(JsonNode body) {
        if (body instanceof ObjectNode object) {
            return new Fields(object, "", new LinkedHashMap<>(), false);
        }
        throw Failure.Invalid.form("the body must be a JSON object");
    }

    /// The query string, where numbers come as text. A name given twice is an error.
    public static Fields ofQuery(Context ctx) {
        var object = Json.object();
        var fields = new Fields(object, "", new LinkedHashMap<>(), true);
        ctx.queryParamMap().forEach((name, values) -> {
            object.put(name, values.getLast());
            if (values.size() > 1) {
                fields.reject(name, "must be given once");
            }
        });
        BodyText.check(object);
        return fields;
    }

    public boolean has(String name) {
        known.add(name);
        return object.hasNonNull(name);
    }

    public @Nullable String text(String name, int maxLength) {
        return read(name, "a string", node -> node.isTextual() ? node.textValue() : null, value -> {
            if (value.isBlank()) {
                reject(name, "must not be empty");
            } else if (value.length() > maxLength) {
                reject(name, "must be at most " + maxLength + " characters, has " + value.length());
            }
        });
    }

    public String requiredText(String name, int maxLength) {
        var value = text(name, maxLength);
        return value == null ? missing(name, "") : value;
    }

    public @Nullable UUID uuid(String name) {
        return read(name, "a UUID", node -> node.isTextual() ? Uuids.parse(node.textValue()).orElse(null) : null,
                _ -> {});
    }

    public @Nullable Integer integer(String name, int min, int max) {
        return read(name, "a whole number from " + min + " to " + max, node -> {
            var number = number(node);
            return number != null && isWhole(number, min, max) ? number.intValueExact() : null;
        }, _ -> {});
    }

    private static boolean isWhole(BigDecimal number, int min, int max) {
        return number.stripTrailingZeros().scale() <= 0 && number.compareTo(BigDecimal.valueOf(min)) >= 0
                && number.compareTo(BigDecimal.valueOf(max)) <= 0;
    }

    public @Nullable BigDecimal decimal(String name) {
        return read(name, "a number", this::number, _ -> {});
    }

    private @Nullable BigDecimal number(JsonNode node) {
        if (node.isNumber()) {
            return node.decimalValue();
        }
        return fromQuery && NUMBER.matcher(node.asText()).matches() ? new BigDecimal(node.asText()) : null;
    }

    /// Absent reads as false.
    public boolean flag(String name) {
        return Boolean.TRUE.equals(read(name, "true or false", this::truth, _ -> {}));
    }

    private @Nullable Boolean truth(JsonNode node) {
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return fromQuery ? Map.of("true", true, "false", false).get(node.asText()) : null;
    }

    public @Nullable Duration duration(String name) {
        return read(name, "a duration such as 500ms, 30s, 2m or 1h",
                node -> node.isTextual() ? Durations.parse(node.textValue()).orElse(null) : null, _ -> {});
    }

    /// A point in time with offset, as in `2026-01-31T12:00:00Z`, from the year 1 to 9999.
    public @Nullable Instant time(String name) {
        return read(name, "a time with offset such as 2026-01-31T12:00:00Z", node -> {
            try {
                var time = node.isTextual() ? OffsetDateTime.parse(node.textValue()) : null;
                return time == null || time.getYear() < 1 || time.getYear() > MAX_YEAR ? null : time.toInstant();
            } catch (DateTimeException e) {
                return null;
            }
        }, _ -> {});
    }

    /// One of a closed set of words.
    public <T> @Nullable T oneOf(String name, Map<String, T> values) {
        return read(name, "one of " + String.join(", ", values.keySet()), node -> values.get(node.asText()), _ -> {});
    }

    /// As [#oneOf(String, Map)], where the word itself is the value.
    public @Nullable String oneOf(String name, List<String> words) {
        return read(name, "one of " + String.join(", ", words),
                node -> words.contains(node.asText()) ? node.asText() : null,
                _ -> {});
    }

    /// An open map.
    public @Nullable ObjectNode map(String name) {
        return read(name, "an object", node -> node instanceof ObjectNode map ? map : null, _ -> {});
    }

    /// Any JSON value; the caller checks it.
    public @Nullable JsonNode any(String name) {
        return has(name) ? object.get(name) : null;
    }

    /// A list of objects, each read by `reader` with the same error collection. Absent reads as null.
    public <T> @Nullable List<T> list(String name, int maxSize, Function<Fields, T> reader) {
        var array = read(name, "a list", node -> node.isArray() ? node : null, _ -> {});
        if (array == null) {
            return null;
        }
        if (array.isEmpty() || array.size() > maxSize) {
            reject(name, "must have 1 to " + maxSize + " entries, has " + array.size());
            return null;
        }
        var values = new ArrayList<T>();
        for (int i = 0; i < array.size(); i++) {
            var path = name + "[" + i + "]";
            if (array.get(i) instanceof ObjectNode entry) {
                var fields = new Fields(entry, prefix + path + ".", errors, fromQuery);
                values.add(reader.apply(fields));
                fields.rejectUnknown();
            } else {
                reject(path, "must be an object");
            }
        }
        return values;
    }

    /// An object with fields of its own, read with the same error collection. Absent reads as null.
    public <T> @Nullable T object(String name, Function<Fields, T> reader) {
        var map = map(name);
        if (map == null) {
            return null;
        }
        var fields = new Fields(map, prefix + name + ".", errors, fromQuery);
        var value = reader.apply(fields);
        fields.rejectUnknown();
        return value;
    }

    /// Adds an error to a field.
    public void reject(String name, String message) {
        errors.computeIfAbsent(prefix + name, _ -> new ArrayList<>()).add(message);
    }

    /// Ends the reading.
    ///
    /// @throws Failure.Invalid with everything that was wrong
    public void check() {
        rejectUnknown();
        if (!errors.isEmpty()) {
            throw new Failure.Invalid(List.of(), errors);
        }
    }

    private void rejectUnknown() {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                reject(name, "is not a known field" + Nearest.hint(name, known));
            }
        });
    }

    private <T> T missing(String name, T placeholder) {
        if (!errors.containsKey(prefix + name)) {
            reject(name, "is required");
        }
        return placeholder;
    }

    private <T> @Nullable T read(String name, String expected, Function<JsonNode, @Nullable T> parser,
            Consumer<T> rule) {
        if (!has(name)) {
            return null;
        }
        var value = parser.apply(object.get(name));
        if (value == null) {
            reject(name, "must be " + expected);
            return null;
        }
        rule.accept(value);
        return value;
    }
}
