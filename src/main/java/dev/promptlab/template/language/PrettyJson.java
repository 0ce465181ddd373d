package dev.promptlab.template.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.web.Json;

/// JSON over several lines, as JavaScript's `JSON.stringify(value, null, width)` writes it.
final class PrettyJson {
    private final String indent;
    private final StringBuilder out = new StringBuilder();

    /// @param width of one level; 0 writes all in one line
    PrettyJson(int width) {
        this.indent = " ".repeat(width);
    }

    String print(JsonNode value) {
        write(value, "\n");
        return out.toString();
    }

    /// @param lineBreak with the indentation of the line that `value` starts on
    private void write(JsonNode value, String lineBreak) {
        if (!value.isContainerNode() || value.isEmpty() || indent.isEmpty()) {
            out.append(Json.text(value));
            return;
        }
        var inner = lineBreak + indent;
        Budget.checkSize(out.length() + (long) value.size() * inner.length());
        out.append(value.isArray() ? '[' : '{');
        int start = out.length();
        if (value.isArray()) {
            value.forEach(entry -> write(entry, comma(start, inner)));
        } else {
            value.properties().forEach(entry -> {
                comma(start, inner);
                out.append(Json.text(TextNode.valueOf(entry.getKey()))).append(": ");
                write(entry.getValue(), inner);
            });
        }
        out.append(lineBreak).append(value.isArray() ? ']' : '}');
    }

    private String comma(int start, String lineBreak) {
        out.append(out.length() == start ? "" : ",").append(lineBreak);
        return lineBreak;
    }
}
