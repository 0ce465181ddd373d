package dev.promptlab.eval.assertion;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/// JSON as models write it.
final class LooseJson {
    private static final int MAX_OBJECT = 100_000;
    /// Characters looked at in all, for texts full of opening brackets.
    private static final long MAX_WORK = 20_000_000;

    private static final ObjectMapper MAPPER = JsonMapper
            .builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(500).build()).build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private LooseJson() {}

    /// What JavaScript's `JSON.parse` takes: of a name that stands twice, the last counts.
    static JsonNode parse(String text) throws IOException {
        try {
            var node = MAPPER.readTree(text);
            if (node.isMissingNode()) {
                throw new IOException("there is nothing");
            }
            return node;
        } catch (NumberFormatException e) {
            throw new IOException("a number is far too long", e);
        }
    }

    /// Numbers by value, order of names of no matter.
    static boolean sameValue(JsonNode a, JsonNode b) {
        return a.equals((left, right) -> left.isNumber() && right.isNumber()
                ? left.decimalValue().compareTo(right.decimalValue()) : left.equals(right) ? 0 : 1, b);
    }

    static JsonNode tree(@Nullable Object value) {
        return MAPPER.valueToTree(value);
    }

    /// The objects in a text, outermost first: `{...}` that is JSON or YAML; one that is cut off at the end is closed.
    static List<JsonNode> objects(String text) {
        var found = new ArrayList<JsonNode>();
        long work = 0;
        int at = text.indexOf('{');
        while (at >= 0 && work < MAX_WORK) {
            int limit = Math.min(text.length(), at + MAX_OBJECT);
            int open = 1;
            int end = at + 1;
            while (end < limit && open > 0) {
                char c = text.charAt(end++);
                open += c == '{' ? 1 : c == '}' ? -1 : 0;
            }
            work += end - at;
            var object = object(text.substring(at, end) + "}".repeat(open));
            if (object != null) {
                found.add(object);
            }
            at = text.indexOf('{', object == null ? at + 1 : end);
        }
        return found;
    }

    private static @Nullable JsonNode object(String text) {
        try {
            return parse(text);
        } catch (IOException _) {
            return yaml(text);
        }
    }

    /// As JSON5 and JavaScript write it: names without quotes, single quotes, a comma at the end.
    private static @Nullable JsonNode yaml(String text) {
        try {
            var options = new LoaderOptions();
            options.setMaxAliasesForCollections(0);
            options.setNestingDepthLimit(100);
            var node = tree(new Yaml(new SafeConstructor(options)).load(text));
            return node.isContainerNode() ? node : null;
        } catch (YAMLException | IllegalArgumentException _) {
            return null;
        }
    }
}
