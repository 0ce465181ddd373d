package dev.promptlab.callback;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.promptlab.config.Secret;

/// How a receiver knows that a callback is ours and recent: `t=<unix seconds>,v1=<hex>`, where `v1` is HMAC-SHA-256 (RFC 2104)
/// over `<t>.<body>` with the whole secret, `whsec_` included, as the key. Two secrets make two `v1`.
final class Signature {
    private static final String ALGORITHM = "HmacSHA256";

    private Signature() {}

    static String of(List<Secret> secrets, Instant time, byte[] body) {
        var signature = new StringBuilder("t=").append(time.getEpochSecond());
        secrets.forEach(secret -> signature.append(",v1=").append(v1(secret, time.getEpochSecond(), body)));
        return signature.toString();
    }

    private static String v1(Secret secret, long seconds, byte[] body) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            mac.update((seconds + ".").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256 (bug)", e);
        }
    }
}
