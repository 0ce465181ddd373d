package dev.promptlab.workspace;

import dev.promptlab.web.Access;
import dev.promptlab.web.Gatekeeper;
import dev.promptlab.workspace.access.Caller;
import dev.promptlab.workspace.access.Permission;
import dev.promptlab.workspace.access.Person;
import io.javalin.http.Context;

/// A server without login: whoever may reach it is its owner, and the edge lets only this machine reach it.
public final class LocalGate implements Gatekeeper {
    @Override
    public void admit(Context ctx, Access access) {
        if (access.equals(Permission.ACCOUNT)) {
            Person.LOCAL.enter(ctx);
        } else if (!access.equals(Access.PUBLIC)) {
            Caller.LOCAL.enter(ctx, access);
        }
    }
}
