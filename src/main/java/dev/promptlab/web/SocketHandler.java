package dev.promptlab.web;

import io.javalin.http.Context;

/// Answers those who open a WebSocket on one route.
@FunctionalInterface
public interface SocketHandler {
    /// One client. The calls come one after the other.
    interface Client {
        /// The way is open both ways.
        void opened(Socket socket);

        /// @param text one message
        void said(String text);

        /// The way is closed, by whomever. Also called when it never opened.
        void closed();
    }

    /// Before the upgrade of a request that was admitted; what it throws is the answer instead.
    Client accept(Context ctx);
}
