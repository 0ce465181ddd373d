package dev.promptlab.eval.suite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.promptlab.provider.Message;
import dev.promptlab.template.language.Budget;
import dev.promptlab.template.language.RenderException;
import dev.promptlab.template.language.Rendering;
import dev.promptlab.template.language.TemplateSyntaxException;
import dev.promptlab.template.language.TemplateText;
import dev.promptlab.web.Json;

/// Fills a prompt and finds out which messages it makes. Used once.
final class PromptRenderer {
    private static final ObjectWriter PRETTY = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();

    private final ObjectNode vars;
    private final boolean strict;
    private final Budget budget = new Budget();

    private PromptRenderer(ObjectNode vars, boolean strict) {
        this.vars = vars;
        this.strict = strict;
    }

    static List<Message> render(Prompt prompt, ObjectNode vars, CaseOptions options, boolean strict)
            throws UnfilledException {
        var renderer = new PromptRenderer(vars, strict);
        var json = prompt.json();
        if (json != null && options.prefix().isEmpty() && options.suffix().isEmpty()) {
            return messages(renderer.fill(json));
        }
        var text = renderer.fill(options.prefix() + prompt.raw() + options.suffix());
        var chat = parsed(text);
        return chat.isPresent() ? messages(chat.get()) : List.of(new Message("user", text));
    }

    private JsonNode fill(JsonNode node) throws UnfilledException {
        if (node.isTextual()) {
            return TextNode.valueOf(fill(node.textValue()));
        }
        if (node.isArray()) {
            var array = Json.array();
            for (var item : node) {
                array.add(fill(item));
            }
            return array;
        }
        if (!node.isObject()) {
            return node;
        }
        var object = Json.object();
        for (var entry : node.properties()) {
            object.set(fill(entry.getKey()), fill(entry.getValue()));
        }
        return object;
    }

    private String fill(String template) throws UnfilledException {
        if (template.indexOf('{') < 0) {
            return template;
        }
        try {
            var rendering = TemplateText.parse(template).render(vars, budget);
            if (strict && !rendering.undefined().isEmpty()) {
                throw new UnfilledException("undefined: " + rendering.undefined().stream()
                        .map(Rendering.Undefined::path).collect(Collectors.joining(", ")));
            }
            return rendering.text();
        } catch (TemplateSyntaxException | RenderException e) {
            throw new UnfilledException(String.valueOf(e.getMessage()));
        }
    }

    /// Text that turned out to be JSON or a YAML list of messages.
    private static Optional<JsonNode> parsed(String text) {
        var start = text.stripLeading();
        try {
            if (start.startsWith("[") || start.startsWith("{")) {
                return Optional.of(Json.read(text.getBytes(StandardCharsets.UTF_8))).filter(PromptRenderer::isChat);
            }
            return start.startsWith("- role:") ? Optional.of(YamlReader.read("prompt", text).json())
                    .filter(PromptRenderer::isChat) : Optional.empty();
        } catch (java.io.IOException | ProblemException _) {
            return Optional.empty();
        }
    }

    /// Whether a provider would take it for messages and not for text.
    static boolean isChat(JsonNode node) {
        var list = node.isObject() ? node.path("messages") : node;
        if (!list.isArray() || list.isEmpty()) {
            return false;
        }
        for (var message : list) {
            if (!message.path("role").isTextual() || !message.has("content")) {
                return false;
            }
        }
        return true;
    }

    private static List<Message> messages(JsonNode node) throws UnfilledException {
        if (!isChat(node)) {
            return List.of(new Message("user", pretty(node)));
        }
        var messages = new ArrayList<Message>();
        for (var message : node.isObject() ? node.path("messages") : node) {
            messages.add(new Message(message.path("role").textValue(), content(message.path("content"))));
        }
        return messages;
    }

    private static String content(JsonNode content) throws UnfilledException {
        if (!content.isArray()) {
            return content.isTextual() ? content.textValue() : content.isNull() ? "" : Json.text(content);
        }
        var text = new StringBuilder();
        for (var part : content) {
            if (!part.path("text").isTextual()) {
                throw new UnfilledException("a message has a part of type \"" + part.path("type").asText("?")
                        + "\"; only text can be sent");
            }
            text.append(part.path("text").textValue());
        }
        return text.toString();
    }

    private static String pretty(JsonNode node) {
        try {
            return PRETTY.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON cannot be written (bug)", e);
        }
    }
}
