package dev.promptlab.db;

/// The schema is not, and cannot be made, the one that this build works with; the message says why.
public final class MigrationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MigrationException(String message) {
        super(message);
    }

    MigrationException(String message, Throwable cause) {
        super(message, cause);
    }
}
