package dev.promptlab.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Templates, their versions and labels. Thread-safe.
///
/// A change of one template locks its row, so that changes come one after the other and version numbers have no gaps.
/// The content of a version never changes and is kept, parsed, in memory.
public final class Templates implements AutoCloseable {
    /// In characters of prompts and schemas; parsed they take a few times as much memory.
    private static final long MAX_CACHED = 16_000_000;
    private static final int ENTRY_OVERHEAD = 1000;

    private record VersionId(UUID templateId, int version) {}

    private final Database db;
    private final LabelGate gate;
    private final TemplateStore store = new TemplateStore();
    private final LabelStore labels = new LabelStore();
    private final Pointers pointers;
    private final Cache<VersionId, CompiledContent> compiled = Caffeine.newBuilder().maximumWeight(MAX_CACHED)
            .weigher((VersionId _, CompiledContent content) -> ENTRY_OVERHEAD + content.size()).build();

    public Templates(Database db) {
        this(db, LabelGate.OPEN);
    }

    /// @param gate has a say in every move of a label
    public Templates(Database db, LabelGate gate) {
        this.db = db;
        this.gate = gate;
        this.pointers = new Pointers(db, store);
    }

    @Override
    public void close() {
        pointers.close();
    }

    /// @throws Failure.Conflict when the key is taken
    Template create(Caller caller, TemplateDraft draft) {
        var workspaceId = caller.workspaceId();
        return db.transaction(workspaceId, tx -> {
            var key = draft.key();
            var id = key == null ? insertWithFreeKey(tx, workspaceId, draft) : insert(tx, workspaceId, key, draft)
                    .orElseThrow(() -> new Failure.Conflict("the key \"" + key
                            + "\" is taken by another template; choose another, or leave it out to get a free one"));
            var template = require(tx, workspaceId, id);
            record(tx, caller, "template.create", template);
            return template;
        });
    }

    private UUID insertWithFreeKey(Handle tx, UUID workspaceId, TemplateDraft draft) {
        var derived = TemplateKeys.derive(draft.name());
        var id = Optional.<UUID>empty();
        while (id.isEmpty()) {
            var taken = store.keysStartingWith(tx, workspaceId, derived);
            id = insert(tx, workspaceId, TemplateKeys.free(derived, taken), draft);
        }
        return id.get();
    }

    /// @return empty when the key is taken
    private Optional<UUID> insert(Handle tx, UUID workspaceId, String key, TemplateDraft draft) {
        var id = Ids.next();
        if (!store.insert(tx, workspaceId, id, key, draft.name(), draft.description())) {
            return Optional.empty();
        }
        store.insertVersion(tx, workspaceId, id, 1, draft.content(), draft.message());
        return Optional.of(id);
    }

    /// Makes the samples that the workspace does not have yet, by key. Safe to repeat, also by several processes at once.
    ///
    /// @return those made now
    public List<Template> seed(UUID workspaceId) {
        var created = new ArrayList<Template>();
        for (var sample : Samples.all()) {
            db.inTransaction(workspaceId, tx -> insert(tx, workspaceId, sample.key(), sample.draft())
                    .ifPresent(id -> created.add(require(tx, workspaceId, id))));
        }
        return created;
    }

    /// @throws Failure.NotFound also for those of another workspace
    public Template require(UUID workspaceId, UUID id) {
        return db.autocommit(workspaceId, handle -> require(handle, workspaceId, id));
    }

    private Template require(Handle tx, UUID workspaceId, UUID id) {
        return store.find(tx, workspaceId, id).orElseThrow(() -> Http.notFound("template", id));
    }

    List<Template> list(UUID workspaceId, TemplateFilter filter) {
        return db.autocommit(workspaceId, handle -> store.list(handle, workspaceId, filter));
    }

    /// Makes the next version, unless the content is the same.
    ///
    /// @throws Failure.Conflict when the template is archived or `ifVersion` is stale
    Template change(Caller caller, UUID id, TemplateChange change) {
        var workspaceId = caller.workspaceId();
        return changed(workspaceId, tx -> {
            var now = lockForChange(tx, workspaceId, id);
            if (change.ifVersion() != null && change.ifVersion() != now.version()) {
                throw new Failure.Conflict("template \"" + now.key() + "\" is at version " + now.version() + ", not "
                        + change.ifVersion() + "; read it again and repeat the change");
            }
            boolean sameContent = now.content().equals(change.content());
            int version = sameContent ? now.version() : now.version() + 1;
            if (!sameContent) {
                store.insertVersion(tx, workspaceId, id, version, change.content(), change.message());
            }
            var name = change.name() == null ? now.name() : change.name();
            var description = change.description() == null ? now.description() : emptyToNull(change.description());
            if (!sameContent || !name.equals(now.name()) || !Objects.equals(description, now.description())) {
                store.update(tx, workspaceId, id, name, description, version);
                Audit.record(tx, caller, "template.change", id.toString(),
                        Json.object().put("key", now.key()).put("version", version));
            }
            return require(tx, workspaceId, id);
        });
    }

    /// A change of what references point to.
    private <T> T changed(UUID workspaceId, Function<Handle, T> work) {
        var result = db.transaction(workspaceId, work);
        pointers.settle();
        return result;
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private Template lockForChange(Handle tx, UUID workspaceId, UUID id) {
        if (!store.lock(tx, workspaceId, id)) {
            throw Http.notFound("template", id);
        }
        var template = require(tx, workspaceId, id);
        if (template.archivedAt() != null) {
            throw archived(template.key());
        }
        return template;
    }

    private static Failure.Conflict archived(String key) {
        return new Failure.Conflict("template \"" + key + "\" is archived; restore it first");
    }

    /// Leaves no trace when it is archived already.
    void archive(Caller caller, UUID id) {
        var workspaceId = caller.workspaceId();
        changed(workspaceId, tx -> {
            var template = require(tx, workspaceId, id);
            if (store.archive(tx, workspaceId, id)) {
                record(tx, caller, "template.archive", template);
            }
            return template;
        });
    }

    Template restore(Caller caller, UUID id) {
        var workspaceId = caller.workspaceId();
        return changed(workspaceId, tx -> {
            boolean restored = store.restore(tx, workspaceId, id);
            var template = require(tx, workspaceId, id);
            if (restored) {
                record(tx, caller, "template.restore", template);
            }
            return template;
        });
    }

    private static void record(Handle tx, Caller caller, String action, Template template) {
        Audit.record(tx, caller, action, template.id().toString(), Json.object().put("key", template.key()));
    }

    /// Newest first.
    List<TemplateVersion> versions(UUID workspaceId, UUID id, @Nullable Integer before, int limit) {
        return db.transaction(workspaceId, tx -> {
            require(tx, workspaceId, id);
            return store.versions(tx, workspaceId, id, before, limit);
        });
    }

    /// @throws Failure.NotFound also for those of another workspace
    TemplateVersion requireVersion(UUID workspaceId, UUID id, int version) {
        return db.autocommit(workspaceId, handle -> store.findVersion(handle, workspaceId, id, version)
                .orElseThrow(() -> Http.notFound("version of a template", id + "/" + version)));
    }

    /// Points a label to a version; leaves no trace when it already does.
    LabelState moveLabel(Caller caller, UUID id, String label, int version, @Nullable String reason) {
        var workspaceId = caller.workspaceId();
        return changed(workspaceId, tx -> {
            var template = lockForChange(tx, workspaceId, id);
            if (version > template.version()) {
                throw noSuchVersion(template.key(), version, template.version());
            }
            var previous = labels.find(tx, workspaceId, id, label).orElse(null);
            if (previous == null || previous != version) {
                gate.refusal(tx, new LabelGate.Move(workspaceId, id, label, version), template.key())
                        .ifPresent(refusal -> {
                            throw new Failure.Conflict(refusal);
                        });
                labels.put(tx, workspaceId, id, label, version);
                labels.insertMove(tx, workspaceId, id, label, previous, version, caller.name(), reason);
                Audit.record(tx, caller, "template.move_label", id.toString(),
                        move(template, label, previous).put("to", version));
            }
            return new LabelState(label, version, previous);
        });
    }

    /// @throws Failure.NotFound when the template has no such label
    void removeLabel(Caller caller, UUID id, String label) {
        var workspaceId = caller.workspaceId();
        changed(workspaceId, tx -> {
            var template = lockForChange(tx, workspaceId, id);
            var previous = labels.find(tx, workspaceId, id, label)
                    .orElseThrow(() -> Http.notFound("label of this template", label));
            labels.delete(tx, workspaceId, id, label);
            labels.insertMove(tx, workspaceId, id, label, previous, null, caller.name(), null);
            Audit.record(tx, caller, "template.remove_label", id.toString(), move(template, label, previous));
            return template;
        });
    }

    private static ObjectNode move(Template template, String label, @Nullable Integer from) {
        return Json.object().put("key", template.key()).put("label", label).put("from", from);
    }

    /// Newest first.
    List<LabelMove> labelHistory(UUID workspaceId, UUID id, String label, @Nullable Integer before, int limit) {
        return db.transaction(workspaceId, tx -> {
            require(tx, workspaceId, id);
            return labels.moves(tx, workspaceId, id, label, before, limit);
        });
    }

    /// The version that a new job uses: exact at the moment of the call, on every node.
    ///
    /// @throws Failure.NotFound when there is no such template
    /// @throws Failure.Conflict when it is archived
    /// @throws Failure.Invalid when it has no such version or label
    public PromptVersion resolve(VersionRef ref) throws InterruptedException {
        var pointer = pointer(ref);
        if (pointer.archived()) {
            throw archived(pointer.key());
        }
        return prompt(ref, pointer);
    }

    /// As [#resolve], also of archived templates.
    PromptVersion read(VersionRef ref) throws InterruptedException {
        return prompt(ref, pointer(ref));
    }

    private PromptVersion prompt(VersionRef ref, Pointer pointer) {
        var content = compiled.get(new VersionId(ref.templateId(), pointer.version()), version -> CompiledContent.of(
                requireVersion(ref.workspaceId(), version.templateId(), version.version()).content()));
        return new PromptVersion(ref.templateId(), pointer, content);
    }

    private Pointer pointer(VersionRef ref) throws InterruptedException {
        if (ref.version() != null && ref.label() != null) {
            throw Failure.Invalid.field("label", "must not stand beside version; give one of the two");
        }
        var pointer = pointers.find(ref).orElseThrow(() -> Http.notFound("template", ref.templateId()));
        if (pointer.version() == 0) {
            throw ref.label() == null
                    ? noSuchVersion(pointer.key(), ref.version() == null ? 0 : ref.version(), pointer.latestVersion())
                    : noSuchLabel(ref, pointer, ref.label());
        }
        return pointer;
    }

    private static Failure.Invalid noSuchVersion(String key, int version, int latest) {
        return Failure.Invalid.field("version",
                "template \"" + key + "\" has no version " + version + "; the latest is " + latest);
    }

    private Failure.Invalid noSuchLabel(VersionRef ref, Pointer pointer, String label) {
        var known = db.autocommit(ref.workspaceId(),
                handle -> labels.labels(handle, ref.workspaceId(), ref.templateId()));
        return Failure.Invalid.field("label", "template \"" + pointer.key() + "\" has no label \"" + label
                + "\"; labels: " + (known.isEmpty() ? "none" : String.join(", ", known)));
    }

    /// The variables that a version refers to, in order of appearance.
    Set<String> variables(UUID templateId, int version, Content content) {
        return compiled.get(new VersionId(templateId, version), _ -> CompiledContent.of(content)).variables();
    }
}
