package dev.promptlab.template;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import org.jspecify.annotations.Nullable;

/// The parts of a [Content] as JSON, the same in answers and in the database.
final class ContentJson {
    private ContentJson() {}

    static ArrayNode messages(List<Content.Turn> turns) {
        var array = Json.array();
        for (var turn : turns) {
            switch (turn) {
                case Content.Turn.Text(var role, var content) ->
                    array.addObject().put("role", role).put("content", content);
                case Content.Turn.History(var name) -> array.addObject().put("role", "history").put("name", name);
            }
        }
        return array;
    }

    static List<Content.Turn> turns(JsonNode messages) {
        var turns = new ArrayList<Content.Turn>();
        for (var message : messages) {
            var role = message.get("role").textValue();
            turns.add(role.equals("history") ? new Content.Turn.History(message.get("name").textValue())
                    : new Content.Turn.Text(role, message.get("content").textValue()));
        }
        return turns;
    }

    static ObjectNode defaults(Defaults defaults) {
        return Json.object().put("provider", defaults.provider()).put("model", defaults.model()).set("params",
                defaults.params());
    }

    static Defaults defaults(JsonNode json) {
        var params = json.get("params");
        return new Defaults(text(json, "provider"), text(json, "model"),
                params instanceof ObjectNode map ? map : Json.object());
    }

    private static @Nullable String text(JsonNode json, String name) {
        return json.hasNonNull(name) ? json.get(name).textValue() : null;
    }
}
