package dev.promptlab.web;

import java.io.IOException;

/// An open WebSocket. Thread-safe.
public interface Socket {
    /// The client breaks a rule, or is not allowed any more.
    int REFUSED = 1008;
    /// The server stops.
    int GOING_AWAY = 1001;
    /// Try again later.
    int TRY_LATER = 1013;

    /// Sends one message and blocks until the network has taken it.
    ///
    /// @throws IOException when the client is gone, or did not take it in time; the socket is then closed
    void send(String text) throws IOException, InterruptedException;

    /// @param reason at most 120 bytes
    void close(int code, String reason);
}
