package dev.promptlab.workspace.audit;

import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.db.Database;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.WorkspaceData;
import org.jdbi.v3.core.Handle;

/// The sealed part of a trail in the order of its chain, with all that is needed to recompute it elsewhere:
/// `{"seq":1,"event":{...},"hash":"..."}`. It outlives its workspace.
public final class TrailExport implements WorkspaceData {
    private static final int PAGE = 500;

    private final Database db;

    public TrailExport(Database db) {
        this.db = db;
    }

    @Override
    public void export(UUID workspaceId, Lines out) {
        write(workspaceId, line -> out.line("auditEvent", line));
    }

    void write(UUID workspaceId, Consumer<ObjectNode> out) {
        long after = 0;
        for (int size = PAGE; size == PAGE;) {
            long last = after;
            var page = db.autocommit(workspaceId, handle -> TrailStore.chain(handle, workspaceId, last, PAGE));
            for (var link : page) {
                out.accept(json(link));
                after = link.seal().seq();
            }
            size = page.size();
        }
    }

    private static ObjectNode json(TrailStore.Link link) {
        var event = link.event();
        return Json.object().put("seq", link.seal().seq())
                .put("hash", HexFormat.of().formatHex(link.seal().hash()))
                .set("event", event == null ? null : event.content());
    }

    @Override
    public Removal removeSome(Handle tx, UUID workspaceId, int limit) {
        return Removal.DONE;
    }
}
