package dev.promptlab.template.schema;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.ValidationLimitExceededException;
import dev.promptlab.web.Json;

/// Which variables a template version takes. Immutable, thread-safe.
///
/// Two spellings: JSON Schema 2020-12, which is what has `$schema`, `"type": "object"` or an object under `properties`; and
/// [Shorthand], which is everything else. The empty object allows anything. Nothing is ever fetched: references stay inside
/// the schema. `pattern` runs on RE2, so it has no lookaround and no back references; `format` is a note, not a check, as
/// the standard has it. The work of one check is bounded.
public final class VariablesSchema {
    private static final String DIALECT = SpecificationVersion.DRAFT_2020_12.getDialectId();
    private static final int MAX_STEPS = 500_000;
    private static final int MAX_DEPTH = 200;

    private static final Schema META = registry(true).getSchema(SchemaLocation.of(DIALECT));

    private final Schema schema;
    private final List<String> names;

    /// A schema that cannot be used. Paths start inside of it, as in `properties.count.type`.
    public static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Map<String, List<String>> errors;

        Invalid(Map<String, List<String>> errors) {
            super(errors.toString(), null, false, false);
            this.errors = errors;
        }

        public Map<String, List<String>> errors() {
            return errors;
        }
    }

    private VariablesSchema(Schema schema, List<String> names) {
        this.schema = schema;
        this.names = names;
    }

    /// @throws Invalid with all that is wrong
    public static VariablesSchema parse(ObjectNode source) {
        var jsonSchema = source.isEmpty() || isJsonSchema(source) ? source : Shorthand.toJsonSchema(source);
        checkSource(jsonSchema);
        try {
            var names = jsonSchema.path("properties").properties().stream().map(Map.Entry::getKey).toList();
            var parsed = new VariablesSchema(registry(false).getSchema(Jackson3.of(jsonSchema)), names);
            parsed.evaluate(Json.object());
            return parsed;
        } catch (SchemaException e) {
            throw new Invalid(Map.of("", List.of("cannot be used: " + e.getMessage())));
        } catch (ValidationLimitExceededException _) {
            throw new Invalid(Map.of("", List.of("refers to itself without end")));
        }
    }

    private static void checkSource(ObjectNode source) {
        var errors = new SchemaErrors("", List.of());
        META.validate(Jackson3.of(source)).forEach(errors::add);
        errors.rejectOutsideReferences("", source);
        if (!source.path("type").asText("object").equals("object")) {
            errors.reject("type", "must be \"object\", since variables are one");
        }
        if (!errors.byPath().isEmpty()) {
            throw new Invalid(errors.byPath());
        }
    }

    private static boolean isJsonSchema(ObjectNode source) {
        return source.has("$schema") || source.path("type").asText().equals("object")
                || source.path("properties").isObject();
    }

    /// What is wrong with `variables`, by path as in `variables.user.name`; empty when nothing is.
    public Map<String, List<String>> check(ObjectNode variables) {
        try {
            var errors = new SchemaErrors("variables", names);
            evaluate(variables).forEach(errors::add);
            return errors.byPath();
        } catch (ValidationLimitExceededException _) {
            return Map.of("variables", List.of("cannot be checked: the schema takes too many steps with these values"));
        }
    }

    private List<com.networknt.schema.Error> evaluate(ObjectNode variables) {
        Consumer<ExecutionContext> bounds = context -> context.executionConfig(
                config -> config.maxEvaluationSteps(MAX_STEPS).maxEvaluationDepth(MAX_DEPTH));
        return schema.validate(Jackson3.of(variables), bounds);
    }

    /// Each registry stands alone, so that no schema can put another in its place by its `$id`.
    private static SchemaRegistry registry(boolean checksFormats) {
        var config = SchemaRegistryConfig.builder().regularExpressionFactory(new LinearRegex()).preloadSchema(true)
                .formatAssertionsEnabled(checksFormats).locale(Locale.ENGLISH).build();
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, registry -> registry
                .schemaLoader(loader -> loader.fetchRemoteResources(false)).schemaRegistryConfig(config));
    }
}
