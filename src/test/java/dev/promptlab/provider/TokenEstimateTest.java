package dev.promptlab.provider;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenEstimateTest {
    @Test
    void fourBytesAreATokenAndEachMessageAddsFour() {
        assertThat(TokenEstimate.of(List.of(new Message("user", "12345678")))).isEqualTo(6);
        assertThat(TokenEstimate.of(List.of(new Message("system", "123456789"), new Message("user", ""))))
                .isEqualTo(3 + 4 + 4);
    }

    @Test
    void bytesCountAndNotCharacters() {
        assertThat(TokenEstimate.of(List.of(new Message("user", "äöüß")))).isEqualTo(2 + 4);
    }

    @Test
    void nothingIsNoTokens() {
        assertThat(TokenEstimate.of(List.of())).isZero();
    }
}
