package dev.promptlab.db;

import org.jspecify.annotations.Nullable;

/// Text from elsewhere, made fit for a `text` column, which takes neither NUL nor lone surrogates.
public final class StorableText {
    private static final char REPLACEMENT = '\uFFFD';

    private StorableText() {}

    /// The text with U+FFFD for every character that PostgreSQL refuses; the same object when there is none.
    public static @Nullable String of(@Nullable String text) {
        if (text == null || isPlain(text)) {
            return text;
        }
        var fit = new StringBuilder(text.length());
        text.codePoints().forEach(point -> fit.appendCodePoint(isRefused(point) ? REPLACEMENT : point));
        return fit.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isRefused(int codePoint) {
        return codePoint == 0 || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    }
}
