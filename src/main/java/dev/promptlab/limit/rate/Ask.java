package dev.promptlab.limit.rate;

import java.time.Duration;
import java.util.Locale;

import dev.promptlab.config.Rate;

/// One request at the door.
///
/// @param subject whose window it is: `writes/60000/key 0197...`. Windows of another length are others, since a short one forgets
///        what a long one must know
record Ask(String subject, int limit, Duration window) {
    static Ask of(String who, RouteClass routes, Rate rate) {
        return new Ask(routes.code() + "/" + rate.window().toMillis() + "/" + who, rate.requests(), rate.window());
    }

    /// What a request does.
    enum RouteClass {
        WRITES, READS;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
