package dev.promptlab.workspace.account;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.promptlab.web.Failure;
import org.jspecify.annotations.Nullable;

/// Hashes passwords, as many at a time as there are processors: each takes 19 MiB and all of one for a while, and more at once
/// would only let everything else starve. Thread-safe.
final class Passwords {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Semaphore turns;
    private final Duration patience;

    Passwords() {
        this(Runtime.getRuntime().availableProcessors(), PATIENCE);
    }

    Passwords(int atOnce, Duration patience) {
        this.turns = new Semaphore(atOnce, true);
        this.patience = patience;
    }

    /// @param password normalised
    /// @return a PHC string
    /// @throws Failure.Unavailable when too many others are hashed already
    String hash(String password) {
        return inTurn(() -> fresh(password).toString());
    }

    /// @param password normalised
    /// @param hash null for a user who does not exist, which takes as long and never matches
    /// @throws Failure.Unavailable when too many others are hashed already
    boolean matches(String password, @Nullable String hash) {
        return inTurn(() -> {
            if (hash == null) {
                fresh(password);
                return false;
            }
            return Argon2Hash.parse(hash).matches(password);
        });
    }

    /// Whether it was made as new ones are.
    static boolean isCurrent(String hash) {
        return Argon2Hash.parse(hash).cost().equals(Argon2Hash.Cost.PRESENT);
    }

    private static Argon2Hash fresh(String password) {
        var salt = new byte[Argon2Hash.SALT_BYTES];
        RANDOM.nextBytes(salt);
        return Argon2Hash.of(password, salt, Argon2Hash.Cost.PRESENT);
    }

    private <T> T inTurn(Supplier<T> work) {
        if (!takeTurn()) {
            throw new Failure.Unavailable("too many people are signing in at the moment; try again in a few seconds");
        }
        try {
            return work.get();
        } finally {
            turns.release();
        }
    }

    private boolean takeTurn() {
        try {
            return turns.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
