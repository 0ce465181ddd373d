package dev.promptlab.template.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import dev.promptlab.config.Nearest;

/// Collects what a schema found, under paths and in words of ours. At most 50 messages, each once.
final class SchemaErrors {
    private static final int MAX_ERRORS = 50;
    private static final String DIALECT = SpecificationVersion.DRAFT_2020_12.getDialectId();

    private final String root;
    private final List<String> names;
    private final Map<String, List<String>> byPath = new LinkedHashMap<>();
    private int count;

    /// @param root what all paths start with, may be empty
    /// @param names known at the top, to guess what an unknown one should have been
    SchemaErrors(String root, List<String> names) {
        this.root = root;
        this.names = names;
    }

    Map<String, List<String>> byPath() {
        return byPath;
    }

    void add(com.networknt.schema.Error error) {
        var path = path(error.getInstanceLocation());
        var property = error.getProperty();
        switch (error.getKeyword()) {
            case "required", "dependentRequired" -> reject(join(path, property), "is required");
            case "additionalProperties", "unevaluatedProperties" ->
                reject(join(path, property), "is not allowed by the schema" + Nearest.hint(property, names));
            case "type" -> reject(path, "must be " + expectedType(error) + ", not " + error.getArguments()[0]);
            default -> reject(property == null ? path : join(path, property), error.getMessage());
        }
    }

    private static String expectedType(com.networknt.schema.Error error) {
        return String.valueOf(error.getArguments()[1]).replaceAll("[\\[\\]]", "").replace(", ", " or ");
    }

    /// Schemas stand alone: `$ref` points into the schema itself, `$schema` is the one dialect.
    void rejectOutsideReferences(String path, JsonNode node) {
        node.properties().forEach(entry -> {
            var name = entry.getKey();
            var value = entry.getValue();
            if ((name.equals("$ref") || name.equals("$dynamicRef")) && value.isTextual()
                    && !value.textValue().startsWith("#")) {
                reject(join(path, name), "must point into the schema itself, as in \"#/$defs/name\"");
            }
            if (name.equals("$schema") && value.isTextual() && !value.textValue().equals(DIALECT)) {
                reject(join(path, name), "must be \"" + DIALECT + "\"");
            }
            rejectOutsideReferences(join(path, name), value);
        });
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            rejectOutsideReferences(path + "[" + i + "]", node.get(i));
        }
    }

    void reject(String path, String message) {
        if (count == MAX_ERRORS) {
            return;
        }
        var messages = byPath.computeIfAbsent(path, _ -> new ArrayList<>());
        if (!messages.contains(message)) {
            messages.add(message);
            count++;
        }
    }

    private String path(NodePath location) {
        var path = root;
        for (int i = 0; i < location.getNameCount(); i++) {
            path = location.getElement(i) instanceof Integer index ? path + "[" + index + "]"
                    : join(path, String.valueOf(location.getElement(i)));
        }
        return path;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
