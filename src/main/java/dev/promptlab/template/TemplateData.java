package dev.promptlab.template;

import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// The templates of a workspace with all their versions and where their labels were moved.
public final class TemplateData implements WorkspaceData {
    private static final int PAGE = 50;

    private final Database db;
    private final TemplateStore store = new TemplateStore();
    private final LabelStore labels = new LabelStore();

    public TemplateData(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        export(workspaceId, false, out);
        export(workspaceId, true, out);
    }

    private void export(UUID workspaceId, boolean archived, Lines out) {
        UUID before = null;
        for (int size = PAGE; size == PAGE;) {
            var filter = new TemplateFilter(null, null, archived, before, PAGE);
            var page = db.autocommit(workspaceId, handle -> store.list(handle, workspaceId, filter));
            for (var template : page) {
                out.line("template", TemplateJson.template(template,
                        CompiledContent.of(template.content()).variables()));
                versions(workspaceId, template.id(), out);
                moves(workspaceId, template.id(), out);
                before = template.id();
            }
            size = page.size();
        }
    }

    private void versions(UUID workspaceId, UUID templateId, Lines out) {
        Integer before = null;
        for (int size = PAGE; size == PAGE;) {
            var last = before;
            var page = db.autocommit(workspaceId,
                    handle -> store.versions(handle, workspaceId, templateId, last, PAGE));
            for (var version : page) {
                out.line("templateVersion",
                        TemplateJson.version(version, CompiledContent.of(version.content()).variables()));
                before = version.version();
            }
            size = page.size();
        }
    }

    private void moves(UUID workspaceId, UUID templateId, Lines out) {
        long after = 0;
        for (int size = PAGE; size == PAGE;) {
            long last = after;
            var page = db.autocommit(workspaceId,
                    handle -> labels.allMoves(handle, workspaceId, templateId, last, PAGE));
            for (var move : page) {
                out.line("labelMove", TemplateJson.move(move.move()).put("templateId", templateId.toString())
                        .put("label", move.label()));
                after = move.move().id();
            }
            size = page.size();
        }
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        if (labels.deleteSome(tx, workspaceId, limit) == limit || labels.deleteMoves(tx, workspaceId, limit) == limit
                || store.deleteVersions(tx, workspaceId, limit) == limit) {
            return Removal.MORE;
        }
        return store.deleteTemplates(tx, workspaceId, limit) == limit ? Removal.MORE : Removal.DONE;
    }
}
