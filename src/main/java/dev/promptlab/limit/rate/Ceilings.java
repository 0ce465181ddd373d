package dev.promptlab.limit.rate;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.promptlab.config.Rate;
import dev.promptlab.db.Database;
import dev.promptlab.limit.rate.Ask.RouteClass;
import dev.promptlab.web.Json;
import dev.promptlab.workspace.access.Audit;
import dev.promptlab.workspace.access.Caller;
import org.jdbi.v3.core.Handle;

/// What the operator allows single workspaces instead of the server's settings.
public final class Ceilings {
    private static final Map<String, RouteClass> CLASSES = Map.of("writes", RouteClass.WRITES, "reads",
            RouteClass.READS);

    private Ceilings() {}

    /// @param operators may change every workspace
    /// @param routes `writes` or `reads`
    /// @param text `200/1m`, `off` for any number, `default` for what the server's settings say
    /// @return whether there is such a workspace
    /// @throws IllegalArgumentException when the text is none of these
    public static boolean set(Database operators, UUID workspaceId, String routes, String text) {
        var rate = Rate.parse(text);
        if (rate.isEmpty() && !Set.of("off", "default").contains(text)) {
            throw new IllegalArgumentException("must be " + Rate.FORM + ", off or default, is \"" + text + "\"");
        }
        return operators.transaction(tx -> {
            boolean done = change(tx, workspaceId, CLASSES.getOrDefault(routes, RouteClass.WRITES), rate, text);
            if (done) {
                var operator = new Caller(workspaceId, "operator", null, null, Set.of());
                Audit.record(tx, operator, "limits.ceiling", workspaceId.toString(), Json.object().put(routes, text));
            }
            return done;
        });
    }

    private static boolean change(Handle tx, UUID workspaceId, RouteClass routes, Optional<Rate> rate, String text) {
        boolean known = LimitStore.setCeiling(tx, workspaceId, routes, rate);
        if (known && text.equals("default")) {
            LimitStore.unsetCeiling(tx, workspaceId, routes);
        }
        return known;
    }
}
