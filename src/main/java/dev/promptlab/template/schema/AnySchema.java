package dev.promptlab.template.schema;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.ValidationLimitExceededException;

/// A JSON Schema for any JSON: the draft that `$schema` names, else draft 7; formats are checked. Nothing is ever fetched,
/// `pattern` runs on RE2, the work of one check is bounded. Immutable, thread-safe.
public final class AnySchema {
    private static final int MAX_STEPS = 500_000;
    private static final int MAX_DEPTH = 500;

    private final Schema schema;

    private AnySchema(Schema schema) {
        this.schema = schema;
    }

    /// @throws IllegalArgumentException when it cannot be used; the message says why
    public static AnySchema parse(JsonNode source) {
        if (!source.isObject() && !source.isBoolean()) {
            throw new IllegalArgumentException("a JSON Schema is an object, not " + source.getNodeType());
        }
        var config = SchemaRegistryConfig.builder().regularExpressionFactory(new LinearRegex()).preloadSchema(true)
                .formatAssertionsEnabled(true).locale(Locale.ENGLISH).build();
        var registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7, builder -> builder
                .schemaLoader(loader -> loader.fetchRemoteResources(false)).schemaRegistryConfig(config));
        try {
            return new AnySchema(registry.getSchema(Jackson3.of(source)));
        } catch (SchemaException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// What is wrong with a value, each with its path; empty when nothing is.
    public List<String> errors(JsonNode value) {
        Consumer<ExecutionContext> bounds = context -> context.executionConfig(
                config -> config.maxEvaluationSteps(MAX_STEPS).maxEvaluationDepth(MAX_DEPTH));
        try {
            return schema.validate(Jackson3.of(value), bounds).stream()
                    .map(error -> (error.getInstanceLocation() + " " + error.getMessage()).strip()).toList();
        } catch (SchemaException e) {
            return List.of("the schema cannot be used: " + e.getMessage());
        } catch (ValidationLimitExceededException _) {
            return List.of("cannot be checked: the schema takes too many steps with this value");
        }
    }
}
