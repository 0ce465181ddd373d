package dev.promptlab.template.language;

/// @param text of a STRING the value without quotes and escapes; of the others as written
record Token(Kind kind, String text, int offset) {
    enum Kind {
        TEXT, OUTPUT_START, OUTPUT_END, TAG_START, TAG_END, NAME, STRING, NUMBER, SYMBOL, END
    }

    boolean is(Kind other) {
        return kind == other;
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    /// For messages.
    String shown() {
        return switch (kind) {
            case END -> "the end of the template";
            case TEXT -> "text";
            case STRING -> "the string \"" + text + "\"";
            case OUTPUT_START, OUTPUT_END, TAG_START, TAG_END, NAME, NUMBER, SYMBOL -> "\"" + text + "\"";
        };
    }
}
