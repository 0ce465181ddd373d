package dev.promptlab.testing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/// One operation of the OpenAPI document, as something to make requests from.
///
/// @param parameters with their place (`path`, `query`, `header`) and name, references resolved
/// @param body an example of the JSON body; null when there is none
/// @param fields every field that the body may have, by its path: names, and indexes of lists
/// @param statuses that are documented
/// @param open to people that nobody knows
public record ApiOperation(String method, String path, List<JsonNode> parameters, @Nullable JsonNode body,
        Set<List<String>> fields, Set<Integer> statuses, boolean open) {
    private static final int MAX_DEPTH = 4;
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch");

    /// All operations of the product.
    public static List<ApiOperation> all() {
        var document = ApiContract.product().document();
        var operations = new ArrayList<ApiOperation>();
        document.get("paths").properties().forEach(path -> METHODS.stream().filter(path.getValue()::has)
                .forEach(method -> operations.add(of(document, method, path.getKey(), path.getValue()))));
        return operations;
    }

    private static ApiOperation of(JsonNode document, String method, String path, JsonNode item) {
        var operation = item.get(method);
        var parameters = new ArrayList<JsonNode>();
        item.path("parameters").forEach(parameter -> parameters.add(resolve(document, parameter)));
        operation.path("parameters").forEach(parameter -> parameters.add(resolve(document, parameter)));
        var content = operation.at("/requestBody/content/application~1json");
        var fields = new LinkedHashSet<List<String>>();
        collectFields(document, content.path("schema"), List.of(), fields);
        var statuses = new TreeSet<Integer>();
        operation.get("responses").fieldNames().forEachRemaining(status -> statuses.add(Integer.valueOf(status)));
        return new ApiOperation(method.toUpperCase(Locale.ROOT), path, parameters,
                content.isMissingNode() ? null : example(document, content), fields, statuses,
                operation.get("x-permission").asText().equals("public"));
    }

    public List<String> parameterNames(String in) {
        return parameters.stream().filter(parameter -> parameter.get("in").textValue().equals(in))
                .map(parameter -> parameter.get("name").textValue()).toList();
    }

    /// The body with a text in one field, which is made when it is not there.
    public JsonNode bodyWith(List<String> field, String text) {
        JsonNode changed = requireNonNull(body).deepCopy();
        JsonNode node = changed;
        for (int i = 0; i < field.size() - 1; i++) {
            node = child(node, field.get(i), isIndex(field.get(i + 1)));
        }
        var name = field.getLast();
        if (node instanceof ArrayNode array) {
            set(array, Integer.parseInt(name), Json.array().add(text).get(0));
        } else {
            ((ObjectNode) node).put(name, text);
        }
        return changed;
    }

    private static JsonNode child(JsonNode node, String name, boolean list) {
        if (node instanceof ArrayNode array) {
            var child = array.path(Integer.parseInt(name));
            return child.isArray() == list && child.isContainerNode() ? child
                    : set(array, Integer.parseInt(name), container(list));
        }
        var child = node.path(name);
        if (child.isArray() != list || !child.isContainerNode()) {
            child = container(list);
            ((ObjectNode) node).set(name, child);
        }
        return child;
    }

    private static JsonNode set(ArrayNode array, int index, JsonNode value) {
        if (index < array.size()) {
            array.set(index, value);
        } else {
            array.add(value);
        }
        return value;
    }

    private static JsonNode container(boolean list) {
        return list ? Json.array() : Json.object();
    }

    private static boolean isIndex(String name) {
        return name.equals("0");
    }

    private static JsonNode example(JsonNode document, JsonNode content) {
        if (content.has("example")) {
            return content.get("example");
        }
        var examples = content.path("examples").elements();
        if (examples.hasNext()) {
            return resolve(document, examples.next()).get("value");
        }
        return resolve(document, content.get("schema")).path("type").asText().equals("array") ? Json.array()
                : Json.object();
    }

    private static void collectFields(JsonNode document, JsonNode reference, List<String> path,
            Set<List<String>> fields) {
        var schema = resolve(document, reference);
        if (!path.isEmpty()) {
            fields.add(path);
        }
        if (path.size() == MAX_DEPTH) {
            return;
        }
        schema.path("properties").properties().forEach(
                property -> collectFields(document, property.getValue(), deeper(path, property.getKey()), fields));
        if (schema.has("items")) {
            collectFields(document, schema.get("items"), deeper(path, "0"), fields);
        }
        if (schema.path("additionalProperties").isObject()) {
            collectFields(document, schema.get("additionalProperties"), deeper(path, "any"), fields);
        }
        for (var choice : List.of("allOf", "oneOf", "anyOf")) {
            schema.path(choice).forEach(part -> collectFields(document, part, path, fields));
        }
    }

    private static List<String> deeper(List<String> path, String name) {
        var deeper = new ArrayList<>(path);
        deeper.add(name);
        return List.copyOf(deeper);
    }

    private static JsonNode resolve(JsonNode document, JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").textValue().substring(1)) : node;
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
