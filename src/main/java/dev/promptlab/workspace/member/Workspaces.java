package dev.promptlab.workspace.member;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Person;
import dev.promptlab.workspace.access.Role;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Workspaces as such. Thread-safe.
final class Workspaces {
    /// An export lets a workspace be deleted for so long.
    private static final Duration EXPORT_COUNTS = Duration.ofHours(24);
    private static final int MAX_OWNED = 50;

    private final Database api;
    private final Database auth;
    private final Memberships memberships;

    /// @param auth sees the workspaces of a person
    Workspaces(Database api, Database auth, Memberships memberships) {
        this.api = api;
        this.auth = auth;
        this.memberships = memberships;
    }

    /// Those of a person, in the order of joining.
    List<Workspace> of(Person person) {
        if (person.equals(Person.LOCAL)) {
            return List.of(require(Caller.LOCAL));
        }
        return auth.autocommit(handle -> WorkspaceStore.of(handle, person.userId()));
    }

    /// A new one, which the person owns.
    ///
    /// @throws Failure.Conflict when they own too many
    Workspace create(Person person, String name) {
        return auth.transaction(tx -> {
            if (MemberStore.ownedBy(tx, person.userId()) >= MAX_OWNED) {
                throw new Failure.Conflict("you own " + MAX_OWNED + " workspaces, which is as many as one can own;"
                        + " delete one or hand one over first");
            }
            var id = create(tx, person.userId(), person.email(), name);
            return WorkspaceStore.find(tx, id).orElseThrow().seenBy(Role.OWNER);
        });
    }

    static UUID create(Handle tx, UUID ownerId, String actor, String name) {
        var id = Ids.next();
        WorkspaceStore.insert(tx, id, name);
        MemberStore.put(tx, id, ownerId, Role.OWNER);
        Audit.record(tx, ownerOf(id, ownerId, actor), "workspace.create", id.toString(),
                Json.object().put("name", name));
        return id;
    }

    /// Who acts on the role `promptlab_auth`, for the trail alone.
    static Caller ownerOf(UUID workspaceId, UUID userId, String name) {
        return new Caller(workspaceId, name, userId, null, Set.of());
    }

    /// The workspace of the request.
    Workspace require(Caller caller) {
        return api.autocommit(caller.workspaceId(), handle -> require(handle, caller)).seenBy(role(caller));
    }

    private @Nullable Role role(Caller caller) {
        if (caller.equals(Caller.LOCAL)) {
            return Role.OWNER;
        }
        var userId = caller.userId();
        return userId == null || caller.apiKeyId() != null ? null
                : memberships.role(userId, caller.workspaceId()).orElse(null);
    }

    private static Workspace require(Handle handle, Caller caller) {
        return WorkspaceStore.find(handle, caller.workspaceId()).orElseThrow(() -> notFound(caller.workspaceId()));
    }

    Workspace rename(Caller caller, String name) {
        return api.transaction(caller.workspaceId(), tx -> {
            Members.lock(tx, caller, Permission.WORKSPACE_ADMIN);
            var before = require(tx, caller);
            if (!before.name().equals(name)) {
                WorkspaceStore.rename(tx, before.id(), name);
                Audit.record(tx, caller, "workspace.rename", before.id().toString(),
                        Json.object().put("from", before.name()).put("to", name));
            }
            return require(tx, caller);
        }).seenBy(role(caller));
    }

    /// Somebody has the whole export.
    void exported(Caller caller, long lines) {
        api.inTransaction(caller.workspaceId(), tx -> {
            WorkspaceStore.exported(tx, caller.workspaceId());
            Audit.record(tx, caller, "workspace.export", caller.workspaceId().toString(),
                    Json.object().put("lines", lines));
        });
    }

    /// Ends the workspace: from the commit on nobody gets in. What is in it goes in the background, but for the audit trail.
    ///
    /// @param confirm its name
    /// @param withoutExport whether nobody wants to keep anything
    /// @throws Failure.Conflict when there is no export of the last 24 hours, or it cannot be deleted
    void delete(Caller caller, String confirm, boolean withoutExport) {
        if (caller.workspaceId().equals(Caller.DEFAULT_WORKSPACE)) {
            throw new Failure.Conflict("the default workspace of a server cannot be deleted");
        }
        api.inTransaction(caller.workspaceId(), tx -> {
            Members.lock(tx, caller, Permission.WORKSPACE_OWN);
            var workspace = require(tx, caller);
            if (!workspace.name().equals(confirm)) {
                throw Failure.Invalid.field("confirm",
                        "must be the name of the workspace, \"" + workspace.name() + "\"");
            }
            if (!withoutExport && !WorkspaceStore.wasExportedWithin(tx, workspace.id(), EXPORT_COUNTS)) {
                throw new Failure.Conflict("there is no export of the last 24 hours: read GET /workspaces/"
                        + workspace.id() + "/export to its end first, or say \"withoutExport\": true");
            }
            WorkspaceStore.delete(tx, workspace.id());
            int members = MemberStore.deleteAll(tx, workspace.id());
            InvitationStore.deleteAll(tx, workspace.id());
            Audit.record(tx, caller, "workspace.delete", workspace.id().toString(),
                    Json.object().put("name", workspace.name()).put("members", members)
                            .put("withoutExport", withoutExport));
        });
        memberships.changed();
    }

    /// The same for those of others as for those that never were.
    static Failure.NotFound notFound(Object id) {
        return new Failure.NotFound("there is no workspace \"" + id + "\", or this request is for another one:"
                + " the header X-Workspace-Id must name the same");
    }
}
