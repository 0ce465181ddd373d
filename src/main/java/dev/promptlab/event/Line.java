package dev.promptlab.event;

import java.io.IOException;

import dev.promptlab.web.Failure;

/// How one stream says events. Each call blocks until the client has taken what it is told, and fails when the client is gone or
/// too slow. For one thread at a time.
interface Line {
    void event(JobEvent event) throws IOException;

    /// Everything that is wanted up to here was said: go on from here after a break.
    void mark(EventId upTo) throws IOException;

    /// Sends what was said.
    void flush() throws IOException;

    /// Says that it is there.
    void beat() throws IOException;

    /// Whether anything may follow that matters.
    boolean wantsMore();

    /// Says why it ends.
    void refuse(Failure failure) throws IOException;
}
