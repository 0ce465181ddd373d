package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.template.schema.AnySchema;
import dev.promptlab.web.CanonicalJson;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/// `is-json`, `contains-json`, and the schemas behind them.
final class JsonChecks {
    private static final int MAX_SCHEMAS = 500;

    private final ConcurrentHashMap<String, AnySchema> schemas = new ConcurrentHashMap<>();

    Grade isJson(Check check) {
        JsonNode json;
        try {
            json = LooseJson.parse(check.text());
        } catch (IOException _) {
            return check.verdict(false, "be JSON");
        }
        if (isNothing(check.value())) {
            return check.verdict(true, "be JSON");
        }
        var errors = schema(check.value()).errors(json);
        return check.verdict(errors.isEmpty(), "be JSON that fits the schema" + text(errors));
    }

    /// Without `not-`, one object that fits is enough; with it, none may fit.
    Grade containsJson(Check check) {
        var objects = LooseJson.objects(check.text());
        if (objects.isEmpty() || isNothing(check.value())) {
            return check.verdict(!objects.isEmpty(), "contain JSON");
        }
        var schema = schema(check.value());
        List<String> errors = List.of();
        for (var object : objects) {
            errors = schema.errors(object);
            if (errors.isEmpty()) {
                return check.verdict(true, "contain JSON that fits the schema");
            }
        }
        return check.verdict(false, "contain JSON that fits the schema" + text(errors));
    }

    private static boolean isNothing(JsonNode value) {
        return value.isMissingNode() || value.isNull() || (value.isTextual() && value.textValue().isBlank());
    }

    private static String text(List<String> errors) {
        return errors.isEmpty() ? "" : ": " + String.join("; ", errors.stream().limit(5).toList());
    }

    /// @throws Ungradable when it is no schema
    void checkSchema(JsonNode source) {
        if (!isNothing(source)) {
            schema(source);
        }
    }

    AnySchema schema(JsonNode source) {
        if (schemas.size() > MAX_SCHEMAS) {
            schemas.clear();
        }
        try {
            var json = source.isTextual() ? yaml(source.textValue()) : source;
            return schemas.computeIfAbsent(CanonicalJson.of(json), _ -> AnySchema.parse(json));
        } catch (IllegalArgumentException e) {
            throw new Ungradable("the JSON Schema cannot be used: " + e.getMessage());
        }
    }

    /// A schema as text, JSON or YAML.
    private static JsonNode yaml(String text) {
        try {
            return LooseJson.tree(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
        } catch (YAMLException e) {
            throw new IllegalArgumentException("it is neither JSON nor YAML", e);
        }
    }
}
