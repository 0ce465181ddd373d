package dev.promptlab.limit.rate;

import java.util.regex.Pattern;

import dev.promptlab.web.Access;
import dev.promptlab.web.Failure;
import dev.promptlab.web.Gatekeeper;
import io.javalin.http.Context;

/// Counts requests once it is known who asks, and before anything is done for them. Whoever cannot say who they are, or may not,
/// counts by their address.
public final class LimitedGate implements Gatekeeper {
    /// What is for machines that watch the server and for browsers that load its pages.
    private static final Pattern FREE = Pattern.compile("/|/(?:health|metrics|app|api-docs)(?:/.*)?|/openapi\\..*");

    private final Gatekeeper gate;
    private final RateLimits limits;

    public LimitedGate(Gatekeeper gate, RateLimits limits) {
        this.gate = gate;
        this.limits = limits;
    }

    @Override
    public void admit(Context ctx, Access access) {
        if (FREE.matcher(ctx.path()).matches()) {
            gate.admit(ctx, access);
            return;
        }
        try {
            gate.admit(ctx, access);
        } catch (Failure.Unauthorized | Failure.Forbidden e) {
            limits.admit(ctx);
            throw e;
        }
        limits.admit(ctx);
    }
}
