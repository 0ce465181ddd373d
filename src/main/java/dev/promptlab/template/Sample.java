package dev.promptlab.template;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// A template that comes with the product.
///
/// @param variables an example that renders it, for demonstrations
public record Sample(String key, String name, String description, Content content, ObjectNode variables) {
    TemplateDraft draft() {
        return new TemplateDraft(key, name, description, content, null);
    }
}
