package dev.promptlab.workspace.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// A password under Argon2id (RFC 9106), written as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, both in base64
/// without padding.
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record Argon2Hash(Cost cost, byte[] salt, byte[] hash) {
    static final int SALT_BYTES = 16;

    private static final int HASH_BYTES = 32;
    private static final Pattern FORM = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,3})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,171})");

    /// @param memory in KiB
    /// @param passes over the memory
    record Cost(int memory, int passes, int lanes) {
        /// 19 MiB, the least of what OWASP recommends: about 55 ms.
        static final Cost PRESENT = new Cost(19_456, 2, 1);
    }

    static Argon2Hash of(String password, byte[] salt, Cost cost) {
        return new Argon2Hash(cost, salt, compute(password, salt, cost, HASH_BYTES));
    }

    /// @throws IllegalStateException when it is no such string
    static Argon2Hash parse(String phc) {
        var match = FORM.matcher(phc);
        if (!match.matches()) {
            throw new IllegalStateException("a stored password hash cannot be read (bug)");
        }
        var cost = new Cost(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)),
                Integer.parseInt(match.group(3)));
        var decoder = Base64.getDecoder();
        return new Argon2Hash(cost, decoder.decode(match.group(4)), decoder.decode(match.group(5)));
    }

    boolean matches(String password) {
        return MessageDigest.isEqual(hash, compute(password, salt, cost, hash.length));
    }

    private static byte[] compute(String password, byte[] salt, Cost cost, int bytes) {
        var generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13).withMemoryAsKB(cost.memory)
                .withIterations(cost.passes).withParallelism(cost.lanes).withSalt(salt).build());
        var secret = password.getBytes(StandardCharsets.UTF_8);
        var out = new byte[bytes];
        generator.generateBytes(secret, out);
        Arrays.fill(secret, (byte) 0);
        return out;
    }

    @Override
    public String toString() {
        var base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + cost.memory + ",t=" + cost.passes + ",p=" + cost.lanes + "$"
                + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }
}
