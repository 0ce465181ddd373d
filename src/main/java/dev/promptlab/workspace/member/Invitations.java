package dev.promptlab.workspace.member;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import dev.promptlab.db.Ids;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Http;
import dev.promptlab.web.Json;
import dev.promptlab.web.Sha256;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Person;
import dev.promptlab.workspace.access.Role;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Offers to become a member. Nothing is sent: the token is shown once, to whoever invites, to be passed on. It is worth something only
/// to a person who is signed in under the address it was made for. Thread-safe.
final class Invitations {
    static final Duration VALID = Duration.ofDays(7);
    private static final int MAX_OPEN = 500;
    private static final String PREFIX = "pli_";
    private static final int RANDOM_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// @param token not known to us any more after this
    record Made(Invitation invitation, Secret token) {}

    private final Database api;
    private final Database auth;
    private final Memberships memberships;

    /// @param auth finds an invitation by its token, in whichever workspace
    Invitations(Database api, Database auth, Memberships memberships) {
        this.api = api;
        this.auth = auth;
        this.memberships = memberships;
    }

    /// The open ones, newest first.
    List<Invitation> list(UUID workspaceId, @Nullable UUID before, int limit) {
        return api.autocommit(workspaceId, handle -> InvitationStore.list(handle, workspaceId, before, limit));
    }

    /// Takes the place of an open one for the same address.
    ///
    /// @throws Failure.Forbidden when an owner is invited by somebody who is none
    /// @throws Failure.Conflict when the address belongs to a member
    Made create(Caller caller, String email, Role role) {
        var workspaceId = caller.workspaceId();
        var token = token();
        var id = Ids.next();
        return api.transaction(workspaceId, tx -> {
            Members.lock(tx, caller, role == Role.OWNER ? Permission.WORKSPACE_OWN : Permission.WORKSPACE_ADMIN);
            if (MemberStore.hasEmail(tx, workspaceId, email)) {
                throw new Failure.Conflict("\"" + email + "\" is a member already; PUT the role of the member instead");
            }
            InvitationStore.deleteOf(tx, workspaceId, email);
            if (InvitationStore.countOpen(tx, workspaceId) >= MAX_OPEN) {
                throw new Failure.Conflict("there are " + MAX_OPEN + " open invitations; take some back first");
            }
            InvitationStore.insert(tx,
                    new Invitation(id, workspaceId, email, role, caller.userId(), Instant.EPOCH, Instant.EPOCH),
                    hash(token.value()), VALID);
            Audit.record(tx, caller, "invitation.create", id.toString(),
                    Json.object().put("email", email).put("role", role.code()));
            return new Made(require(tx, workspaceId, id), token);
        });
    }

    void revoke(Caller caller, UUID id) {
        var workspaceId = caller.workspaceId();
        api.inTransaction(workspaceId, tx -> {
            Members.lock(tx, caller, Permission.WORKSPACE_ADMIN);
            var invitation = require(tx, workspaceId, id);
            if (!InvitationStore.delete(tx, workspaceId, id)) {
                throw Http.notFound("open invitation", id); // accepted this moment
            }
            Audit.record(tx, caller, "invitation.revoke", id.toString(),
                    Json.object().put("email", invitation.email()));
        });
    }

    private static Invitation require(Handle tx, UUID workspaceId, UUID id) {
        return InvitationStore.find(tx, workspaceId, id).orElseThrow(() -> Http.notFound("open invitation", id));
    }

    /// Makes the person a member.
    ///
    /// @return the workspace, seen by its new member
    /// @throws Failure.NotFound for every token that opens nothing, for whatever reason
    /// @throws Failure.Forbidden when it was made for another address
    Workspace accept(Person person, String token) {
        var workspace = auth.transaction(tx -> {
            var invitation = InvitationStore.lock(tx, hash(token)).orElseThrow(() -> new Failure.NotFound(
                    "this invitation is not valid: it was accepted or taken back, its time is over, or it never was;"
                            + " ask for a new one"));
            if (!invitation.email().equalsIgnoreCase(person.email())) {
                throw new Failure.Forbidden(
                        "this invitation is for another e-mail address; sign in with the address that it was made for");
            }
            join(tx, invitation, person.userId(), person.email());
            var role = MemberStore.role(tx, invitation.workspaceId(), person.userId()).orElse(null);
            return WorkspaceStore.find(tx, invitation.workspaceId()).orElseThrow().seenBy(role);
        });
        memberships.changed(person.userId(), workspace.id());
        return workspace;
    }

    /// For a user who is being made in this transaction.
    ///
    /// @return false when the token opens nothing for this address
    static boolean accept(Handle tx, UUID userId, String email, String token) {
        Optional<Invitation> invitation = InvitationStore.lock(tx, hash(token))
                .filter(found -> found.email().equalsIgnoreCase(email));
        invitation.ifPresent(found -> join(tx, found, userId, email));
        return invitation.isPresent();
    }

    /// Who is a member already stays what they are.
    private static void join(Handle tx, Invitation invitation, UUID userId, String name) {
        InvitationStore.accept(tx, invitation.id());
        if (MemberStore.insert(tx, invitation.workspaceId(), userId, invitation.role())) {
            Audit.record(tx, Workspaces.ownerOf(invitation.workspaceId(), userId, name), "member.join",
                    userId.toString(), Json.object().put("role", invitation.role().code())
                            .put("invitationId", invitation.id().toString()));
        }
    }

    private static Secret token() {
        var random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return new Secret(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    private static byte[] hash(String token) {
        return Sha256.of(token.getBytes(StandardCharsets.UTF_8));
    }
}
