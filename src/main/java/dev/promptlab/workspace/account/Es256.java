package dev.promptlab.workspace.account;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;

/// Signatures of JWS with ES256 (RFC 7518, 3.4): `r || s`, 64 bytes. With `s` also `n - s` would verify, so only the smaller one is
/// made and taken: each token has one signature.
final class Es256 {
    private static final int HALF = 32;
    private static final int BYTES = 2 * HALF;
    private static final BigInteger ORDER = Curve.P_256.toECParameterSpec().getOrder();
    private static final BigInteger LARGEST_S = ORDER.shiftRight(1);

    private Es256() {}

    /// @param header says ES256
    static Base64URL sign(JWSHeader header, String signingInput, ECKey key) {
        try {
            var signature = new ECDSASigner(key).sign(header, bytes(signingInput)).decode();
            return Base64URL.encode(withSmallS(signature));
        } catch (JOSEException e) {
            throw new IllegalStateException("a token cannot be signed (bug)", e);
        }
    }

    static boolean verifies(CompactJws token, ECKey key) {
        var signature = signature(token.signature());
        if (signature.isEmpty()) {
            return false;
        }
        try {
            return new ECDSAVerifier(key.toPublicJWK()).verify(new JWSHeader(JWSAlgorithm.ES256),
                    bytes(token.signingInput()), signature.get());
        } catch (JOSEException e) {
            return false;
        }
    }

    /// Empty when it is not spelled as we spell it.
    private static Optional<Base64URL> signature(String text) {
        var encoded = new Base64URL(text);
        var bytes = encoded.decode();
        boolean canonical = bytes.length == BYTES && Base64URL.encode(bytes).equals(encoded);
        return canonical && s(bytes).compareTo(LARGEST_S) <= 0 ? Optional.of(encoded) : Optional.empty();
    }

    private static byte[] withSmallS(byte[] signature) {
        var s = s(signature);
        if (s.compareTo(LARGEST_S) <= 0) {
            return signature;
        }
        var small = ORDER.subtract(s).toByteArray();
        var result = Arrays.copyOf(signature, HALF + HALF);
        Arrays.fill(result, HALF, BYTES, (byte) 0);
        int length = Math.min(small.length, HALF); // a leading zero byte of the sign may come first
        System.arraycopy(small, small.length - length, result, BYTES - length, length);
        return result;
    }

    private static BigInteger s(byte[] signature) {
        return new BigInteger(1, signature, HALF, HALF);
    }

    private static byte[] bytes(String signingInput) {
        return signingInput.getBytes(StandardCharsets.US_ASCII);
    }
}
