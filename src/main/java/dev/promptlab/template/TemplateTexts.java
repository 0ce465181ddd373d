package dev.promptlab.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.provider.Message;

/// The texts of template versions, for those who fill them themselves.
public final class TemplateTexts {
    private final Database db;
    private final TemplateStore store = new TemplateStore();

    public TemplateTexts(Database db) {
        this.db = db;
    }

    /// @param messages not filled
    public record Texts(UUID templateId, String key, String name, int version, List<Message> messages) {
        public Texts {
            messages = List.copyOf(messages);
        }
    }

    /// Empty when there is no such template, version or label, or it has a slot for a history.
    ///
    /// @param point a version or a label; empty = the latest version
    public Optional<Texts> find(UUID workspaceId, String key, String point) {
        return db.transaction(workspaceId, tx -> store.idOf(tx, workspaceId, key)
                .flatMap(id -> store.find(tx, workspaceId, id))
                .flatMap(template -> version(template, point).flatMap(number -> store
                        .findVersion(tx, workspaceId, template.id(), number)
                        .flatMap(version -> messages(version.content()))
                        .map(messages -> new Texts(template.id(), template.key(), template.name(), number,
                                messages)))));
    }

    /// The template that has this key.
    public Optional<Template> byKey(UUID workspaceId, String key) {
        return db.transaction(workspaceId,
                tx -> store.idOf(tx, workspaceId, key).flatMap(id -> store.find(tx, workspaceId, id)));
    }

    private static Optional<Integer> version(Template template, String point) {
        if (point.isEmpty() || point.equals(VersionRef.LATEST)) {
            return Optional.of(template.version());
        }
        return Optional.ofNullable(template.labels().get(point))
                .or(() -> point.matches("[1-9]\\d{0,8}") ? Optional.of(Integer.valueOf(point)) : Optional.empty());
    }

    private static Optional<List<Message>> messages(Content content) {
        var messages = new ArrayList<Message>();
        if (content.systemPrompt() != null) {
            messages.add(new Message("system", content.systemPrompt()));
        }
        if (content.userPrompt() != null) {
            messages.add(new Message("user", content.userPrompt()));
        }
        for (var turn : content.messages() == null ? List.<Content.Turn>of() : content.messages()) {
            switch (turn) {
                case Content.Turn.Text(var role, var text) -> messages.add(new Message(role, text));
                case Content.Turn.History _ -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(messages);
    }
}
