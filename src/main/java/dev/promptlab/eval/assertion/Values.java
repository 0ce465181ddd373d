package dev.promptlab.eval.assertion;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.template.language.Budget;
import dev.promptlab.template.language.RenderException;
import dev.promptlab.template.language.TemplateSyntaxException;
import dev.promptlab.template.language.TemplateText;
import dev.promptlab.web.Json;

/// Fills the templates of assertion values and prompts, and reads values in the shapes that assertions want.
final class Values {
    private static final int MAX_CACHED = 10_000;
    private static final Set<String> MARKS = Set.of("{{", "{%", "{#");

    private final ConcurrentHashMap<String, TemplateText> parsed = new ConcurrentHashMap<>();

    /// Undefined variables fill in as nothing; whoever wants them reported does so when the suite is loaded.
    ///
    /// @throws Ungradable when it is no template, or a value does not fit
    String fill(String template, ObjectNode vars) {
        if (!hasTemplate(template)) {
            return template;
        }
        try {
            return template(template).render(vars, new Budget()).text();
        } catch (TemplateSyntaxException | RenderException e) {
            throw new Ungradable("the value cannot be filled: " + e.getMessage());
        }
    }

    static boolean hasTemplate(String text) {
        return MARKS.stream().anyMatch(text::contains);
    }

    private TemplateText template(String source) {
        if (parsed.size() > MAX_CACHED) {
            parsed.clear();
        }
        return parsed.computeIfAbsent(source, TemplateText::parse);
    }

    /// Text, and the texts of a list; objects stay as they are.
    JsonNode fill(JsonNode value, ObjectNode vars) {
        if (value.isTextual()) {
            return TextNode.valueOf(fill(value.textValue(), vars));
        }
        if (!value.isArray()) {
            return value;
        }
        var list = Json.array();
        value.forEach(item -> list.add(item.isTextual() ? TextNode.valueOf(fill(item.textValue(), vars)) : item));
        return list;
    }

    /// Text as it is, everything else as compact JSON; numbers without an exponent.
    static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : value.isMissingNode() ? "" : Json.text(value);
    }

    static List<String> texts(JsonNode value) {
        if (!value.isArray()) {
            return List.of(text(value));
        }
        var texts = new ArrayList<String>();
        value.forEach(item -> texts.add(text(item)));
        return texts;
    }

    /// A list, or text with commas between: `a, "b, c", d`; a quote in quotes is doubled or has a backslash.
    static List<String> list(JsonNode value) {
        return value.isTextual() ? separated(value.textValue()) : texts(value);
    }

    private static List<String> separated(String text) {
        var fields = new ArrayList<String>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c) || c == ',') {
                at++;
            } else if (c == '"') {
                at = quoted(text, at, fields);
            } else {
                int end = text.indexOf(',', at);
                end = end < 0 ? text.length() : end;
                fields.add(text.substring(at, end).strip());
                at = end;
            }
        }
        return fields;
    }

    private static int quoted(String text, int start, List<String> fields) {
        var field = new StringBuilder();
        for (int at = start + 1; at < text.length(); at++) {
            char c = text.charAt(at);
            char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
            if ((c == '\\' && (next == '"' || next == '\\')) || (c == '"' && next == '"')) {
                field.append(next);
                at++;
            } else if (c == '"') {
                fields.add(field.toString());
                return afterComma(text, at + 1);
            } else {
                field.append(c);
            }
        }
        throw new Ungradable("the value has a quote that is never closed: " + text);
    }

    private static int afterComma(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at < text.length() && text.charAt(at) != ',') {
            throw new Ungradable("the value needs a comma after a text in quotes: " + text);
        }
        return at;
    }
}
