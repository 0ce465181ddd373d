package dev.promptlab.eval.suite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// Rows of a CSV file (RFC 4180): commas, quotes doubled inside of quotes, line ends inside of quotes. A quote inside of a
/// field that does not begin with one is a letter like others; empty lines are no rows.
final class CsvReader {
    record Row(int line, List<String> fields) {}

    private final Lines lines;

    CsvReader(Lines lines) {
        this.lines = lines;
    }

    /// Null after the last.
    @Nullable
    Row next() throws IOException, ProblemException {
        var line = lines.next();
        while (line != null && line.isEmpty()) {
            line = lines.next();
        }
        if (line == null) {
            return null;
        }
        int start = lines.number();
        var fields = new ArrayList<String>();
        int at = 0;
        while (at <= line.length()) {
            var field = new StringBuilder();
            if (at < line.length() && line.charAt(at) == '"') {
                var rest = quoted(line, at, field);
                line = rest.line();
                at = rest.at();
            } else {
                int comma = line.indexOf(',', at);
                int end = comma < 0 ? line.length() : comma;
                field.append(line, at, end);
                at = end;
            }
            fields.add(field.toString());
            at++;
        }
        return new Row(start, fields);
    }

    private record Rest(String line, int at) {}

    private Rest quoted(String first, int quote, StringBuilder field) throws IOException, ProblemException {
        int openedLine = lines.number();
        var line = first;
        int at = quote + 1;
        while (true) {
            if (at >= line.length()) {
                var more = lines.next();
                if (more == null || field.length() > Lines.MAX_LINE) {
                    throw new ProblemException(lines.file(), openedLine, quote + 1, "this quote is never closed");
                }
                field.append('\n');
                line = more;
                at = 0;
            } else if (line.charAt(at) != '"') {
                field.append(line.charAt(at++));
            } else if (at + 1 < line.length() && line.charAt(at + 1) == '"') {
                field.append('"');
                at += 2;
            } else {
                return new Rest(line, afterQuote(line, at + 1));
            }
        }
    }

    private int afterQuote(String line, int at) throws ProblemException {
        if (at < line.length() && line.charAt(at) != ',') {
            throw new ProblemException(lines.file(), lines.number(), at + 1,
                    "a comma must follow the closing quote; write a quote inside of quotes twice");
        }
        return at;
    }
}
