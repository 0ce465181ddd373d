package dev.promptlab.template.language;

/// A place in a template.
///
/// @param line from 1, lines end with `\n`
/// @param column from 1, in code points
public record Position(int line, int column) {
    static Position of(String source, int offset) {
        int lineStart = source.lastIndexOf('\n', offset - 1) + 1;
        int line = 1 + (int) source.substring(0, lineStart).chars().filter(c -> c == '\n').count();
        return new Position(line, 1 + source.codePointCount(lineStart, offset));
    }

    @Override
    public String toString() {
        return "line " + line + ", column " + column;
    }
}
