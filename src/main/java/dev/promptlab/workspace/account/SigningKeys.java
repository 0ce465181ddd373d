package dev.promptlab.workspace.account;

import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.promptlab.db.Database;
import dev.promptlab.workspace.secret.DataKeys;
import dev.promptlab.workspace.secret.SealedColumn;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The keys of access tokens: one signs, those before it verify until their last token has expired, and the next one is shown to
/// verifiers for a while before it signs. So nobody is signed out by a rotation. Private halves are stored sealed. Every process
/// reads the table again after half a minute, and for a key it does not know after a second. Thread-safe.
public final class SigningKeys {
    /// Until a new key signs: verifiers may keep the public keys for five minutes, and processes half a minute.
    static final Duration SHOWN_FIRST = Duration.ofMinutes(10);
    /// How long a key verifies after the next one has begun to sign: the life of a token, and what a slow process may be late.
    static final Duration OVERLAP = AccessTokens.LIFE.plusMinutes(5);

    private static final Duration KNOWN_FOR = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    static final String PURPOSE = "signing-key ";

    private final Database db;
    private final DataKeys keys;
    private final Duration betweenLooks;
    private volatile @Nullable Snapshot snapshot;

    /// @param signer null before the first key was made
    /// @param readAt of [System#nanoTime], before the query
    private record Snapshot(Map<String, ECKey> verifiers, @Nullable ECKey signer, long readAt) {
        boolean isOlderThan(Duration age) {
            return System.nanoTime() - readAt > age.toNanos();
        }
    }

    SigningKeys(Database db, DataKeys keys) {
        this(db, keys, BETWEEN_LOOKS);
    }

    /// @param betweenLooks how often strangers can make it read the table
    SigningKeys(Database db, DataKeys keys, Duration betweenLooks) {
        this.db = db;
        this.keys = keys;
        this.betweenLooks = betweenLooks;
    }

    /// For the rotation of the master key.
    public static List<SealedColumn> sealedColumns() {
        return List.of(SigningKeyStore.SEALED);
    }

    /// Makes the first key, if there is none.
    void makeFirst() {
        db.inTransaction(tx -> {
            SigningKeyStore.lock(tx);
            if (SigningKeyStore.isEmpty(tx)) {
                insert(tx, Duration.ZERO);
            }
        });
    }

    /// Adds a key that takes over after [#SHOWN_FIRST].
    ///
    /// @return its id
    public String rotate() {
        var kid = db.transaction(tx -> {
            SigningKeyStore.lock(tx);
            var wait = SigningKeyStore.isEmpty(tx) ? Duration.ZERO : SHOWN_FIRST;
            SigningKeyStore.deleteRetired(tx);
            SigningKeyStore.retire(tx, wait, OVERLAP);
            return insert(tx, wait);
        });
        snapshot = null;
        return kid;
    }

    private String insert(Handle tx, Duration wait) {
        var key = generate();
        var kid = key.getKeyID();
        var sealed = keys.seal(tx, key.toJSONString().getBytes(StandardCharsets.UTF_8), DataKeys.NO_WORKSPACE,
                PURPOSE + kid);
        SigningKeyStore.insert(tx, kid, key.toPublicJWK().toJSONString(), sealed, wait);
        return kid;
    }

    private static ECKey generate() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyUse(KeyUse.SIGNATURE).algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java has P-256 (bug)", e);
        }
    }

    /// The key that signs now.
    ECKey signer() {
        var signer = snapshot(KNOWN_FOR).signer();
        if (signer == null) {
            throw new IllegalStateException("there is no signing key (bug)");
        }
        return signer;
    }

    /// The key of a token; empty when there is none, or not any more.
    ///
    /// @param kid as a stranger wrote it
    Optional<ECKey> verifier(String kid) {
        var known = snapshot(KNOWN_FOR).verifiers().get(kid);
        return Optional.ofNullable(known == null ? snapshot(betweenLooks).verifiers().get(kid) : known);
    }

    /// What others may verify our tokens with.
    Collection<ECKey> published() {
        return snapshot(betweenLooks).verifiers().values();
    }

    private Snapshot snapshot(Duration maxAge) {
        var known = snapshot;
        return known == null || known.isOlderThan(maxAge) ? read(maxAge) : known;
    }

    private synchronized Snapshot read(Duration maxAge) {
        var known = snapshot;
        if (known == null || known.isOlderThan(maxAge)) {
            long readAt = System.nanoTime();
            known = snapshot(db.autocommit(SigningKeyStore::list), readAt);
            snapshot = known;
        }
        return known;
    }

    private Snapshot snapshot(List<SigningKeyStore.Row> rows, long readAt) {
        var verifiers = new LinkedHashMap<String, ECKey>();
        ECKey signer = null;
        for (var row : rows) {
            verifiers.put(row.kid(), parse(row.publicKey()));
            if (row.signs()) {
                signer = parse(new String(keys.open(row.sealedKey(), DataKeys.NO_WORKSPACE, PURPOSE + row.kid()),
                        StandardCharsets.UTF_8));
            }
        }
        return new Snapshot(verifiers, signer, readAt);
    }

    private static ECKey parse(String jwk) {
        try {
            return ECKey.parse(jwk);
        } catch (ParseException e) {
            throw new IllegalStateException("a stored signing key cannot be read (bug)", e);
        }
    }
}
