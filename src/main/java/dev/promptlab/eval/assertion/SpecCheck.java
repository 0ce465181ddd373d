package dev.promptlab.eval.assertion;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.PatternSyntaxException;
import dev.promptlab.template.language.Budget;
import dev.promptlab.template.language.RenderException;
import dev.promptlab.template.language.Rendering;
import dev.promptlab.template.language.TemplateSyntaxException;
import dev.promptlab.template.language.TemplateText;

/// What can be said of an assertion before there is an answer.
public final class SpecCheck {
    private SpecCheck() {}

    /// What is wrong with the value, for whoever wrote it; empty = nothing.
    public static Optional<String> problem(AssertionSpec spec) {
        var value = spec.value();
        var name = spec.typeName();
        var shape = switch (spec.type().value()) {
            case NONE, OPTIONAL -> null;
            case ANY -> value.isMissingNode() ? "a value" : null;
            case TEXT -> isText(value) ? null : "text under \"value\"";
            case TEXT_OR_NUMBER -> isText(value) || value.isNumber() ? null : "text under \"value\"";
            case LIST -> isText(value) || isFilled(value) ? null : "a list under \"value\", or text with commas";
            case REFERENCES -> isText(value) || (isFilled(value) && isAllText(value)) ? null
                    : "text or a list of texts under \"value\"";
            case SCHEMA -> value.isMissingNode() || value.isTextual() || value.isObject() || value.isBoolean() ? null
                    : "a JSON Schema under \"value\", or none";
            case OPTIONAL_OBJECT ->
                value.isMissingNode() || value.isObject() ? null : "an object under \"value\", or none";
            case COUNT -> isCount(value) ? null : "a number under \"value\", or an object with min, max or both";
            case NEEDS_THRESHOLD -> spec.threshold() == null ? "a threshold" : null;
        };
        return shape != null ? Optional.of("\"" + name + "\" needs " + shape) : content(spec);
    }

    private static boolean isText(JsonNode value) {
        return value.isTextual() && !value.textValue().isEmpty();
    }

    private static boolean isFilled(JsonNode value) {
        return value.isArray() && !value.isEmpty();
    }

    private static boolean isAllText(JsonNode list) {
        for (var item : list) {
            if (!item.isTextual()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isCount(JsonNode value) {
        if (value.isTextual()) {
            return value.textValue().contains("{{") || value.textValue().strip().matches("[0-9]{1,9}");
        }
        var min = value.path("min");
        var max = value.path("max");
        return value.isNumber() || (value.isObject() && (min.isNumber() || max.isNumber())
                && !(min.isNumber() && max.isNumber() && min.doubleValue() > max.doubleValue()));
    }

    private static Optional<String> content(AssertionSpec spec) {
        try {
            for (var text : texts(spec)) {
                TemplateText.parse(text);
            }
            if (spec.value().isTextual() && Values.hasTemplate(spec.value().textValue())) {
                return Optional.empty();
            }
            switch (spec.type()) {
                case REGEX -> Regex.compile(spec.value().textValue());
                case IS_JSON, CONTAINS_JSON -> new JsonChecks().checkSchema(spec.value());
                case CONTAINS_ANY, CONTAINS_ALL, ICONTAINS_ANY, ICONTAINS_ALL -> Values.list(spec.value());
                default -> {
                    // nothing more to know
                }
            }
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of("the expression cannot be used: " + e.getMessage()
                    + "; expressions are RE2's, without lookaround and back references");
        } catch (TemplateSyntaxException | IllegalArgumentException | Ungradable e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// What a template in the value or the metric needs and `vars` does not have.
    public static List<String> undefined(AssertionSpec spec, ObjectNode vars) {
        try {
            var budget = new Budget();
            return texts(spec).stream()
                    .flatMap(text -> TemplateText.parse(text).render(vars, budget).undefined().stream())
                    .map(Rendering.Undefined::path).distinct().toList();
        } catch (RenderException | TemplateSyntaxException _) {
            return List.of();
        }
    }

    /// Texts with something to fill in. A script may look like a template and be none.
    private static List<String> texts(AssertionSpec spec) {
        return spec.type() == AssertionType.JAVASCRIPT || spec.value().isMissingNode() ? List.of()
                : spec.value().isTextual() || spec.value().isArray()
                        ? Values.texts(spec.value()).stream().filter(Values::hasTemplate).toList() : List.of();
    }
}
