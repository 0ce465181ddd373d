package dev.promptlab.callback;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import dev.promptlab.config.Secret;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SignatureTest {
    private static final Secret SECRET = new Secret("whsec_abc");
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000, 999_000_000);
    private static final byte[] BODY = "{\"id\":\"x\",\"text\":\"grüße\"}".getBytes(StandardCharsets.UTF_8);
    /// `printf '1700000000.{"id":"x","text":"grüße"}' | openssl dgst -sha256 -hmac whsec_abc`
    private static final String KNOWN = "3c9cf8a253aaea4a9c4d524822bbb10245a09f647f4f53821d9b55fde4766689";
    private static final String OTHER = "94fe385fbd7a5acca5e53aa43c0ddfa50cef2d374c12aa212c87279e56022217";

    @Test
    void signsTimeAndBodyWithTheWholeSecret() {
        assertThat(Signature.of(List.of(SECRET), TIME, BODY)).isEqualTo("t=1700000000,v1=" + KNOWN);
    }

    @Test
    void twoSecretsMakeTwoSignaturesOfOneTime() {
        assertThat(Signature.of(List.of(new Secret("whsec_new"), SECRET), TIME, BODY))
                .isEqualTo("t=1700000000,v1=" + OTHER + ",v1=" + KNOWN);
    }
}
