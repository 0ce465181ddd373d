package dev.promptlab.db.embedded;

/// The embedded PostgreSQL cannot be had; the message is for people and says what to do.
public final class EmbeddedPostgresException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EmbeddedPostgresException(String message) {
        super(message);
    }

    EmbeddedPostgresException(String message, Throwable cause) {
        super(message, cause);
    }
}
