package dev.promptlab.workspace.account;

import java.time.Duration;
import java.util.Optional;

import dev.promptlab.config.Secret;
import dev.promptlab.db.Database;
import org.jdbi.v3.core.Handle;

/// The token that makes the first user an owner of the default workspace, where everything is that was made without login. It works
/// once, for a day, and only as long as that workspace has no owner. Thread-safe.
public final class SetupTokens {
    static final Duration LIFE = Duration.ofDays(1);

    private static final String PREFIX = "pls_";

    private final Database db;
    private final UserWorkspaces workspaces;

    SetupTokens(Database db, UserWorkspaces workspaces) {
        this.db = db;
        this.workspaces = workspaces;
    }

    /// What came of asking for one.
    public sealed interface Offer {
        /// To be shown now; it cannot be shown again.
        record Made(Secret token) implements Offer {}

        /// Another process or an earlier start has shown one that is still good.
        record ShownBefore() implements Offer {}

        record NotNeeded() implements Offer {}
    }

    /// Makes one if somebody needs it. Of several processes that start at once, one does.
    public Offer offer() {
        return db.transaction(tx -> {
            if (workspaces.defaultHasOwner(tx)) {
                return new Offer.NotNeeded();
            }
            var token = RandomTokens.next(PREFIX);
            return SetupTokenStore.insert(tx, RandomTokens.hash(token), LIFE) ? new Offer.Made(token)
                    : new Offer.ShownBefore();
        });
    }

    /// A new one in place of one that was shown before; empty when the default workspace has an owner.
    public Optional<Secret> replace() {
        return db.transaction(tx -> {
            if (workspaces.defaultHasOwner(tx)) {
                return Optional.empty();
            }
            var token = RandomTokens.next(PREFIX);
            SetupTokenStore.put(tx, RandomTokens.hash(token), LIFE);
            return Optional.of(token);
        });
    }

    /// Uses the token up. Two that come with it at once: one gets it.
    boolean take(Handle tx, Secret token) {
        return SetupTokenStore.take(tx, RandomTokens.hash(token)) && !workspaces.defaultHasOwner(tx);
    }
}
