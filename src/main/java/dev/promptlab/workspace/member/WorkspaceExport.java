package dev.promptlab.workspace.member;

import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.WorkspaceData;

/// Everything that belongs to a workspace, as lines `{"kind":"member","data":{...}}`.
final class WorkspaceExport {
    private static final int PAGE = 200;

    private final Members members;
    private final Invitations invitations;
    private final List<WorkspaceData> parts;

    /// @param parts what the features keep, in the order of the export
    WorkspaceExport(Members members, Invitations invitations, List<WorkspaceData> parts) {
        this.members = members;
        this.invitations = invitations;
        this.parts = parts;
    }

    void write(Workspace workspace, Consumer<ObjectNode> out) {
        WorkspaceData.Lines lines = (kind, data) -> out.accept(Json.object().put("kind", kind).set("data", data));
        lines.line("workspace", workspace.toJson());
        members(workspace.id(), lines);
        invitations(workspace.id(), lines);
        parts.forEach(part -> part.export(workspace.id(), lines));
    }

    private void members(UUID workspaceId, WorkspaceData.Lines out) {
        var page = members.list(workspaceId, null, PAGE);
        while (!page.isEmpty()) {
            page.forEach(member -> out.line("member", member.toJson()));
            page = members.list(workspaceId, page.getLast().userId(), PAGE);
        }
    }

    private void invitations(UUID workspaceId, WorkspaceData.Lines out) {
        var page = invitations.list(workspaceId, null, PAGE);
        while (!page.isEmpty()) {
            page.forEach(invitation -> out.line("invitation", invitation.toJson()));
            page = invitations.list(workspaceId, page.getLast().id(), PAGE);
        }
    }
}
