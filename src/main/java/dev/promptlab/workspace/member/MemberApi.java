package dev.promptlab.workspace.member;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import dev.promptlab.db.Database;
import dev.promptlab.web.Route;
import dev.promptlab.workspace.access.WorkspaceData;

/// Everything of this process that shows and changes workspaces and their members.
public final class MemberApi {
    private final List<Route> routes;

    /// @param data what the features keep for a workspace, in the order of an export
    public MemberApi(Database api, Database auth, Memberships memberships, List<WorkspaceData> data) {
        var workspaces = new Workspaces(api, auth, memberships);
        var members = new Members(api, memberships);
        var invitations = new Invitations(api, auth, memberships);
        this.routes = Stream.of(
                new WorkspaceRoutes(workspaces, new WorkspaceExport(members, invitations, data)).routes(),
                new MemberRoutes(members).routes(), new InvitationRoutes(invitations).routes()).flatMap(List::stream)
                .toList();
    }

    /// Of all workspaces that ever were, the deleted ones too: their audit trails stay.
    public static List<UUID> ids(Database auth) {
        return auth.autocommit(WorkspaceStore::ids);
    }

    public List<Route> routes() {
        return routes;
    }
}
