package dev.promptlab.provider;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// How many tokens a prompt will be, before anybody has counted: a rough rule for English text (about four UTF-8 bytes a
/// token, four tokens around each message), off by a third either way and more for code and other scripts. For previews
/// and bounds, never for a cost that is shown as exact.
public final class TokenEstimate {
    private static final int BYTES_PER_TOKEN = 4;
    private static final int TOKENS_PER_MESSAGE = 4;

    private TokenEstimate() {}

    /// The sum over the messages of `ceil(bytes of the content / 4) + 4`; no messages = 0.
    public static long of(List<Message> messages) {
        return messages.stream().mapToLong(message -> ofText(message.content()) + TOKENS_PER_MESSAGE).sum();
    }

    private static long ofText(String text) {
        return Math.ceilDiv(text.getBytes(StandardCharsets.UTF_8).length, BYTES_PER_TOKEN);
    }
}
