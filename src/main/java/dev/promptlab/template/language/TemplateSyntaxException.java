package dev.promptlab.template.language;

/// A text is no template. The message starts with the place and says what to do:
/// `line 2, column 7: "uper" is not a filter; did you mean "upper"?`
public final class TemplateSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Position position;

    TemplateSyntaxException(Position position, String problem) {
        super(position + ": " + problem, null, false, false);
        this.position = position;
    }

    public Position position() {
        return position;
    }
}
