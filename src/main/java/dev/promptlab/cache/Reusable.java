package dev.promptlab.cache;

import java.math.BigDecimal;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// A completed job that answers an input, with what it took.
///
/// @param costUsd null when the price is unknown
public record Reusable(UUID jobId, long inputTokens, long outputTokens, @Nullable BigDecimal costUsd) {
    static final Codec<Reusable> CODEC = new Codec<>() {
        @Override
        public byte[] write(Reusable value) {
            var cost = value.costUsd() == null ? "-" : value.costUsd().toPlainString();
            return String.join(" ", value.jobId().toString(), "" + value.inputTokens(), "" + value.outputTokens(), cost)
                    .getBytes(US_ASCII);
        }

        @Override
        public Reusable read(byte[] written) {
            var parts = new String(written, US_ASCII).split(" ", -1);
            if (parts.length != 4) {
                throw new IllegalArgumentException("not a reusable job");
            }
            return new Reusable(UUID.fromString(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]),
                    parts[3].equals("-") ? null : new BigDecimal(parts[3]));
        }
    };
}
