package dev.promptlab.redis;

import java.util.Set;

import io.lettuce.core.RedisCommandExecutionException;

/// Reads the failures of the client.
final class Refusals {
    /// First words of errors with which a server says that it can answer nobody at the moment.
    private static final Set<String> OF_THE_SERVER = Set.of("READONLY", "LOADING", "BUSY", "CLUSTERDOWN", "MASTERDOWN",
            "NOAUTH", "WRONGPASS", "MISCONF", "NOREPLICAS");

    private Refusals() {}

    /// Whether it speaks against the command, and the server is well.
    static boolean isOfTheCommand(Throwable failure) {
        return root(failure) instanceof RedisCommandExecutionException refusal
                && !OF_THE_SERVER.contains(String.valueOf(refusal.getMessage()).split(" ", 2)[0]);
    }

    /// One line for people.
    static String reason(Throwable failure) {
        var root = root(failure);
        var message = root.getMessage() == null && failure.getMessage() != null ? failure.getMessage()
                : String.valueOf(root.getMessage());
        return message.lines().findFirst().orElse(root.getClass().getSimpleName());
    }

    private static Throwable root(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
