package dev.promptlab.web;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/// Path and query as they stand in the request line. Every path has one spelling here, so that nobody who looks at it - a proxy,
/// a log, the router, a check of permissions - sees another path than the next one. What a library would quietly turn into
/// another path is refused: dot segments, empty segments, parameters (`;x`), encoded slashes, backslashes, percents and
/// control characters, and bytes that are not UTF-8.
final class RequestTarget {
    static final int MAX_PATH = 1_024;
    static final int MAX_QUERY = 4_096;
    /// Besides letters and digits: RFC 3986 without `;`, which begins parameters.
    private static final String PATH_SIGNS = "/-._~!$&'()*+,=:@";
    private static final String QUERY_SIGNS = PATH_SIGNS + ";?[]{}|\\^`\"<>#";
    private static final Pattern ENCODED_DELIMITER = Pattern.compile("%(2f|5c|25)", Pattern.CASE_INSENSITIVE);
    private static final Pattern DOTS = Pattern.compile("\\.{1,2}");

    private RequestTarget() {}

    /// What is wrong with a path; empty when nothing is.
    static Optional<String> problem(String path) {
        if (!path.startsWith("/") || !isSpelledOut(path, PATH_SIGNS)) {
            return Optional.of("the path has a character that must be percent-encoded, or a broken percent-encoding");
        }
        if (path.contains("//")) {
            return Optional.of("the path has an empty segment");
        }
        if (ENCODED_DELIMITER.matcher(path).find()) {
            return Optional.of("the path has an encoded slash, backslash or percent sign");
        }
        var decoded = decode(path);
        if (decoded == null || decoded.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("the path has a control character, or bytes that are not UTF-8");
        }
        for (var segment : decoded.split("/", -1)) {
            if (DOTS.matcher(segment).matches()) {
                return Optional.of("the path has a segment . or ..");
            }
        }
        return Optional.empty();
    }

    /// As [#problem], of a query.
    static Optional<String> queryProblem(String query) {
        if (!isSpelledOut(query, QUERY_SIGNS)) {
            return Optional.of("the query has a character that must be percent-encoded, or a broken percent-encoding");
        }
        return decode(query) == null ? Optional.of("the query has bytes that are not UTF-8") : Optional.empty();
    }

    /// Whether a text has nothing but letters, digits, `signs` and whole percent-encodings. A loop, since a pattern would need a
    /// stack as deep as the text is long.
    private static boolean isSpelledOut(String text, String signs) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length() || !isHex(text.charAt(i + 1)) || !isHex(text.charAt(i + 2))) {
                    return false;
                }
                i += 2;
            } else if (!isAsciiLetterOrDigit(c) && signs.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(char c) {
        return c < 0x80 && Character.digit(c, 16) >= 0;
    }

    private static boolean isAsciiLetterOrDigit(char c) {
        return c < 0x80 && Character.isLetterOrDigit(c);
    }

    /// Null when the bytes are not UTF-8; Java's decoder refuses overlong forms.
    private static @Nullable String decode(String text) {
        var bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                bytes.put((byte) Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.put((byte) text.charAt(i));
            }
        }
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
            return decoded.toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
