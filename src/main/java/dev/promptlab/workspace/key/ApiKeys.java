package dev.promptlab.workspace.key;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.promptlab.db.Database;

/// Tells whose key it is that a request shows. Thread-safe.
public final class ApiKeys implements AutoCloseable {
    /// Together with the query, a revoked key is refused within two seconds.
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final HexFormat HEX = HexFormat.of();
    private static final int MAX_REMEMBERED = 20_000;

    private final Pepper pepper;
    private final LastUses uses;
    /// By hash; those that nobody has, too, so that a client with a dead key costs a query a second.
    private final LoadingCache<String, Optional<KeyHolder>> found;

    /// @param db may look keys of all workspaces up
    public ApiKeys(Database db, Pepper pepper) {
        this.pepper = pepper;
        this.uses = LastUses.start(db);
        this.found = Caffeine.newBuilder().expireAfterWrite(FRESH).maximumSize(MAX_REMEMBERED)
                .build(hash -> db.autocommit(handle -> ApiKeyStore.findHolder(handle, HEX.parseHex(hash))));
    }

    /// Whether a credential can only be an API key.
    public static boolean isKey(String credential) {
        return credential.startsWith(KeyText.PREFIX);
    }

    /// Empty when the key is unknown, revoked or expired.
    public Optional<KeyHolder> find(String key) {
        if (!KeyText.isPossible(key)) {
            return Optional.empty();
        }
        var holder = found.get(HEX.formatHex(pepper.hash(key)));
        holder.ifPresent(known -> uses.note(known.keyId()));
        return holder;
    }

    /// Writes down the last uses.
    @Override
    public void close() {
        uses.close();
    }
}
