package dev.promptlab.eval.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/// Figures and texts as people read them.
final class Text {
    private Text() {}

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    /// A difference of shares: `-3.0`
    static String points(double share) {
        return String.format(Locale.ROOT, "%+.1f", share * 100);
    }

    static String usd(@Nullable Double usd) {
        return usd == null ? "unknown" : "USD " + BigDecimal.valueOf(usd).setScale(4, RoundingMode.HALF_UP)
                .toPlainString();
    }

    /// White space and control characters become one blank: nothing that a model says moves the cursor or starts a line.
    static String oneLine(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }

    /// At most so many characters, never half of one.
    static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        var end = Character.isHighSurrogate(text.charAt(max - 2)) ? max - 2 : max - 1;
        return text.substring(0, end) + "…";
    }

    /// For HTML and XML, attributes included. Characters that XML cannot hold become `\uFFFD`.
    static String escape(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isXml(point) ? point : 0xFFFD);
            }
        });
        return escaped.toString();
    }

    private static boolean isXml(int point) {
        if (point < ' ' || (point >= 0x7F && point < 0xA0)) {
            return point == '\n' || point == '\t' || point == '\r';
        }
        return !(point >= 0xD800 && point <= 0xDFFF) && point != 0xFFFE && point != 0xFFFF;
    }
}
