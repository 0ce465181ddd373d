package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.promptlab.config.Rate;
import dev.promptlab.config.Settings;
import dev.promptlab.limit.rate.Ask.RouteClass;
import org.jspecify.annotations.Nullable;

/// What one workspace has set, and what the operator has set for it.
///
/// @param ceilings instead of the server's settings; empty = any number
/// @param workspace requests, for all whose key has no number of its own
/// @param keys requests, by API key
record OwnLimits(Map<RouteClass, Optional<Rate>> ceilings, Map<RouteClass, Integer> workspace,
        Map<UUID, Map<RouteClass, Integer>> keys) {
    /// Of a workspace with a number where nobody has set a window.
    private static final Duration USUAL_WINDOW = Duration.ofMinutes(1);

    OwnLimits {
        ceilings = Map.copyOf(ceilings);
        workspace = Map.copyOf(workspace);
        var copies = new HashMap<UUID, Map<RouteClass, Integer>>();
        keys.forEach((key, limits) -> copies.put(key, Map.copyOf(limits)));
        keys = Map.copyOf(copies);
    }

    /// The most that anybody in the workspace may; empty = any number.
    Optional<Rate> ceiling(RouteClass routes, Settings.Limits server) {
        return ceilings.getOrDefault(routes, Optional.ofNullable(ofServer(routes, server)));
    }

    /// What holds for a caller; empty = no limit.
    Optional<Rate> effective(RouteClass routes, @Nullable UUID apiKeyId, Settings.Limits server) {
        var ceiling = ceiling(routes, server);
        var ofKey = apiKeyId == null ? null : keys.getOrDefault(apiKeyId, Map.of()).get(routes);
        var requests = ofKey == null ? workspace.get(routes) : ofKey;
        if (requests == null) {
            return ceiling;
        }
        int most = ceiling.map(Rate::requests).orElse(Rate.MAX_REQUESTS);
        return Optional.of(new Rate(Math.min(requests, most), ceiling.map(Rate::window).orElse(USUAL_WINDOW)));
    }

    static @Nullable Rate ofServer(RouteClass routes, Settings.Limits server) {
        return switch (routes) {
            case WRITES -> server.writes();
            case READS -> server.reads();
        };
    }
}
