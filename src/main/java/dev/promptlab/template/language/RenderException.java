package dev.promptlab.template.language;

/// A template cannot be filled with these values: an operation does not fit the kind of a value, or a bound is exceeded.
/// The message starts with the place: `line 1, column 4: "round" needs a number, not a string`. Undefined variables are
/// no exception; they are part of the [Rendering].
public final class RenderException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Position position;
    private final transient Rendering partial;

    RenderException(Position position, String problem, Rendering partial) {
        super(position + ": " + problem, null, false, false);
        this.position = position;
        this.partial = partial;
    }

    /// What was rendered, and found undefined, up to there.
    public Rendering partial() {
        return partial;
    }

    public Position position() {
        return position;
    }
}
