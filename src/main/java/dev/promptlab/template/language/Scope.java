package dev.promptlab.template.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// One turn of a loop: what its names mean.
///
/// @param key of the entry when `items` is an object
/// @param value of the entry; the key itself in `for key in object`
/// @param outer the turn of the loop around, or null
record Scope(Node.For loop, int index, int size, @Nullable String key, JsonNode value, @Nullable Scope outer) {
    /// @return undefined when no loop of these binds `name`
    static JsonNode find(@Nullable Scope innermost, String name) {
        var scope = binding(innermost, name);
        if (scope == null) {
            return MissingNode.getInstance();
        }
        if (name.equals(scope.loop.valueName())) {
            return scope.value;
        }
        return name.equals(scope.loop.keyName()) ? TextNode.valueOf(scope.key) : scope.loopFields();
    }

    static @Nullable Scope binding(@Nullable Scope innermost, String name) {
        var scope = innermost;
        while (scope != null && !scope.binds(name)) {
            scope = scope.outer;
        }
        return scope;
    }

    private boolean binds(String name) {
        return name.equals(loop.valueName()) || name.equals(loop.keyName()) || name.equals("loop");
    }

    private JsonNode loopFields() {
        return Json.object().put("index", index + 1).put("index0", index).put("first", index == 0)
                .put("last", index == size - 1).put("length", size);
    }
}
