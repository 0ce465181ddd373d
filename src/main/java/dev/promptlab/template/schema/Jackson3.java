package dev.promptlab.template.schema;

import com.fasterxml.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The product speaks Jackson 2, the schema validator Jackson 3: the same tree on the other side, numbers exact.
final class Jackson3 {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Jackson3() {}

    static tools.jackson.databind.JsonNode of(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> object(node);
            case ARRAY -> array(node);
            case STRING -> NODES.stringNode(node.textValue());
            case NUMBER -> node.isIntegralNumber() ? NODES.numberNode(node.bigIntegerValue())
                    : NODES.numberNode(node.decimalValue());
            case BOOLEAN -> NODES.booleanNode(node.booleanValue());
            case NULL, MISSING, BINARY, POJO -> NODES.nullNode();
        };
    }

    private static ObjectNode object(JsonNode node) {
        var object = NODES.objectNode();
        node.properties().forEach(entry -> object.set(entry.getKey(), of(entry.getValue())));
        return object;
    }

    private static ArrayNode array(JsonNode node) {
        var array = NODES.arrayNode();
        node.forEach(entry -> array.add(of(entry)));
        return array;
    }
}
