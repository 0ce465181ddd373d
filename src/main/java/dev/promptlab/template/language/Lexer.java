package dev.promptlab.template.language;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.promptlab.template.language.Token.Kind;

/// Cuts a template into tokens. Comments, `raw` and whitespace control (`{%-`, `-%}`) are settled here, so that the parser
/// sees plain text, outputs and tags only.
final class Lexer {
    private static final Pattern RAW = Pattern.compile("\\{%(-?+)\\s*+raw\\s*+(-?+)%\\}");
    private static final Pattern END_RAW = Pattern.compile("\\{%(-?+)\\s*+endraw\\s*+(-?+)%\\}");
    private static final int MAX_DIGITS = 50;

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    /// Set by `-%}`: the text that follows loses its leading whitespace.
    private boolean trimsNext;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        var lexer = new Lexer(source);
        lexer.run();
        return lexer.tokens;
    }

    static boolean isName(String text) {
        return !text.isEmpty() && isNameStart(text.codePointAt(0)) && text.codePoints().allMatch(Lexer::isNamePart);
    }

    private void run() {
        while (at < source.length()) {
            int open = nextOpening(at);
            boolean trimmed = source.startsWith("-", open + 2);
            text(at, open, trimmed);
            at = open;
            if (at < source.length()) {
                switch (source.charAt(at + 1)) {
                    case '#' -> comment();
                    case '{' -> code(Kind.OUTPUT_START, Kind.OUTPUT_END, "}}");
                    default -> tag();
                }
            }
        }
        add(Kind.END, "", source.length());
    }

    /// Where the next of `{{`, `{%` and `{#` starts, else the end.
    private int nextOpening(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    private void text(int start, int end, boolean trimsEnd) {
        var text = source.substring(start, end);
        text = trimsNext ? text.stripLeading() : text;
        text = trimsEnd ? text.stripTrailing() : text;
        trimsNext = false;
        if (!text.isEmpty()) {
            add(Kind.TEXT, text, start);
        }
    }

    private void comment() {
        int body = at + 2;
        int end = source.indexOf("#}", body);
        if (end < 0) {
            throw error(at, "this comment is not closed; add #}");
        }
        trimsNext = end > body && source.charAt(end - 1) == '-';
        at = end + 2;
    }

    private void tag() {
        var raw = RAW.matcher(source).region(at, source.length());
        if (raw.lookingAt()) {
            raw(raw);
        } else {
            code(Kind.TAG_START, Kind.TAG_END, "%}");
        }
    }

    private void raw(Matcher raw) {
        var end = END_RAW.matcher(source);
        if (!end.find(raw.end())) {
            throw error(at, "this raw block is not closed; add {% endraw %}");
        }
        trimsNext = !raw.group(2).isEmpty();
        int bodyStart = raw.end();
        int bodyEnd = end.start();
        text(bodyStart, bodyEnd, !end.group(1).isEmpty());
        trimsNext = !end.group(2).isEmpty();
        at = end.end();
    }

    private void code(Kind start, Kind end, String closing) {
        int open = at;
        add(start, source.substring(at, at + 2), at);
        at += source.startsWith("-", at + 2) ? 3 : 2;
        while (!closes(end, closing)) {
            if (at == source.length()) {
                throw error(open, "\"" + source.substring(open, open + 2) + "\" is not closed; add " + closing
                        + ", or write it as text between {% raw %} and {% endraw %}");
            }
            expressionToken();
        }
    }

    private boolean closes(Kind end, String closing) {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            at++;
        }
        boolean trims = source.startsWith("-" + closing, at);
        if (!trims && !source.startsWith(closing, at)) {
            return false;
        }
        add(end, closing, at);
        trimsNext = trims;
        at += closing.length() + (trims ? 1 : 0);
        return true;
    }

    private void expressionToken() {
        int c = source.codePointAt(at);
        if (isNameStart(c)) {
            name();
        } else if (isDigit(at) || (c == '-' && isDigit(at + 1))) {
            number();
        } else if (c == '"' || c == '\'') {
            string((char) c);
        } else {
            symbol(c);
        }
    }

    private void name() {
        int start = at;
        while (at < source.length() && isNamePart(source.codePointAt(at))) {
            at += Character.charCount(source.codePointAt(at));
        }
        add(Kind.NAME, source.substring(start, at), start);
    }

    private void number() {
        int start = at;
        at++;
        digits();
        if (source.startsWith(".", at) && isDigit(at + 1)) {
            at++;
            digits();
        }
        if (at - start > MAX_DIGITS) {
            throw error(start, "a number has at most " + MAX_DIGITS + " digits");
        }
        add(Kind.NUMBER, source.substring(start, at), start);
    }

    private void digits() {
        while (isDigit(at)) {
            at++;
        }
    }

    private void string(char quote) {
        int start = at++;
        var value = new StringBuilder();
        while (at < source.length() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            value.append(c == '\\' ? escape() : c);
        }
        if (at == source.length()) {
            throw error(start, "this string is not closed; add " + quote);
        }
        at++;
        add(Kind.STRING, value.toString(), start);
    }

    private char escape() {
        char c = at < source.length() ? source.charAt(at++) : ' ';
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '\\', '"', '\'' -> c;
            default -> throw error(Math.min(at, source.length()) - 1,
                    "unknown escape in a string; known are \\n \\t \\r \\\\ \\\" \\'");
        };
    }

    private void symbol(int c) {
        for (var symbol : List.of("==", "!=", "<=", ">=", "<", ">", ".", "[", "]", "(", ")", ",", "|")) {
            if (source.startsWith(symbol, at)) {
                add(Kind.SYMBOL, symbol, at);
                at += symbol.length();
                return;
            }
        }
        throw error(at, "\"" + Character.toString(c) + "\" is not known here" + switch (c) {
            case '=' -> "; compare with ==, and give the arguments of a filter by position";
            case '-' -> "; names have letters, digits and _ only, and there is no arithmetic";
            case '+', '*', '/', '%', '~' -> "; there is no arithmetic in templates, pass the result as a variable";
            default -> "; to write braces as text, put them between {% raw %} and {% endraw %}";
        });
    }

    private boolean isDigit(int index) {
        return index < source.length() && source.charAt(index) >= '0' && source.charAt(index) <= '9';
    }

    private static boolean isNameStart(int c) {
        return c == '_' || Character.isUnicodeIdentifierStart(c);
    }

    private static boolean isNamePart(int c) {
        return Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
    }

    private void add(Kind kind, String text, int offset) {
        tokens.add(new Token(kind, text, offset));
    }

    private TemplateSyntaxException error(int offset, String problem) {
        return new TemplateSyntaxException(Position.of(source, offset), problem);
    }
}
