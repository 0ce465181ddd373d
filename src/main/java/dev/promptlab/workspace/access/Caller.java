package dev.promptlab.workspace.access;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.web.Access;
import dev.promptlab.web.Failure;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;

/// Who asks, for which workspace, and what they may do in it.
///
/// @param name for histories
/// @param userId null for a server without login, for keys without a creator and for people of an external issuer
/// @param apiKeyId null when no API key was used
public record Caller(UUID workspaceId, String name, @Nullable UUID userId, @Nullable UUID apiKeyId,
        Set<Permission> permissions) {
    /// The workspace that exists before there are accounts.
    public static final UUID DEFAULT_WORKSPACE = UUID.fromString("00000000-0000-7000-8000-000000000001");

    /// Everybody on a server without login: its owner.
    public static final Caller LOCAL = new Caller(DEFAULT_WORKSPACE, "local", null, null, Role.OWNER.permissions());

    private static final String ATTRIBUTE = "caller";

    public Caller {
        permissions = Set.copyOf(permissions);
    }

    /// The caller of a request on a route that asks for a permission in a workspace.
    public static Caller of(Context ctx) {
        Caller caller = ctx.attribute(ATTRIBUTE);
        if (caller == null) {
            throw new IllegalStateException("the route asks for no permission in a workspace (bug)");
        }
        return caller;
    }

    /// As [#of]; empty while nobody is known, or on a route that asks for no permission in a workspace.
    public static Optional<Caller> find(Context ctx) {
        return Optional.ofNullable(ctx.attribute(ATTRIBUTE));
    }

    /// Leaves the caller for [#of], if they may do what the route asks for.
    ///
    /// @throws Failure.Forbidden when they may not
    public void enter(Context ctx, Access access) {
        if (!(access instanceof Permission permission)) {
            throw new IllegalStateException("no rule says who has " + access.code() + " (bug)");
        }
        require(permission);
        ctx.attribute(ATTRIBUTE, this);
    }

    public boolean may(Permission permission) {
        return permissions.contains(permission);
    }

    /// @throws Failure.Forbidden naming the permission that is missing
    public void require(Permission permission) {
        if (!may(permission)) {
            throw new Failure.Forbidden("this needs the permission " + permission.code() + ", which "
                    + (apiKeyId == null ? "your role in this workspace" : "this API key") + " does not have");
        }
    }
}
