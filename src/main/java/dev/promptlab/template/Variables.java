package dev.promptlab.template;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Fields;
import dev.promptlab.web.Json;

/// How requests give variables: `variables`, an open map, and `input`, short for `variables.input`.
public final class Variables {
    private static final String INPUT = "input";

    private Variables() {}

    /// Rejects `input` when it differs from `variables.input`.
    ///
    /// @return empty when neither is given
    public static ObjectNode read(Fields fields) {
        var given = fields.map("variables");
        var variables = given == null ? Json.object() : given.deepCopy();
        var input = fields.any(INPUT);
        if (input == null) {
            return variables;
        }
        if (variables.has(INPUT) && !variables.get(INPUT).equals(input)) {
            fields.reject(INPUT, "differs from variables.input; give one of the two");
        }
        variables.set(INPUT, input);
        return variables;
    }
}
