package dev.promptlab.job;

import java.util.UUID;

import dev.promptlab.cache.StoredResults;
import dev.promptlab.template.Templates;
import org.jdbi.v3.core.Handle;

/// The completed jobs that hold the key of their input.
public record ReusableResults(Templates templates) implements StoredResults {
    @Override
    public void check(UUID workspaceId, Selection selection) {
        if (selection instanceof Selection.OfTemplate(var templateId)) {
            templates.require(workspaceId, templateId);
        }
    }

    @Override
    public int release(Handle tx, UUID workspaceId, Selection selection, int limit) {
        return switch (selection) {
            case Selection.OfTemplate(var templateId) -> ReuseStore.release(tx, workspaceId, templateId, null, limit);
            case Selection.OfInput(var hash) -> ReuseStore.release(tx, workspaceId, null, new InputHash(hash), limit);
            case Selection.All() -> ReuseStore.release(tx, workspaceId, null, null, limit);
        };
    }

    @Override
    public int count(Handle handle, UUID workspaceId, int limit) {
        return ReuseStore.count(handle, workspaceId, limit);
    }
}
