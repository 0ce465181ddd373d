package dev.promptlab.eval.run;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.provider.Message;
import dev.promptlab.provider.Providers;
import dev.promptlab.web.CanonicalJson;
import dev.promptlab.web.Json;

/// One call of a model, for a case or for a judge.
///
/// @param repeat part of what the call is: two repeats of a case are two answers
/// @param fresh never an answer from before the run, nor one for another run
public record Call(Providers.Endpoint endpoint, String model, List<Message> messages, ObjectNode params, int repeat,
        boolean fresh) {
    public Call {
        messages = List.copyOf(messages);
    }

    /// The same for the same answer.
    public String hash() {
        var json = Json.object().put("origin", endpoint.origin()).put("model", model).put("repeat", repeat);
        json.set("params", params);
        var list = json.putArray("messages");
        messages.forEach(message -> list.addObject().put("role", message.role()).put("content", message.content()));
        return Calls.sha256(CanonicalJson.of(json));
    }
}
