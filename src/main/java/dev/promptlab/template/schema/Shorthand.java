package dev.promptlab.template.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.config.Nearest;
import dev.promptlab.template.language.TemplateText;
import dev.promptlab.web.Json;

/// The short spelling of a variables schema: the type of each variable, with `?` when it may be left out, as in
/// `{"input":"string","count":"number?"}`. It allows no other variables. It is translated to JSON Schema, so that there is
/// one validator.
final class Shorthand {
    private static final List<String> TYPES = List.of("string", "number", "integer", "boolean", "array", "object",
            "any");

    private final ObjectNode schema = Json.object().put("type", "object").put("additionalProperties", false);
    private final Map<String, List<String>> errors = new LinkedHashMap<>();

    private Shorthand(ObjectNode shorthand) {
        schema.putObject("properties");
        schema.putArray("required");
        shorthand.properties().forEach(entry -> variable(entry.getKey(), entry.getValue()));
    }

    /// @throws VariablesSchema.Invalid naming each variable whose type is not understood
    static ObjectNode toJsonSchema(ObjectNode shorthand) {
        var translated = new Shorthand(shorthand);
        if (!translated.errors.isEmpty()) {
            throw new VariablesSchema.Invalid(translated.errors);
        }
        return translated.schema;
    }

    private void variable(String name, JsonNode type) {
        if (!TemplateText.isVariableName(name)) {
            reject(name, "is not a name that a template can use; take letters, digits and _");
            return;
        }
        if (!type.isTextual()) {
            reject(name, "must be a type such as \"string\" or \"number?\"; for JSON Schema add \"type\": \"object\"");
            return;
        }
        boolean optional = type.textValue().endsWith("?");
        var word = optional ? type.textValue().substring(0, type.textValue().length() - 1) : type.textValue();
        if (!TYPES.contains(word)) {
            reject(name, "\"" + word + "\" is not a type" + Nearest.hint(word, TYPES) + "; known are "
                    + String.join(", ", TYPES) + ", with ? when the variable may be left out");
            return;
        }
        var property = schema.withObjectProperty("properties").putObject(name);
        if (!word.equals("any")) {
            property.put("type", word);
        }
        if (!optional) {
            schema.withArrayProperty("required").add(name);
        }
    }

    private void reject(String name, String message) {
        errors.computeIfAbsent(name, _ -> new ArrayList<>()).add(message);
    }
}
