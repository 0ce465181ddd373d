package dev.promptlab.web;

import io.javalin.http.Context;

/// Decides who may pass. Asked before every handler of the table of routes, so that what nobody thought of is refused.
@FunctionalInterface
public interface Gatekeeper {
    /// Returns when the request may use a route of this access, and leaves in `ctx` what its handler has to know of the caller.
    ///
    /// @throws Failure.Unauthorized when nobody knows who asks
    /// @throws Failure.Forbidden when it is known, and is not allowed
    void admit(Context ctx, Access access);

    /// As [#admit], of an answer that is under way: no request of its own.
    default void admitAgain(Context ctx, Access access) {
        admit(ctx, access);
    }
}
