package dev.promptlab.job;

import dev.promptlab.db.Wakeup;

/// What the parts of one process tell each other about jobs. All of it is hints: each part also looks by itself.
///
/// @param queued there is work to claim
/// @param cancelled a running job is to be cancelled
/// @param ended jobs that ended here
/// @param told events were written
public record Signals(Wakeup queued, Wakeup cancelled, Endings ended, Wakeup told) {
    public static Signals create() {
        return new Signals(new Wakeup(), new Wakeup(), new Endings(), new Wakeup());
    }
}
