package dev.promptlab.template.schema;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import dev.promptlab.web.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class VariablesSchemaTest {
    private static final String SHORTHAND = """
            {"input": "string", "count": "number?", "n": "integer?", "on": "boolean?", "list": "array?", "map": "object?",
             "x": "any?"}""";

    @ParameterizedTest
    @ValueSource(strings = {"{\"input\": \"\"}",
            "{\"input\": \"a\", \"count\": 1.5, \"n\": 3, \"on\": false, \"list\": []}",
            "{\"input\": \"a\", \"map\": {\"b\": [1]}, \"x\": null}",
            "{\"input\": \"a\", \"n\": 12345678901234567890}"})
    void shorthandTakesTheTypesItNames(String variables) {
        assertThat(check(SHORTHAND, variables)).isEmpty();
    }

    @Test
    void shorthandNamesEverythingThatDoesNotFit() {
        assertThat(check(SHORTHAND, "{\"count\": \"1\", \"n\": 1.5, \"on\": null, \"lists\": []}")).containsOnly(
                Map.entry("variables.input", List.of("is required")),
                Map.entry("variables.count", List.of("must be number, not string")),
                Map.entry("variables.n", List.of("must be integer, not number")),
                Map.entry("variables.on", List.of("must be boolean, not null")),
                Map.entry("variables.lists", List.of("is not allowed by the schema; did you mean \"list\"?")));
    }

    @Test
    void jsonSchemaNamesThePathOfWhatDoesNotFit() {
        var schema = """
                {"type": "object", "required": ["user"], "properties": {
                  "user": {"type": "object", "required": ["name"], "properties": {"age": {"type": ["integer", "null"]}}},
                  "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2}}}""";
        assertThat(check(schema, "{\"user\": {\"age\": \"x\"}, \"tags\": [\"abc\", \"abcd\"], \"more\": 1}"))
                .containsOnly(Map.entry("variables.user.name", List.of("is required")),
                        Map.entry("variables.user.age", List.of("must be integer or null, not string")),
                        Map.entry("variables.tags[1]", List.of("must be at most 3 characters long")));
    }

    @Test
    void aVariableMayBeCalledType() {
        assertThat(check("{\"type\": \"string\"}", "{\"type\": \"a\"}")).isEmpty();
        assertThat(check("{\"type\": \"string\"}", "{}")).containsOnlyKeys("variables.type");
    }

    @Test
    void theEmptySchemaAllowsAnything() {
        assertThat(check("{}", "{\"a\": [{}]}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
            "{\"a\": \"strin\"} ~ a ~ \"strin\" is not a type; did you mean \"string\"?",
            "{\"a\": 5} ~ a ~ must be a type such as",
            "{\"a-b\": \"string\"} ~ a-b ~ is not a name that a template can use",
            "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"strin\"}}} ~ properties.a.type ~ does not have a value",
            "{\"type\": \"object\", \"properties\": {\"a\": {\"minLength\": \"1\"}}} ~ properties.a.minLength ~ must be integer, not string",
            "{\"$schema\": \"http://json-schema.org/draft-07/schema#\"} ~ $schema ~ must be \"https://json-schema.org/draft/2020-12/schema\"",
            "{\"type\": \"array\", \"properties\": {}} ~ type ~ must be \"object\"",
            "{\"type\": \"object\", \"$ref\": \"http://127.0.0.1:9/x\"} ~ $ref ~ must point into the schema itself",
            "{\"type\": \"object\", \"allOf\": [{\"$ref\": \"classpath:/prices.yaml\"}]} ~ allOf[0].$ref ~ must point into",
            "{\"type\": \"object\", \"$ref\": \"#/$defs/none\"} ~ `` ~ cannot be used: Reference",
            "{\"type\": \"object\", \"$ref\": \"#\"} ~ `` ~ refers to itself without end",
            "{\"properties\": {\"a\": {\"pattern\": \"(\"}}} ~ properties.a.pattern ~ does not match the regex pattern",
            "{\"properties\": {\"a\": {\"pattern\": \"(?=a)b\"}}} ~ properties.a.pattern ~ does not match the regex pattern",
            "{\"properties\": {\"a\": {\"pattern\": \"((a{1000}){1000}){1000}\"}}} ~ properties.a.pattern ~ does not match"})
    void refusesWhatIsNoSchema(String schema, String path, String message) {
        assertThatExceptionOfType(VariablesSchema.Invalid.class).isThrownBy(() -> parse(schema)).satisfies(e -> {
            assertThat(e.errors()).containsKey(path);
            assertThat(e.errors().get(path)).anySatisfy(text -> assertThat(text).startsWith(message));
        });
    }

    @Test
    void findsPatternsAnywhereInTheText() {
        var schema = "{\"properties\": {\"a\": {\"pattern\": \"[0-9]{3}\"}, \"b\": {\"pattern\": \"^[0-9]{3}$\"}}}";
        assertThat(check(schema, "{\"a\": \"x123y\", \"b\": \"x123y\"}")).containsOnlyKeys("variables.b");
    }

    @Test
    void anEvilPatternTakesLinearTime() {
        var variables = Json.object().put("a", "a".repeat(100_000) + "!");
        var schema = parse("{\"properties\": {\"a\": {\"pattern\": \"^(a+)+$\"}}}");
        assertThat(schema).satisfies(evil -> {
            long start = System.nanoTime();
            assertThat(evil.check(variables)).containsOnlyKeys("variables.a");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        });
    }

    @Test
    void boundsTheWork() {
        var schema = """
                {"type": "object", "properties": {"all": {"items": {"allOf": [%s]}}}}"""
                .formatted("{\"type\": \"integer\"},".repeat(100) + "true");
        var many = Json.object();
        for (int i = 0; i < 10_000; i++) {
            many.withArrayProperty("all").add(i);
        }
        assertThat(parse(schema).check(many)).containsOnlyKeys("variables");
    }

    @Test
    void oneSchemaServesManyThreadsAtOnce() throws Exception {
        var schema = parse("""
                {"type": "object", "properties": {"n": {"$ref": "#/$defs/even"}, "s": {"pattern": "^a+$"}},
                 "$defs": {"even": {"type": "integer", "multipleOf": 2}}}""");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var checks = IntStream.range(0, 500)
                    .mapToObj(i -> threads.submit(() -> schema.check(Json.object().put("n", i).put("s", "a"))))
                    .toList();
            for (int i = 0; i < checks.size(); i++) {
                assertThat(checks.get(i).get().isEmpty()).isEqualTo(i % 2 == 0);
            }
        }
    }

    @Test
    void noSchemaReachesAnotherByItsId() {
        parse("{\"type\": \"object\", \"$id\": \"https://json-schema.org/draft/2020-12/schema\", \"required\": [\"z\"]}");
        assertThat(check("{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\"}", "{}")).isEmpty();
    }

    private static Map<String, List<String>> check(String schema, String variables) {
        return parse(schema).check(Json.parseObject(variables));
    }

    private static VariablesSchema parse(String schema) {
        return VariablesSchema.parse(Json.parseObject(schema));
    }
}
