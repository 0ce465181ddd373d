package dev.promptlab.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import dev.promptlab.testing.ApiClient.Response;
import dev.promptlab.web.Json;
import dev.promptlab.web.Route;

/// An OpenAPI document as a judge: says whether an answer is one that the document allows. Thread-safe.
///
/// A status, content type, header of ours or field that is not documented is a failure, and so is a documented one that is
/// missing. Requests to routes that do not exist must be answered with the error envelope.
public final class ApiContract {
    /// What clients act on: each of these must be documented where it is sent. Required ones must be sent too.
    private static final List<String> HEADERS = List.of("X-Request-Id", "Location", "Link", "Retry-After",
            "Idempotency-Replayed", "WWW-Authenticate", "X-RateLimit-Limit", "X-RateLimit-Remaining",
            "X-RateLimit-Reset");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private static final Dialect DIALECT = Dialect.builder(Dialects.getDraft202012())
            .keyword(new NonValidationKeyword("components")).build();

    private static final ApiContract PRODUCT = new ApiContract(read("/api/openapi.yaml"));

    private final JsonNode document;
    private final List<Operation> operations = new ArrayList<>();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(DIALECT,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).locale(Locale.ENGLISH).build()));
    private final Map<JsonNode, Schema> schemas = new ConcurrentHashMap<>();

    /// @param path with parameters in braces
    private record Operation(String method, String path, String access, JsonNode responses) {
        boolean matches(String wantedMethod, String wantedPath) {
            return method.equals(wantedMethod) && matchesPath(wantedPath);
        }

        boolean matchesPath(String wanted) {
            var mine = path.split("/", -1);
            var theirs = wanted.split("/", -1);
            return mine.length == theirs.length && Arrays.equals(mine, theirs,
                    (part, given) -> part.startsWith("{") && !given.isEmpty() ? 0 : part.compareTo(given));
        }

        long parameters() {
            return path.chars().filter(c -> c == '{').count();
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private ApiContract(JsonNode document) {
        this.document = document;
        document.get("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(entry -> METHODS.contains(entry.getKey())).forEach(entry -> operations
                        .add(new Operation(entry.getKey().toUpperCase(Locale.ROOT), path.getKey(),
                                entry.getValue().path("x-permission").asText(), entry.getValue().get("responses")))));
    }

    /// The document that is packed into the jar.
    public static ApiContract product() {
        return PRODUCT;
    }

    /// A document of a test.
    static ApiContract of(String yaml) {
        try {
            return new ApiContract(new YAMLMapper().readTree(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(String resource) {
        try (var stream = ApiContract.class.getResourceAsStream(resource)) {
            return new YAMLMapper().readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode document() {
        return document;
    }

    /// Fails unless the document has exactly these routes, each with the permission that it asks for.
    public void checkRoutes(List<Route> routes) {
        var served = routes.stream()
                .map(route -> route.method().name() + " " + documentedPath(route) + " (" + route.access().code() + ")")
                .collect(Collectors.toCollection(TreeSet::new));
        var documented = operations.stream().map(one -> one + " (" + one.access() + ")")
                .collect(Collectors.toCollection(TreeSet::new));
        var undocumented = new TreeSet<>(served);
        undocumented.removeAll(documented);
        documented.removeAll(served);
        if (!undocumented.isEmpty() || !documented.isEmpty()) {
            throw new AssertionError("routes without documentation: " + undocumented
                    + "; documented routes that do not exist: " + documented);
        }
    }

    /// `<path>` takes slashes too, which OpenAPI cannot say.
    private static String documentedPath(Route route) {
        return route.path().replace('<', '{').replace('>', '}');
    }

    /// The documented operation of a request: `GET /jobs/{id}`
    ///
    /// @param path without query
    String operation(String method, String path) {
        return find(method, path).map(Operation::toString).orElseThrow(
                () -> new AssertionError(method + " " + path + " is not documented"));
    }

    private Optional<Operation> find(String method, String path) {
        return operations.stream().filter(candidate -> candidate.matches(method, path))
                .min(Comparator.comparingLong(Operation::parameters));
    }

    /// The documented operations by the permission that they ask for.
    public Map<String, String> permissions() {
        return operations.stream().collect(Collectors.toMap(Operation::toString, Operation::access));
    }

    /// Fails unless the answer is one that the document allows.
    ///
    /// @param path without query
    void check(String method, String path, Response response) {
        find(method, path).ifPresentOrElse(operation -> check(operation, response),
                () -> checkUnknownRoute(method, path, response));
    }

    private void check(Operation operation, Response response) {
        var where = operation + " answered " + response.status();
        var documented = operation.responses().get(Integer.toString(response.status()));
        require(documented != null, where + ", which is not documented: " + response.text());
        checkHeaders(where, resolve(documented).path("headers"), response);
        checkBody(where, resolve(documented).path("content"), response);
    }

    private void checkUnknownRoute(String method, String path, Response response) {
        boolean pathExists = operations.stream().anyMatch(candidate -> candidate.matchesPath(path));
        var where = method + " " + path + " is no documented route and answered " + response.status();
        require(response.status() == (pathExists ? 405 : 404), where + ": " + response.text());
        require(!pathExists || response.header("Allow").isPresent(), where + " without the header Allow");
        checkJson(where, document.at("/components/schemas/Error"), response.text());
    }

    private void checkHeaders(String where, JsonNode documented, Response response) {
        for (var name : HEADERS) {
            var header = resolve(documented.path(name));
            var sent = response.header(name);
            require(sent.isEmpty() || !header.isMissingNode(), where + " with an undocumented header " + name);
            require(sent.isPresent() || !header.path("required").asBoolean(), where + " without the header " + name);
            sent.ifPresent(value -> checkJson(where + ", header " + name, header.get("schema"),
                    Json.text(TextNode.valueOf(value))));
        }
    }

    private void checkBody(String where, JsonNode content, Response response) {
        if (content.isMissingNode()) {
            require(response.text().isEmpty(), where + " with a body that is not documented: " + response.text());
            return;
        }
        var type = response.header("Content-Type").orElse("none").split(";", 2)[0].strip();
        require(content.has(type), where + " with the undocumented content type " + type);
        if (type.equals("application/json")) {
            checkJson(where, content.get(type).get("schema"), response.text());
        }
    }

    /// Says what is wrong with a value under one schema of the document.
    Optional<String> problem(JsonNode schema, String json) {
        var errors = schemas.computeIfAbsent(schema, this::compile).validate(json, InputFormat.JSON);
        return errors.isEmpty() ? Optional.empty() : Optional.of(errors.stream()
                .map(error -> error.getInstanceLocation() + " " + error.getMessage()).distinct()
                .collect(Collectors.joining("\n  ", "  ", "")));
    }

    private void checkJson(String where, JsonNode schema, String json) {
        problem(schema, json).ifPresent(problem -> {
            throw new AssertionError(where + " with what the document does not allow:\n" + problem + "\n" + json);
        });
    }

    /// A schema with the document's components beside it, so that its references find them.
    private Schema compile(JsonNode schema) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.path("components"));
        return registry.getSchema(tools.jackson.databind.json.JsonMapper.shared().readTree(whole.toString()));
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").textValue().substring(1)) : node;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
