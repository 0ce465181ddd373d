package dev.promptlab.workspace.account;

import org.jspecify.annotations.Nullable;

/// Where a sign-in comes from, for the user to recognise it in the list of sessions.
///
/// @param userAgent as the client names itself; null when it does not
record Client(String address, @Nullable String userAgent, Kind kind) {
    /// What the client keeps to stay signed in.
    enum Kind {
        /// A refresh token, in the answer: programs.
        TOKEN,
        /// A cookie that scripts cannot read: browsers.
        COOKIE
    }
}
