package dev.promptlab.eval.suite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.web.Json;

/// A value of a file with its place; what [JsonNode] is without places.
sealed interface Item {
    Place place();

    JsonNode json();

    /// @param value text, number, boolean or null
    record Scalar(JsonNode value, Place place) implements Item {
        @Override
        public JsonNode json() {
            return value;
        }
    }

    record Sequence(List<Item> items, Place place) implements Item {
        @Override
        public JsonNode json() {
            var array = Json.array();
            items.forEach(item -> array.add(item.json()));
            return array;
        }
    }

    /// @param keys where each key stands
    record Mapping(SequencedMap<String, Item> entries, Map<String, Place> keys, Place place) implements Item {
        @Override
        public ObjectNode json() {
            var object = Json.object();
            entries.forEach((key, item) -> object.set(key, item.json()));
            return object;
        }
    }

    static Item text(String text, Place place) {
        return new Scalar(TextNode.valueOf(text), place);
    }

    static Mapping empty(Place place) {
        return new Mapping(new LinkedHashMap<>(), Map.of(), place);
    }

    default boolean isNull() {
        return this instanceof Scalar(var value, _) && value.isNull();
    }

    default boolean isText() {
        return this instanceof Scalar(var value, _) && value.isTextual();
    }

    /// Of a mapping; missing = a null at this place.
    default Item get(String key) {
        var found = this instanceof Mapping(var entries, _, _) ? entries.get(key) : null;
        return found == null ? new Scalar(MissingNode.getInstance(), place()) : found;
    }

    default boolean has(String key) {
        return this instanceof Mapping(var entries, _, _) && entries.containsKey(key)
                && !entries.get(key).isNull();
    }

    default Place placeOf(String key) {
        return this instanceof Mapping(_, var keys, _) ? keys.getOrDefault(key, place()) : place();
    }

    /// The items of a sequence, or this one alone.
    default List<Item> each() {
        return this instanceof Sequence(var items, _) ? items : List.of(this);
    }

    /// For messages.
    default String kind() {
        return switch (this) {
            case Sequence _ -> "a list";
            case Mapping _ -> "an object";
            case Scalar(var value, _) when value.isTextual() -> "text";
            case Scalar(var value, _) when value.isNumber() -> "a number";
            case Scalar(var value, _) when value.isBoolean() -> "true or false";
            case Scalar _ -> "nothing";
        };
    }
}
